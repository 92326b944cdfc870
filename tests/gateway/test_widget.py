"""The chat window on somebody's site, in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.gateway.host_site import HostSite, on_site
from tests.gateway.page_visit import PHONE, Visit

pytestmark = pytest.mark.e2e

DESKTOP = {"width": 1280, "height": 800}
SHIFT = """() => new Promise((resolve) => {
  let shift = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((e) => { shift += e.value; }))
    .observe({ type: 'layout-shift', buffered: true });
  requestAnimationFrame(() => setTimeout(() => resolve(shift), 100));
})"""
LISTEN = """() => { window.heard = [];
  for (const name of ['open', 'close', 'unread', 'ready']) {
    document.addEventListener(`recovery-guide:${name}`, (e) => window.heard.push([name, e.detail]));
  } }"""


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Ends with a look at the console and at where requests went: see `Visit.check`."""
    with on_site(browser, viewport=request.param) as opened:
        yield opened


@pytest.fixture
def corner(browser: Browser) -> Iterator[Visit]:
    with on_site(browser) as opened:
        yield opened


def test_a_visitor_asks_under_the_strictest_policy(visit: Visit) -> None:
    visit.open()
    visit.say("is my son in trouble")
    expect(visit.log).to_contain_text("You wrote: is my son in trouble")
    assert visit.chat.stored_texts() == ["is my son in trouble"]


def test_before_it_is_opened_nothing_is_asked_stored_or_moved(visit: Visit) -> None:
    expect(visit.launcher).to_be_visible()
    assert visit.storage() == []
    assert visit.page.context.cookies() == []
    assert {url for url in visit.requests if visit.url in url} == {f"{visit.url}/widget.js"}
    assert visit.page.evaluate(SHIFT) == 0
    visit.open()
    assert visit.page.evaluate(SHIFT) == 0


def test_the_numbers_are_there_while_the_chat_is_closed(visit: Visit) -> None:
    opener = visit.page.get_by_role("button", name="Get help now")
    expect(opener).to_be_in_viewport(ratio=1)
    opener.click()
    for name, href in (("Call 988", "tel:988"), ("Text 988", "sms:988"), ("Call 911", "tel:911")):
        expect(visit.page.get_by_role("link", name=name)).to_have_attribute("href", href)
    hotline = visit.page.get_by_role("link", name="Hotline 1-866-929-0179")
    expect(hotline).to_have_attribute("href", "tel:+18669290179")
    visit.page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    expect(hotline).to_be_hidden()
    assert visit.storage() == []


def test_the_focus_goes_in_and_comes_back(visit: Visit) -> None:
    visit.launcher.focus()
    visit.page.keyboard.press("Enter")
    dialog = visit.page.get_by_role("dialog", name="Guide chat")
    expect(visit.text).to_be_focused()
    visit.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(visit.launcher).to_be_focused()


def test_the_focus_stays_when_a_message_arrives(corner: Visit) -> None:
    corner.open()
    talk = corner.log.get_by_role("button", name="Talk to a person")
    talk.focus()
    corner.chat.write("Something new.", buttons=[{"title": "Yes", "payload": "yes"}])
    expect(corner.log).to_contain_text("Something new.")
    expect(talk).to_be_focused()


def test_the_arrow_keys_go_from_message_to_message(corner: Visit) -> None:
    corner.open()
    corner.say("one")
    expect(corner.log).to_contain_text("You wrote: one")
    corner.log.focus()
    for key, words in (("ArrowUp", "You wrote"), ("ArrowUp", "one"), ("Home", "automated guide")):
        corner.page.keyboard.press(key)
        expect(corner.log.locator(".message:focus")).to_contain_text(words)
    corner.page.keyboard.press("Tab")
    expect(corner.log.get_by_role("link", name="988").first).to_be_focused()


def test_what_comes_while_it_is_closed_is_counted(corner: Visit) -> None:
    corner.open()
    corner.page.get_by_role("button", name="Close the chat").click()
    corner.chat.write("secret words")
    expect(corner.page.get_by_role("button", name="1 new message")).to_be_visible()
    corner.chat.write("more of them")
    opener = corner.page.get_by_role("button", name="2 new messages")
    expect(opener).to_have_accessible_name("Ask the guide (2 new messages in the chat)")
    expect(corner.page.get_by_role("status")).to_have_text("2 new messages in the chat")
    assert "secret" not in opener.inner_text()
    opener.click()
    expect(corner.log).to_contain_text("more of them")
    corner.page.keyboard.press("Escape")
    expect(corner.launcher).to_have_accessible_name("Ask the guide")


def test_the_site_opens_it_and_hears_nothing_of_what_is_said(corner: Visit) -> None:
    corner.page.evaluate(LISTEN)
    corner.page.evaluate("RecoveryGuide.open()")
    expect(corner.log).to_contain_text("automated guide")
    corner.page.evaluate("RecoveryGuide.close()")
    corner.chat.write("secret")
    expect(corner.page.get_by_role("button", name="1 new message")).to_be_visible()
    heard = [["open", None], ["close", None], ["unread", None]]
    assert corner.page.evaluate("window.heard") == heard


