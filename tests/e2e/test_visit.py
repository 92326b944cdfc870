"""A visitor in a real browser leaves contact details; staff find the ticket on the desk."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from care import tickets
from care.settings import ROOT
from tests.e2e.conftest import STAFF, Product
from tests.gateway.page_visit import PHONE, chromium

pytestmark = pytest.mark.e2e

SHOTS = ROOT / "build" / "screenshots"
CANARIES = ("Zebulon", "212-555-0158", "2125550158", "555-0158", "quagmire", "canary@example.com")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    SHOTS.mkdir(parents=True, exist_ok=True)
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser, product: Product) -> Iterator[Page]:
    page = browser.new_page(viewport=PHONE)
    page.goto(product.url)
    yield page
    page.close()


def photograph(page: Page, name: str, full_page: bool = False) -> None:
    """For people to look at. A browser on a busy machine now and then fails to paint one."""
    try:
        page.screenshot(path=SHOTS / name, full_page=full_page)
    except Error:
        page.screenshot(path=SHOTS / name, full_page=full_page)


def say(page: Page, words: str, answer: str) -> None:
    """Writes a message and waits for an answer that holds `answer`."""
    before = page.get_by_role("log").get_by_text(answer).count()
    box = page.get_by_role("textbox", name="Your message")
    box.fill(words)
    box.press("Enter")
    expect(page.get_by_role("log").get_by_text(answer)).to_have_count(before + 1, timeout=15_000)


def press(page: Page, title: str, answer: str) -> None:
    page.get_by_role("button", name=title, exact=True).last.click()
    expect(page.get_by_role("log").get_by_text(answer).last).to_be_visible(timeout=15_000)


def test_from_a_question_to_a_ticket_on_the_desk(page: Page, product: Product) -> None:
    page.get_by_role("button", name="Start the chat").click()
    say(page, "What is an intensive outpatient program?", "nine hours")
    say(page, "my life is a quagmire please have someone call me", "Is the call for you")
    press(page, "For me", "What should we call you")
    say(page, "Zebulon", "How can we reach you")
    say(page, "212-555-0158 or canary@example.com", "When is a good time")
    say(page, "weekdays after 5", "voicemail")
    press(page, "No", "also send you texts")
    press(page, "No", "Which state are you in")
    press(page, "Skip", "Here is what I have")
    expect(page.get_by_role("link", name="(212) 555-0158")).to_be_visible()
    photograph(page, "contact-summary.png")
    press(page, "Yes, send it", "Your request number is")
    number = re.search(r"R-\w{6}", page.get_by_role("log").inner_text())
    assert number is not None
    photograph(page, "ticket-created.png")
    _find_on_the_desk(page, product, number[0])


def _sign_in(page: Page, product: Product) -> None:
    page.goto(f"{product.url}/desk")
    page.get_by_label("Name").fill(STAFF[0])
    page.get_by_label("Password").fill(STAFF[1])
    page.get_by_role("button", name="Sign in").click()


def _find_on_the_desk(page: Page, product: Product, number: str) -> None:
    page.goto(f"{product.url}/desk")
    page.get_by_label("Name").fill(STAFF[0])
    page.get_by_label("Password").fill("wrong password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not match")
    page.get_by_label("Name").fill(STAFF[0])
    page.get_by_label("Password").fill(STAFF[1])
    page.get_by_role("button", name="Sign in").click()
    photograph(page, "desk-tickets.png")
    _open(page, number)
    expect(page.get_by_text("quagmire").first).to_be_visible()
    expect(page.get_by_text("(212) 555-0158")).to_have_count(0)
    page.get_by_label("Reason, kept on record").select_option("To call")
    page.get_by_role("button", name="Show contact details").click()
    for words in ("Zebulon", "(212) 555-0158", "weekdays after 5", "quagmire"):
        expect(page.get_by_text(words).first).to_be_visible()
    photograph(page, "desk-ticket.png", full_page=True)


def _open(page: Page, number: str) -> None:
    """By its number: other visits may have filled the list."""
    page.get_by_label("Find a ticket number").fill(number)
    page.get_by_role("button", name="Find").click()


def _only_ticket_of_the_newest_danger(product: Product) -> str:
    core = product.core()
    found = tickets.listed(core)
    core.engine.dispose()
    newest = max((t for t in found if t.kind == "crisis/suicide"), key=lambda t: t.created_at)
    assert [t.number for t in found if t.conversation_id == newest.conversation_id] == [
        newest.number
    ]
    return newest.number


def test_a_danger_on_the_page_reaches_desk_and_alert(page: Page, product: Product) -> None:
    page.get_by_role("button", name="Start the chat").click()
    say(page, "i cant do this anymore i want to kill myself", "Are you safe right now?")
    expect(page.get_by_role("log").get_by_role("link", name="Call 988").first).to_be_visible()
    photograph(page, "crisis.png")
    say(page, "i have pills", "Put distance between you and it now")
    _sign_in(page, product)
    expect(page.get_by_role("row").filter(has_text="Crisis: suicide").first).to_contain_text(
        "Urgent"
    )
    number = _only_ticket_of_the_newest_danger(product)
    _open(page, number)
    page.get_by_role("log").scroll_into_view_if_needed()
    expect(page.get_by_text("i have pills")).to_be_in_viewport()  # what was said last
    expect(page.get_by_text(product.settings.hotline).first).to_be_attached()
    expect(page.get_by_text(re.compile("Step 1, to .+: sent"))).to_be_visible()
    photograph(page, "desk-crisis.png", full_page=True)
    assert f"ALERT: New urgent ticket {number}" in product.output()


def test_nothing_that_was_said_can_be_read_at_rest_or_in_the_logs(product: Product) -> None:
    """Runs after the visit above: every file of the product's folder, the model, the log."""
    files = [path for path in product.folder.rglob("*") if path.is_file()]
    assert {"guide.db", "assistant.db", "output.log"} <= {path.name for path in files}
    for path in [*files, *(ROOT / "models").rglob("*.tar.gz")]:
        assert _canaries_in(path) == [], path


def _canaries_in(path: Path) -> list[str]:
    content = path.read_bytes().lower()
    return [word for word in CANARIES if word.lower().encode() in content]
