"""The numbers to call stay in sight and in reach, whatever happens on the page."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.gateway.page_visit import Visit, visiting

pytestmark = pytest.mark.e2e

HELP = {
    "Call 988": "tel:988",
    "Text 988": "sms:988",
    "Call 911": "tel:911",
    "Hotline 1-866-929-0179": "tel:+18669290179",
}


def help_is_in_sight(page: Page) -> None:
    """988 by call and by text, 911 and the hotline: seen, in reach, and not covered by anything."""
    bar = page.get_by_role("navigation", name="Get help now")
    for name, href in HELP.items():
        link = bar.get_by_role("link", name=name)
        expect(link).to_have_attribute("href", href)
        expect(link).to_be_in_viewport(ratio=1)
        link.click(trial=True)


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("size", [(320, 256), (360, 340), (740, 360)])
def test_get_help_now_stays_in_sight(
    browser: Browser, size: tuple[int, int], scripts: bool
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    with visiting(browser, viewport=viewport, java_script_enabled=scripts) as visit:
        help_is_in_sight(visit.page)
        if scripts:
            visit.start()
            visit.say("long")
            expect(visit.log).to_contain_text("It goes on")
        else:
            visit.page.get_by_text("The guide is automated.").scroll_into_view_if_needed()
        help_is_in_sight(visit.page)


def test_get_help_now_comes_first_on_the_keyboard(visit: Visit) -> None:
    visit.start()
    visit.page.locator("body").evaluate("e => { e.tabIndex = -1; e.focus(); }")
    names = []
    for _ in range(len(HELP) + 1):
        visit.page.keyboard.press("Tab")
        names.append(visit.page.evaluate("document.activeElement.getAttribute('href')"))
    assert [name for name in names if name != "#chat"][: len(HELP)] == list(HELP.values())


def test_get_help_now_is_there_while_the_chat_loads_and_when_it_cannot(visit: Visit) -> None:
    visit.failures_expected = True
    visit.page.route("**/widget.js", lambda route: None)  # never answered
    visit.page.reload(wait_until="commit")
    expect(visit.page.get_by_text("The chat is loading")).to_be_visible()
    help_is_in_sight(visit.page)
    visit.page.unroute_all(behavior="ignoreErrors")
    visit.page.reload()
    visit.start()
    visit.page.context.set_offline(True)
    expect(visit.page.get_by_text("You are offline.")).to_be_visible()
    help_is_in_sight(visit.page)
    visit.page.context.set_offline(False)
    visit.chat.post_status = 503
    visit.say("help")
    expect(visit.page.locator(".system .text")).to_contain_text("988")
    help_is_in_sight(visit.page)


def test_while_the_end_of_the_chat_is_asked_the_numbers_are_in_the_question(visit: Visit) -> None:
    visit.start()
    visit.choose("End chat")
    asked = visit.page.get_by_role("dialog")
    expect(asked.get_by_role("link", name="Call 988")).to_be_visible()
    expect(asked.get_by_role("link", name="Call 911")).to_be_visible()


def test_the_start_leads_to_how_danger_is_handled(visit: Visit) -> None:
    visit.start()
    link = visit.log.get_by_role("link", name="Safety and limits")
    expect(link).to_have_attribute("href", "/safety")
    expect(link).to_have_attribute("target", "_blank")  # the chat stays open
