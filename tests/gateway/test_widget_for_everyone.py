"""The window meets WCAG 2.2 AA in each of its states, and in little room."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.gateway import axe
from tests.gateway.host_site import HostSite, on_site
from tests.gateway.page_visit import PHONE, Visit, visiting

pytestmark = pytest.mark.e2e

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """[...document.querySelector('recovery-guide').shadowRoot
    .querySelectorAll('button, .help a, .choices a, .menu a, summary')]
    .filter(e => e.checkVisibility()).map(e => [e.textContent, e.getBoundingClientRect()])
    .filter(([, box]) => box.width < 24 || box.height < 24).map(([text]) => text)"""
# What a window that is open must show whole, however little room there is.
IN_SIGHT = ("Call 988", "Text 988", "Call 911", "Hotline 1-866-929-0179")


def closed(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Get help now").click()


def open_(visit: Visit) -> None:
    visit.open()
    visit.page.get_by_role("button", name="Chat options").click()


def typing(visit: Visit) -> None:
    visit.chat.answer_delay = 5
    visit.open()
    visit.say("hello")
    expect(visit.page.get_by_text("The guide is writing")).to_be_visible()


def answered(visit: Visit) -> None:
    visit.open()
    visit.page.get_by_role("button", name="What is an IOP?").click()
    visit.log.get_by_text("Where is this from?").click()
    visit.log.get_by_role("group", name="Did this help?").get_by_role("button").first.click()
    visit.page.evaluate("RecoveryGuide.open()")


def form(visit: Visit) -> None:
    visit.open()
    visit.failures_expected = True
    visit.say("a" * 6001)
    expect(visit.page.get_by_role("alert")).to_be_visible()
    visit.choose("Forget this chat")


def crisis(visit: Visit) -> None:
    visit.open()
    visit.say("afraid")
    expect(visit.log).to_contain_text("Could someone check this device?")


def offline(visit: Visit) -> None:
    visit.open()
    visit.failures_expected = True
    visit.page.context.set_offline(True)
    visit.say("hello")
    expect(visit.page.get_by_text("You are offline.")).to_be_visible()
    expect(visit.page.get_by_role("button", name="Try now")).to_be_visible()


def staff(visit: Visit) -> None:
    visit.open()
    visit.say("staff")
    expect(visit.log).to_contain_text("Dana (counselor)")


STATES = (closed, open_, typing, answered, form, crisis, offline, staff)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__.strip("_"))
@pytest.mark.parametrize(
    ("size", "scheme"), [({"width": 1280, "height": 800}, "dark"), (PHONE, "light")]
)
def test_no_rule_is_broken(
    browser: Browser, state: Callable[[Visit], None], size: dict[str, int], scheme: str
) -> None:
    with on_site(browser, viewport=size, color_scheme=scheme) as visit:
        state(visit)
        assert axe.violations(visit.page) == []
        assert visit.page.evaluate(SMALL) == []
        assert visit.page.evaluate(OVERFLOW) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_is_broken_on_the_page_of_the_guide(browser: Browser, scheme: str) -> None:
    with visiting(browser, color_scheme=scheme) as visit:
        visit.page.get_by_role("button", name="Start the chat").wait_for()
        assert axe.violations(visit.page) == []
        visit.start()
        visit.page.get_by_role("button", name="What is an IOP?").click()
        expect(visit.log).to_contain_text("9 hours a week")
        assert axe.violations(visit.page) == []


def test_no_rule_is_broken_on_the_demonstration(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.page.goto(f"{visit.url}/demo")
        expect(visit.page.get_by_role("button", name="Ask about care")).to_be_visible()
        assert axe.violations(visit.page) == []
        visit.page.get_by_role("button", name="Ask about care").click()
        expect(visit.log).to_contain_text("automated guide")
        expect(visit.page.get_by_text("Not sure which kind of care fits?").last).to_be_visible()
        assert axe.violations(visit.page) == []


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize("size", [(320, 640), (320, 256), (640, 320)])
def test_all_is_in_sight_in_little_room(
    browser: Browser, size: tuple[int, int], direction: str
) -> None:
    """320 by 256 is what a window of 1280 by 1024 has at 400%."""
    viewport = {"width": size[0], "height": size[1]}
    with on_site(browser, HostSite(direction=direction), viewport=viewport) as visit:
        for name in ("Get help now", "Ask the guide"):
            expect(visit.page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
        visit.open()
        visit.say("long")
        expect(visit.log).to_contain_text("It goes on")
        for name in IN_SIGHT:
            bar = visit.page.get_by_role("navigation", name="Get help now")
            expect(bar.get_by_role("link", name=name)).to_be_in_viewport(ratio=1)
        for name in ("Quick exit", "Close the chat", "Send"):
            expect(visit.page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
        expect(visit.text).to_be_in_viewport(ratio=1)
        box = visit.log.bounding_box()
        assert box
        assert box["height"] >= 60
        assert visit.page.evaluate(OVERFLOW) <= 0
        inside = "e => e.scrollWidth - e.clientWidth"
        assert visit.page.get_by_role("dialog").evaluate(inside) <= 0


def test_right_to_left_is_mirrored(browser: Browser) -> None:
    with on_site(browser, HostSite(direction="rtl")) as visit:
        opener = visit.launcher.bounding_box()
        assert opener
        assert opener["x"] < 640
        visit.open()
        visit.say("שלום")
        mine = visit.log.locator(".visitor .text").bounding_box()
        theirs = visit.log.locator(".guide .text").first.bounding_box()
        assert mine
        assert theirs
        assert mine["x"] + mine["width"] < theirs["x"] + theirs["width"]


def test_forced_colors_and_less_motion_are_kept(browser: Browser) -> None:
    with on_site(browser, forced_colors="active", reduced_motion="reduce") as visit:
        visit.chat.answer_delay = 5
        visit.open()
        visit.say("hello")
        dot = visit.log.locator(".dots i").first
        expect(dot).to_be_visible()
        assert dot.evaluate("e => getComputedStyle(e).animationName") == "none"
        border = "e => getComputedStyle(e).borderTopStyle"
        exit_ = visit.page.get_by_role("button", name="Quick exit")
        assert exit_.evaluate(border) == "solid"
        assert visit.log.locator(".guide .text").first.evaluate(border) == "solid"
