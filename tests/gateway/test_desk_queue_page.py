"""The list and a ticket in a real browser: live, by keys, with a sound, in light and dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from care import conversations, privacy, staff, ticket_notes, ticket_steps, ticket_viewers, tickets
from care.settings import ROOT
from care.transcript import Inbound, Line, Outcome
from tests.gateway.axe import violations
from tests.gateway.conftest import Gateway
from tests.gateway.desk_visit import NAME, PASSWORD
from tests.gateway.page_visit import PHONE

pytestmark = pytest.mark.e2e

SHOTS = ROOT / "build" / "screenshots"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Counts the notes that are played, whether or not this machine has a loudspeaker.
COUNT_NOTES = """
    window.notes = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...given) {
        window.notes += 1;
        return start.apply(this, given);
    };
"""


@pytest.fixture
def page(browser: Browser, gateway: Gateway) -> Iterator[Page]:
    """Signed in, the list of tickets open."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    staff.set_password(gateway.core, NAME, PASSWORD)
    context = browser.new_context(base_url=gateway.url)
    context.add_init_script(COUNT_NOTES)
    page, problems = context.new_page(), list[str]()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto("/desk/login")
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Tickets")).to_be_visible()
    yield page
    context.close()
    assert problems == []


def danger(gateway: Gateway) -> str:
    visit, _ = conversations.start(gateway.core, "web")
    outcome = Outcome([Line("988", response="utter_crisis/suicide_es")], crisis="suicide")
    said = "I do not want to be here any more"
    conversations.receive(gateway.core, visit, Inbound("danger-1", said), lambda _: outcome)
    return tickets.listed(gateway.core)[0].number


def asked(gateway: Gateway, channel: str = "web") -> str:
    visit = conversations.start(gateway.core, channel)[0]
    lines = [Line("It depends.", response="utter_faq/iop_cost")]
    conversations.receive(gateway.core, visit, Inbound("m-1", "cost?"), lambda _: Outcome(lines))
    reference = privacy.conceal(gateway.core, visit, "212-555-0142")
    answers = {"contact_name": "Robin", "contact_reach": reference, "contact_place": "Texas"}
    return tickets.request_callback(gateway.core, visit, f"key-{visit}", answers).number


def test_a_new_ticket_appears_by_itself_rings_and_is_claimed_by_key(
    page: Page, gateway: Gateway
) -> None:
    expect(page.get_by_text("There are no tickets.")).to_be_visible()
    page.get_by_role("button", name="Sound and notices: off").click()
    expect(page.get_by_role("button", name="Sound and notices: on")).to_be_visible()
    page.wait_for_function("window.notes === 2")  # so that one hears what it is like
    number = danger(gateway)
    link = page.get_by_role("link", name=number)
    expect(link).to_be_visible()  # well before the next pulse
    expect(page.locator("#pulse")).to_have_text("1 urgent ticket that nobody has claimed")
    page.wait_for_function("window.notes >= 4")
    page.locator("body").press("j")
    expect(link).to_be_focused()
    asked(gateway)
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(link).to_be_focused()  # what had the focus keeps it
    page.keyboard.press("c")
    expect(page.get_by_text(f"Claimed by {NAME} at")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_role("heading", name="Tickets")).to_be_visible()
    expect(page.locator("#pulse")).to_be_hidden()


def test_the_keys_are_told_and_can_be_switched_off(page: Page, gateway: Gateway) -> None:
    number = asked(gateway)
    page.reload()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("The next ticket")
    assert violations(page) == []
    page.get_by_label("Use these keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=number)).not_to_be_focused()
    page.get_by_role("button", name="Keys (?)").click()
    page.get_by_label("Use these keys").check()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("/")
    page.keyboard.type("j?")
    expect(page.locator("#words")).to_have_value("j?")


def test_who_else_is_there_is_said_and_a_line_is_put_into_the_answer(
    page: Page, gateway: Gateway
) -> None:
    number = asked(gateway)
    ticket_viewers.here(gateway.core, number, "kim", typing=True)
    page.goto(f"/desk/tickets/{number}")
    expect(page.locator("#others")).to_have_text("Writing here now: kim")
    page.get_by_role("button", name="Take over the chat").click()
    page.get_by_text("Lines ready to say").click()
    page.get_by_role("button", name="Insert: Any time").click()
    expect(page.get_by_label("Your answer")).to_have_value(
        f"You can call {gateway.core.settings.hotline} at any time, day or night."
        " You don't have to be sure what to say."
    )
    page.get_by_label("New note").fill("Call the sister first")
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_text("Call the sister first")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_list_and_a_ticket_have_no_barrier_and_fit(
    page: Page, gateway: Gateway, scheme: str, size: str
) -> None:
    number = asked(gateway)
    asked(gateway, "sms")
    danger(gateway)
    ticket_notes.add(gateway.core, number, "kim", "Robin asks for a morning call")
    ticket_notes.set_label(gateway.core, number, "kim", "transport", on=True)
    ticket_steps.claim(gateway.core, number, "kim")
    ticket_viewers.here(gateway.core, number, "kim", typing=True)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    if size == "phone":
        page.set_viewport_size(PHONE)
    for name, path in (
        ("queue", "/desk?status=waiting&kind=callback"),
        ("queue-all", "/desk"),
        ("ticket", f"/desk/tickets/{number}"),
        ("print", f"/desk/tickets/{number}/print"),
    ):
        page.goto(path)
        for fold in page.locator("details").all():
            fold.evaluate("fold => { fold.open = true; }")
        if name == "ticket":
            expect(page.locator("#others")).to_be_visible()
        page.screenshot(path=SHOTS / f"desk-{name}-{size}-{scheme}.png", full_page=True)
        assert violations(page) == [], name
        assert page.evaluate(OVERFLOW) == 0, name
