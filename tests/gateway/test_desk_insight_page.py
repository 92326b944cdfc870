"""Learning and numbers in a real browser: for everybody, by day and by night, on a phone too."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from care import conversations, counting, due, staff
from care.db import now
from care.models import DailyCount
from care.roles import ADMIN
from care.transcript import Inbound, Line, Outcome
from tests.gateway import axe
from tests.gateway.conftest import Gateway
from tests.gateway.desk_visit import PASSWORD
from tests.gateway.page_visit import PHONE

pytestmark = pytest.mark.e2e

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SAID = "can my pet iguana sit in with me"


@pytest.fixture
def page(browser: Browser, gateway: Gateway) -> Iterator[Page]:
    staff.set_password(gateway.core, "rivka", PASSWORD, ADMIN)
    context = browser.new_context(viewport=PHONE, base_url=gateway.url)
    page, problems = context.new_page(), list[str]()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto("/desk/login")
    page.get_by_label("Name").fill("rivka")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Tickets")).to_be_visible()
    yield page
    context.close()
    assert problems == []


def looks_right(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert axe.violations(page) == []
    assert page.evaluate(OVERFLOW) == 0


def test_an_example_is_written_and_a_copy_is_refused(page: Page, gateway: Gateway) -> None:
    visit, _ = conversations.start(gateway.core, "web")
    seq = conversations.receive(gateway.core, visit, Inbound("id-1", SAID)).seq
    line = Line("Did you mean?", response="utter_unsure")
    conversations.answer(gateway.core, visit, seq, Outcome([line]))
    page.get_by_role("link", name="Learning").click()
    expect(page.get_by_text(SAID)).to_be_visible()
    looks_right(page)
    page.get_by_label("The right topic").fill("What IOP costs")
    page.get_by_label("A new example").fill(SAID)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("words of your own")
    looks_right(page)
    page.get_by_label("A new example").fill("would a reptile of mine be welcome")
    page.get_by_role("button", name="Keep this example").click()
    expect(page.get_by_role("cell", name="would a reptile").first).to_be_visible()
    looks_right(page)


def test_figures_are_read_as_images_and_as_tables(page: Page, gateway: Gateway) -> None:
    today = due.today(gateway.core.settings, now())
    with gateway.core.transaction() as session:
        for measure, of, number in (
            ("contacts", "web", 40),
            ("contacts", "sms", 4),
            ("hours", "09", 30),
            ("hours", "21", 14),
            ("topics", "faq/iop_cost", 12),
            ("chat_wait", counting.WAIT_NAMES[1], 9),
        ):
            session.add(DailyCount(day=today, measure=measure, of=of, count=number))
    page.get_by_role("link", name="Numbers").click()
    expect(page.get_by_role("img", name="Contacts by channel")).to_be_visible()
    expect(page.get_by_role("row", name="Text messages under 5")).to_be_visible()
    looks_right(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    looks_right(page)
    page.get_by_role("link", name="Last 7 days").click()
    expect(page.get_by_role("row", name="What IOP costs 12")).to_be_visible()
