"""The desk in a real browser: an open page keeps itself up to date."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from care import conversations, privacy, staff, tickets
from care.transcript import Inbound, Line, Outcome
from tests.gateway.conftest import Gateway
from tests.gateway.desk_visit import NAME, PASSWORD
from tests.gateway.page_visit import PHONE

pytestmark = pytest.mark.e2e

NEXT_PULSE = 16_000
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def page(browser: Browser, gateway: Gateway) -> Iterator[Page]:
    """Signed in, the list of tickets open, and the browser's clock in our hand."""
    staff.set_password(gateway.core, NAME, PASSWORD)
    context = browser.new_context(viewport=PHONE, base_url=gateway.url)
    page, problems = context.new_page(), list[str]()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.clock.install()
    page.goto("/desk/login")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_response("**/desk/pulse"):
        page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Tickets")).to_be_visible()
    yield page
    context.close()
    assert problems == []


def danger(gateway: Gateway) -> str:
    visit, _ = conversations.start(gateway.core, "web")
    outcome = Outcome([Line("988")], crisis="suicide")
    conversations.receive(gateway.core, visit, Inbound("danger-1", "words"), lambda _: outcome)
    return tickets.listed(gateway.core)[0].number


def test_an_open_page_says_what_is_urgent_until_somebody_claims_it(
    page: Page, gateway: Gateway
) -> None:
    sign = page.get_by_role("status")
    expect(sign).to_be_hidden()
    number = danger(gateway)
    page.clock.fast_forward(NEXT_PULSE)
    expect(sign).to_have_text("1 urgent ticket that nobody has claimed")
    expect(page).to_have_title("(1) Tickets · Desk")
    assert page.evaluate(OVERFLOW) == 0
    sign.get_by_role("link").click()
    page.get_by_role("link", name=number).click()
    page.get_by_role("button", name="Claim this ticket").click()
    expect(page.get_by_text(f"Claimed by {NAME} at")).to_be_visible()
    expect(page.locator("#pulse")).to_be_hidden()


def test_a_ticket_is_worked_on_with_labelled_fields_on_a_phone(
    page: Page, gateway: Gateway
) -> None:
    visit = conversations.start(gateway.core, "web")[0]
    privacy.conceal(gateway.core, visit, "212-555-0142")
    answers = {"contact_name": "Robin", "contact_reach": "[phone-1]"}
    number = tickets.request_callback(gateway.core, visit, "key-1", answers).number
    page.goto(f"/desk/tickets/{number}")
    page.get_by_role("button", name="Claim this ticket").click()
    page.get_by_label("How did the contact go?").select_option("No answer")
    page.get_by_role("button", name="Save the contact").click()
    expect(page.get_by_text("contacted (no answer) by dana")).to_be_visible()
    expect(page.get_by_text("(212) 555-0142")).to_have_count(0)
    page.get_by_label("Reason, kept on record").select_option("To call")
    page.get_by_role("button", name="Show contact details").click()
    expect(page.get_by_text("(212) 555-0142")).to_be_visible()
    assert page.evaluate(OVERFLOW) == 0
    page.get_by_role("link", name="Hide again").click()
    expect(page.get_by_text("(212) 555-0142")).to_have_count(0)


def test_an_open_page_says_when_the_desk_cannot_be_reached(page: Page) -> None:
    page.route("**/desk/pulse", lambda route: route.abort())
    page.clock.fast_forward(NEXT_PULSE)
    expect(page.get_by_role("status")).to_contain_text("cannot be reached")
    page.unroute("**/desk/pulse")
    page.clock.fast_forward(NEXT_PULSE)
    expect(page.get_by_role("status")).to_be_hidden()


def test_an_open_page_whose_user_was_signed_out_goes_to_the_sign_in(
    page: Page, gateway: Gateway
) -> None:
    staff.set_password(gateway.core, NAME, "another long password")
    page.clock.fast_forward(NEXT_PULSE)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