def test_it_goes_on_after_a_reload_on_another_page_and_in_a_second_tab(corner: Visit) -> None:
    corner.open()
    corner.say("from the first page")
    expect(corner.log).to_contain_text("You wrote: from the first page")
    corner.page.get_by_role("link", name="Second page").click()
    corner.page.wait_for_url("**/second")
    expect(corner.log).to_contain_text("You wrote: from the first page")
    second = corner.page.context.new_page()
    second.goto(corner.site)
    second.get_by_role("button", name="Ask the guide").click()
    expect(second.get_by_role("log")).to_contain_text("You wrote: from the first page")
    corner.say("from the second page")
    expect(second.get_by_role("log")).to_contain_text("You wrote: from the second page")
    assert len(corner.chat.sessions) == 1
    second.close()


def test_a_rude_site_does_not_reach_in(browser: Browser) -> None:
    site = HostSite()
    site.rude = True
    with on_site(browser, site) as visit:
        visit.open()
        style = """e => { const s = getComputedStyle(e);
            return [parseFloat(s.fontSize) >= 16, s.textTransform, s.letterSpacing, s.color]; }"""
        big, case, spacing, color = visit.text.evaluate(style)
        assert (big, case, spacing) == (True, "none", "normal")
        assert color != "rgb(255, 0, 0)"


def test_the_words_change_their_language_and_nothing_is_lost(corner: Visit) -> None:
    corner.open()
    corner.say("one")
    expect(corner.log).to_contain_text("You wrote: one")
    corner.text.fill("half a sente")
    corner.choose("Español")
    box = corner.page.get_by_role("textbox", name="Su mensaje")
    expect(box).to_have_value("half a sente")
    expect(corner.log).to_contain_text("You wrote: one")
    expect(corner.page.get_by_role("dialog")).to_have_attribute("lang", "es")
    expect(corner.log.locator(".guide .text").first).to_have_attribute("lang", "en")
    corner.page.reload()
    expect(corner.page.get_by_role("textbox", name="Su mensaje")).to_be_visible()
    expect(corner.log.locator(".message")).to_have_count(3)


def test_the_site_sets_words_side_and_language(browser: Browser) -> None:
    site = HostSite('data-position="left" data-greeting="<b>Costs?</b>"', query="?language=es")
    with on_site(browser, site, viewport=DESKTOP) as visit:
        opener = visit.page.get_by_role("button", name="Pregunte a la guía")
        box = opener.bounding_box()
        assert box
        assert box["x"] < 640
        opener.click()
        expect(visit.page.get_by_text("<b>Costs?</b>").last).to_be_visible()
        expect(visit.page.get_by_role("link", name="Llamar al 988")).to_be_visible()


def test_an_answer_is_rated_and_the_rating_stays(corner: Visit) -> None:
    corner.open()
    corner.page.get_by_role("button", name="What is an IOP?").click()
    rating = corner.page.get_by_role("group", name="Did this help?")
    yes = rating.get_by_role("button").first
    yes.click()
    expect(yes).to_have_attribute("aria-pressed", "true")
    expect(corner.page.locator("[data-part=live]")).to_contain_text("Thank you")
    corner.page.reload()
    expect(yes).to_have_attribute("aria-pressed", "true")
    corner.failures_expected = True
    corner.chat.post_status = 503
    rating.get_by_role("button", name="Not helpful").click()
    expect(rating).to_contain_text("could not be saved")
    expect(yes).to_have_attribute("aria-pressed", "true")


def test_a_staff_member_has_a_name_and_a_role(corner: Visit) -> None:
    corner.open()
    corner.say("staff")
    expect(corner.log.locator(".staff .author")).to_have_text("Dana (counselor)")


def test_a_copy_is_saved_with_words_as_words(corner: Visit, tmp_path: Any) -> None:
    corner.open()
    corner.say("<img src=x onerror=alert(1)>")
    expect(corner.log).to_contain_text("You wrote: <img")
    corner.choose("Save a copy")
    with corner.page.expect_download() as coming:
        corner.page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    assert coming.value.suggested_filename == "notes.html"
    coming.value.save_as(tmp_path / "copy.html")
    copy = (tmp_path / "copy.html").read_text(encoding="utf-8")
    assert "<img" not in copy
    assert "&lt;img src=x" in copy
    assert "Guide (automated)" in copy


def test_the_sound_is_off_until_it_is_wanted(corner: Visit) -> None:
    corner.page.evaluate(
        """() => { window.tones = 0; const real = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (...t) { tones += 1; real.apply(this, t); } }"""
    )
    corner.open()
    corner.chat.write("quiet")
    expect(corner.log).to_contain_text("quiet")
    assert corner.page.evaluate("tones") == 0
    corner.choose("Sound: off")
    expect(corner.page.get_by_role("button", name="Sound: on")).to_be_visible()
    before = corner.page.evaluate("tones")
    corner.chat.write("loud")
    corner.page.wait_for_function("before => tones > before", arg=before)


def test_a_site_that_is_not_listed_gets_the_numbers_and_no_chat(browser: Browser) -> None:
    with on_site(browser) as visit:
        visit.failures_expected = True
        visit.site = visit.site.replace("127.0.0.1", "localhost")
        visit.requests.clear()
        visit.page.goto(visit.site)
        visit.page.get_by_role("button", name="Ask the guide").click()
        expect(visit.page.get_by_text("The guide cannot be reached")).to_be_visible(timeout=15_000)
        expect(visit.page.get_by_role("link", name="Call 988").last).to_be_visible()
        assert visit.chat.sessions == {}
        assert all("CORS policy" in problem for problem in visit.problems)
        visit.problems.clear()
