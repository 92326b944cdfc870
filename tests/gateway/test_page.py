"""The page in a real browser: what a visitor sees and does."""

import pytest
from playwright.sync_api import Browser, expect

from tests.gateway.page_visit import Visit, visiting

pytestmark = pytest.mark.e2e

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL_TARGETS = """[document, document.querySelector('recovery-guide').shadowRoot]
    .flatMap(root => [...root.querySelectorAll('button, .help a, .choices a')])
    .map(e => [e.textContent, e.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([t]) => t)"""


def test_a_visitor_asks_and_the_guide_answers(visit: Visit) -> None:
    visit.start()
    visit.say("is my son in trouble")
    expect(visit.log).to_contain_text("You wrote: is my son in trouble")
    expect(visit.page.locator(".visitor .state")).to_have_text("Sent")
    expect(visit.text).to_have_value("")
    assert visit.chat.stored_texts() == ["is my son in trouble"]


def test_nothing_is_stored_or_asked_before_the_start(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Start the chat").wait_for()
    assert visit.storage() == []
    assert visit.page.context.cookies() == []
    assert [url for url in visit.requests if "/chat/" in url] == []


def test_the_token_is_kept_for_the_tab_and_never_in_an_address(visit: Visit) -> None:
    visit.start()
    (token,) = visit.chat.sessions
    assert token in str(visit.storage())
    assert all(token not in url for url in visit.requests)


def test_a_quick_reply_sends_its_label_and_stays_readable(visit: Visit) -> None:
    visit.start()
    visit.page.get_by_role("button", name="What is an IOP?").click()
    expect(visit.log).to_contain_text("9 hours a week")
    assert visit.chat.posts[0]["text"] == "What is an IOP?"
    assert visit.chat.posts[0]["button"] == "/faq/iop_definition"
    used = visit.page.get_by_role("button", name="What is an IOP? (chosen)")
    expect(used).to_have_attribute("aria-disabled", "true")
    used.click(force=True)
    visit.say("next")
    expect(visit.log).to_contain_text("You wrote: next")
    assert len(visit.chat.posts) == 2


def test_after_a_quick_reply_the_focus_is_where_one_writes(visit: Visit) -> None:
    visit.start()
    visit.page.get_by_role("button", name="What is an IOP?").focus()
    visit.page.keyboard.press("Enter")
    expect(visit.log).to_contain_text("9 hours a week")
    expect(visit.text).to_be_focused()


def test_a_long_answer_leaves_ones_own_line_in_sight(visit: Visit) -> None:
    visit.start()
    for words in ("first", "second", "long"):
        visit.say(words)
        visit.log.locator(".guide").nth(("first", "second", "long").index(words) + 1).wait_for()
    mine = visit.page.locator(".visitor").last
    expect(mine).to_be_in_viewport(ratio=1)
    expect(visit.page.get_by_role("button", name="More below")).to_be_visible()


def test_a_plain_payload_goes_as_text(visit: Visit) -> None:
    visit.start()
    visit.page.get_by_role("button", name="Help for me").click()
    expect(visit.log).to_contain_text("You wrote: I need help")
    assert "button" not in visit.chat.posts[0]


def test_numbers_addresses_and_address_buttons_are_links(visit: Visit) -> None:
    visit.start()
    visit.page.get_by_role("button", name="Talk to a person").click()
    call = visit.log.get_by_role("link", name="1-866-929-0179")
    expect(call).to_have_attribute("href", "tel:+18669290179")
    site = visit.log.get_by_role("link", name="https://findtreatment.gov")
    expect(site).to_have_attribute("rel", "noopener noreferrer")
    button = visit.log.get_by_role("link", name="Call now")
    expect(button).to_have_attribute("href", "tel:+18669290179")


def test_a_reload_brings_the_chat_back(visit: Visit) -> None:
    visit.start()
    visit.page.get_by_role("button", name="What is an IOP?").click()
    expect(visit.log).to_contain_text("9 hours a week")
    visit.page.reload()
    expect(visit.log).to_contain_text("9 hours a week")
    assert visit.page.locator(".message").count() == 3
    expect(visit.page.get_by_role("button", name="What is an IOP? (chosen)")).to_be_visible()
    visit.say("still there?")
    expect(visit.log).to_contain_text("You wrote: still there?")
    assert len(visit.chat.sessions) == 1


def test_words_are_never_markup(visit: Visit) -> None:
    visit.start()
    visit.say("html")
    expect(visit.log).to_contain_text("<b>bold</b>")
    visit.say("<script>alert(2)</script>")
    expect(visit.page.locator(".visitor").last).to_contain_text("<script>alert(2)</script>")
    assert visit.page.locator(".log :is(img, b, script)").count() == 0
    assert visit.page.get_by_text("<i>go</i>", exact=True).count() == 0  # javascript: is dropped


def test_a_staff_message_is_marked(visit: Visit) -> None:
    visit.start()
    visit.say("staff")
    expect(visit.page.locator(".staff .author")).to_have_text("Dana (counselor)")


def test_the_typing_sign_comes_and_goes(visit: Visit) -> None:
    visit.chat.answer_delay = 0.6
    visit.start()
    visit.say("hello")
    expect(visit.page.get_by_text("The guide is writing")).to_be_visible()
    expect(visit.log).to_contain_text("You wrote: hello")
    expect(visit.page.get_by_text("The guide is writing")).to_be_hidden()


def test_everything_works_from_the_keyboard_and_focus_stays(browser: Browser) -> None:
    with visiting(browser, viewport={"width": 1280, "height": 800}) as visit:
        press, page = visit.page.keyboard.press, visit.page
        start = page.get_by_role("button", name="Start the chat")
        start.wait_for()
        for _ in range(12):
            press("Tab")
            if start.evaluate("e => e === e.getRootNode().activeElement"):
                break
        press("Enter")
        expect(visit.text).to_be_focused()
        expect(visit.log).to_contain_text("automated guide")
        page.keyboard.type("one")
        press("Shift+Enter")
        page.keyboard.type("two")
        press("Enter")
        expect(visit.log).to_contain_text("You wrote: one\ntwo")
        expect(visit.text).to_be_focused()
        press("Shift+Tab")
        reply = page.get_by_role("button", name="Talk to a person").last
        expect(reply).to_be_focused()
        press("Enter")
        expect(visit.log).to_contain_text("You can call")
        expect(page.locator("[data-text='Talk to a person'].chosen")).to_be_visible()
        expect(visit.text).to_be_focused()


def test_each_answer_is_spoken_once_apart_from_the_transcript(visit: Visit) -> None:
    visit.start()
    visit.say("hello")
    live = visit.page.locator("[data-part=live]")
    expect(live).to_contain_text("Guide (automated): You wrote: hello")
    assert live.locator("p").count() == 2
    expect(live).to_have_attribute("aria-live", "polite")
    expect(visit.log).to_have_attribute("aria-live", "off")


def test_ending_the_chat_leaves_nothing_behind(visit: Visit) -> None:
    visit.start()
    visit.say("hello")
    expect(visit.log).to_contain_text("You wrote: hello")
    visit.choose("End chat")
    visit.page.get_by_role("dialog").get_by_role("button", name="End chat").click()
    expect(visit.page.get_by_role("button", name="Start the chat")).to_be_focused()
    assert visit.storage() == []
    expect(visit.page.locator(".message")).to_have_count(0)
    visit.start()
    expect(visit.page.locator(".message")).to_have_count(1)
    assert len(visit.chat.sessions) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_it_can_be_read_and_pressed(browser: Browser, width: int, scheme: str) -> None:
    viewport = {"width": width, "height": 640}
    with visiting(browser, viewport=viewport, color_scheme=scheme) as visit:
        visit.page.get_by_role("button", name="Start the chat").wait_for()
        assert visit.page.evaluate(OVERFLOW) <= 0
        visit.start()
        visit.page.get_by_role("button", name="What is an IOP?").click()
        visit.say("a" * 300)
        expect(visit.log).to_contain_text("You wrote: aaa")
        assert visit.page.evaluate(OVERFLOW) <= 0
        assert visit.page.evaluate(SMALL_TARGETS) == []
        for name in ("Call 988", "Text 988", "Call 911", "Hotline 1-866-929-0179"):
            bar = visit.page.get_by_role("navigation", name="Get help now")
            expect(bar.get_by_role("link", name=name)).to_be_in_viewport()
        expect(visit.text).to_be_in_viewport()


def test_without_javascript_the_numbers_are_there(browser: Browser) -> None:
    with visiting(browser, java_script_enabled=False) as visit:
        words = visit.page.locator("noscript .chat-intro")
        expect(words).to_be_visible()
        expect(words).to_contain_text("The chat needs JavaScript")
        assert words.locator("a[href='tel:+18669290179']").is_visible()
        expect(visit.page.locator("[data-part=loading]")).to_be_hidden()


def test_a_script_that_does_not_load_leaves_the_numbers(visit: Visit) -> None:
    visit.failures_expected = True
    visit.page.route("**/widget.js", lambda route: route.abort())
    visit.page.reload()
    expect(visit.page.get_by_text("The chat is loading")).to_be_visible()
    assert visit.page.locator("[data-part=loading] a[href='tel:988']").is_visible()
