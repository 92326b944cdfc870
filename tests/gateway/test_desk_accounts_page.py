"""Signing in, one's account, the admins' and auditors' pages in a real browser, on a phone."""

from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from care import staff
from care.roles import ADMIN, AUDITOR
from care.settings import Settings
from tests.databases import fresh_sqlite
from tests.fakes import FakeAssistant
from tests.gateway.conftest import Gateway, running
from tests.gateway.desk_visit import PASSWORD
from tests.gateway.page_visit import PHONE

pytestmark = pytest.mark.e2e

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
UNNAMED = """[...document.querySelectorAll("input:not([type=hidden]), select, button")]
    .filter(field => !field.labels?.length && !field.ariaLabel && !field.textContent.trim())
    .map(field => field.outerHTML)"""


@pytest.fixture
def strict(settings: Settings) -> Iterator[Gateway]:
    """The second factor is required."""
    required = settings.model_copy(update={"desk_second_factor": "required"})
    fresh_sqlite(required.database_url)
    with running(required, FakeAssistant()) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context, problems = browser.new_context(viewport=PHONE), list[str]()
    page = context.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if wrong(line) else None)
    yield page
    context.close()
    assert problems == []


def wrong(line: ConsoleMessage) -> bool:
    return line.type == "error" and not line.text.startswith("Failed to load resource")


def looks_right(page: Page) -> None:
    assert page.evaluate(OVERFLOW) == 0
    assert page.evaluate(UNNAMED) == []
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def fill(page: Page, *values: str) -> None:
    """Keyboard only: from field to field, then Enter."""
    for number, value in enumerate(values):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.type(value)
    page.keyboard.press("Enter")


def test_the_first_sign_in_leads_through_the_second_factor(strict: Gateway, page: Page) -> None:
    staff.set_password(strict.core, "rivka", PASSWORD, ADMIN)
    page.goto(f"{strict.url}/desk")
    looks_right(page)
    page.get_by_label("Name").focus()
    fill(page, "rivka", PASSWORD)
    expect(page.get_by_role("heading", name="Set up the second factor")).to_be_visible()
    expect(page.get_by_role("img", name="picture to scan")).to_be_visible()
    looks_right(page)
    key = page.locator(".key").inner_text().replace(" ", "")
    page.get_by_label("Six digits").focus()
    fill(page, pyotp.TOTP(key).now())
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    looks_right(page)
    codes = page.locator(".codes code").all_inner_texts()
    page.get_by_role("link", name="I have kept them").press("Enter")
    expect(page.get_by_role("heading", name="Tickets")).to_be_visible()
    page.get_by_role("button", name="Sign out").press("Enter")
    page.get_by_label("Name").focus()
    fill(page, "rivka", PASSWORD)
    expect(page.get_by_label("Code")).to_be_focused()
    looks_right(page)
    fill(page, codes[0])
    expect(page.get_by_role("heading", name="Tickets")).to_be_visible()
    page.get_by_role("link", name="My account").click()
    expect(page.get_by_text("9 recovery codes are left")).to_be_visible()
    looks_right(page)


def test_an_admin_invites_a_colleague_who_joins(gateway: Gateway, page: Page) -> None:
    staff.set_password(gateway.core, "rivka", PASSWORD, ADMIN)
    page.goto(f"{gateway.url}/desk/login")
    page.get_by_label("Name").focus()
    fill(page, "rivka", PASSWORD)
    page.get_by_role("link", name="Staff", exact=True).click()
    looks_right(page)
    page.get_by_label("Role", exact=True).select_option("Auditor")
    page.get_by_role("button", name="Make an invitation").click()
    link = page.locator(".key").inner_text()
    looks_right(page)
    page.get_by_role("button", name="Disable: kim").click()
    expect(page.get_by_role("button", name="Enable: kim")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto(link.replace("http://127.0.0.1:8080", gateway.url))
    looks_right(page)
    page.get_by_label("Name").focus()
    fill(page, "otto", PASSWORD, PASSWORD)
    expect(page.get_by_text("You can sign in now")).to_be_visible()
    page.get_by_label("Name").focus()
    fill(page, "otto", PASSWORD)
    expect(page.get_by_role("heading", name="Audit log")).to_be_visible()
    looks_right(page)
    page.get_by_label("Who").fill("rivka")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("cell", name="staff.invited")).to_be_visible()
    page.get_by_role("button", name="Verify the chain").click()
    expect(page.get_by_role("heading", name="The chain is whole")).to_be_visible()
    looks_right(page)
    page.goto(f"{gateway.url}/desk/join/used-up")
    expect(page.get_by_role("heading", name="This link does not work")).to_be_visible()
    looks_right(page)
    assert AUDITOR in page.request.get(f"{gateway.url}/desk/account").text()
