"""Leaving at once, leaving nothing behind, and a word where somebody may be watched."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.gateway.host_site import HostSite, on_site
from tests.gateway.page_visit import Visit, visiting

pytestmark = pytest.mark.e2e

LEFT = "**/away"


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    with on_site(browser) as opened:
        opened.open()
        opened.say("i want out")
        expect(opened.log).to_contain_text("You wrote: i want out")
        yield opened


def nothing_is_left(visit: Visit) -> None:
    """On the neutral page; and going back does not show where one was."""
    page = visit.page
    page.wait_for_url(LEFT)
    assert page.title() == "Weather"
    page.go_back()
    assert "/away" not in page.url
    assert page.url == "about:blank"


def test_quick_exit_leaves_at_once_and_leaves_nothing(visit: Visit) -> None:
    assert len(visit.storage()) == 1
    assert len(visit.chat.sessions) == 1
    visit.page.get_by_role("button", name="Quick exit").click()
    visit.page.wait_for_url(LEFT)
    nothing_is_left(visit)
    visit.page.goto(visit.site)
    assert visit.storage() == []
    expect(visit.launcher).to_be_visible()
    assert visit.chat.ended == []  # the site did not ask for it


def test_quick_exit_ends_the_session_where_the_site_asks_for_it(browser: Browser) -> None:
    with on_site(browser, HostSite('data-exit-ends="true"')) as visit:
        visit.open()
        (token,) = visit.chat.sessions
        visit.page.get_by_role("button", name="Quick exit").click()
        visit.page.wait_for_url(LEFT)
        for _ in range(100):
            if visit.chat.ended:
                break
            visit.page.wait_for_timeout(20)
        assert visit.chat.ended == [token]


def test_two_presses_of_escape_leave_too(visit: Visit) -> None:
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("Escape")
    nothing_is_left(visit)


def test_one_press_of_escape_or_two_of_the_sites_own_leave_nothing(visit: Visit) -> None:
    visit.page.keyboard.press("Escape")
    visit.page.evaluate("new Promise((done) => setTimeout(done, 800))")
    for _ in range(3):
        visit.page.keyboard.press("Escape")
    expect(visit.launcher).to_be_visible()
    assert visit.page.url.startswith(visit.site)


def test_the_page_of_the_guide_is_left_in_the_same_way(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.start()
        visit.page.get_by_role("button", name="Quick exit").click()
        nothing_is_left(visit)


def test_leaving_in_one_tab_clears_the_other(visit: Visit) -> None:
    second = visit.page.context.new_page()
    second.goto(visit.site)
    second.get_by_role("button", name="Ask the guide").click()
    expect(second.get_by_role("log")).to_contain_text("i want out")
    visit.page.get_by_role("button", name="Quick exit").click()
    expect(second.get_by_role("button", name="Ask the guide")).to_be_visible()
    assert second.evaluate("sessionStorage.length") == 0
    second.close()


def test_a_chat_that_is_forgotten_is_deleted_on_both_sides(visit: Visit) -> None:
    (token,) = visit.chat.sessions
    visit.failures_expected = True
    visit.chat.post_status = 503
    visit.choose("Forget this chat")
    question = visit.page.get_by_role("dialog", name="Forget this chat?")
    question.get_by_role("button", name="Forget it").click()
    expect(question.get_by_role("alert")).to_contain_text("could not be deleted")
    assert len(visit.storage()) == 1
    visit.chat.post_status = 0
    question.get_by_role("button", name="Forget it").click()
    expect(visit.launcher).to_be_focused()
    assert visit.storage() == []
    assert visit.chat.forgotten == [token]
    visit.open()
    expect(visit.log.locator(".message")).to_have_count(1)


def test_the_title_can_be_hidden(visit: Visit) -> None:
    visit.choose("Hidden page title: off")
    assert visit.page.title() == "Notes"
    visit.page.reload()
    expect(visit.log).to_contain_text("You wrote: i want out")
    assert visit.page.title() == "Notes"
    visit.choose("Hidden page title: on")
    assert visit.page.title() == "Programs at our clinic"


def test_where_violence_came_up_a_note_says_who_may_see_this(visit: Visit) -> None:
    for _ in range(2):
        visit.say("afraid")
        expect(visit.log.get_by_text("Are you safe right now?").last).to_be_visible()
    note = visit.log.get_by_text("Could someone check this device?")
    expect(note).to_have_count(1)
    visit.log.get_by_role("button", name="Quick exit").click()
    visit.page.wait_for_url(LEFT)


def test_a_page_that_the_browser_kept_shows_no_chat_that_was_left(visit: Visit) -> None:
    visit.page.evaluate("sessionStorage.clear()")
    visit.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(visit.page.locator(".message")).to_have_count(0)
