"""A visitor's browser and the desk's at once: a person joins, both write, the guide comes back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from care import staff
from care.settings import ROOT
from care.wording import text
from tests.gateway.conftest import Gateway
from tests.gateway.desk_visit import NAME, PASSWORD
from tests.gateway.page_visit import PHONE
from tests.gateway.test_live_chat import HUMAN

pytestmark = pytest.mark.e2e

SHOTS = ROOT / "build" / "screenshots"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def pages(browser: Browser, gateway: Gateway) -> Iterator[tuple[Page, Page]]:
    """The visitor's page on a phone, and the desk's."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    problems = list[str]()
    contexts = [browser.new_context(viewport=PHONE), browser.new_context()]
    for context in contexts:
        context.on("weberror", lambda error: problems.append(str(error.error)))
    yield contexts[0].new_page(), contexts[1].new_page()
    for context in contexts:
        context.close()
    assert problems == []


def say(page: Page, label: str, words: str) -> None:
    page.get_by_label(label).fill(words)
    page.get_by_label(label).press("Enter")


def sign_in(desk: Page, gateway: Gateway) -> None:
    staff.set_password(gateway.core, NAME, PASSWORD)
    staff.introduce(gateway.core, NAME, "Dana", "counselor")
    desk.goto(f"{gateway.url}/desk/login")
    desk.get_by_label("Name").fill(NAME)
    desk.get_by_label("Password").fill(PASSWORD)
    desk.get_by_role("button", name="Sign in").click()
    expect(desk.get_by_role("heading", name="Tickets")).to_be_visible()


def test_a_person_joins_both_write_and_the_guide_comes_back(
    pages: tuple[Page, Page], gateway: Gateway
) -> None:
    visitor, desk = pages
    sign_in(desk, gateway)
    gateway.assistant.label, gateway.assistant.replies = "request_human", [HUMAN]
    visitor.goto(gateway.url)
    visitor.get_by_role("button", name="Start the chat").click()
    log, head = visitor.get_by_role("log"), visitor.locator(".chat-head")
    expect(head).to_contain_text("Automated, not a person")
    say(visitor, "Your message", "agent")
    visitor.get_by_role("button", name="Ask them to join").click()
    expect(log).to_contain_text("I've asked a person on our staff")

    desk.reload()
    desk.get_by_role("row", name="Live chat").get_by_role("link").click()
    desk.get_by_role("button", name="Take over the chat").click()
    expect(desk.get_by_text("You have this chat.")).to_be_visible()
    expect(log).to_contain_text("Dana (counselor) has joined this chat")
    expect(head).to_contain_text("A person: Dana (counselor)")

    talk = desk.get_by_role("log")
    say(visitor, "Your message", "hi, it's <b>me</b>")
    expect(talk).to_contain_text("hi, it's <b>me</b>")
    say(desk, "Your answer", "Hello. I'm glad you wrote <i>here</i>.")
    expect(log).to_contain_text("Hello. I'm glad you wrote <i>here</i>.")
    expect(desk.get_by_label("Your answer")).to_have_value("")
    expect(talk.get_by_text("I'm glad you wrote")).to_have_count(1)
    say(visitor, "Your message", "i want to kill myself")
    expect(log).to_contain_text("988")
    expect(desk.get_by_text("Danger was seen in this conversation: suicide")).to_be_visible()
    assert visitor.evaluate(OVERFLOW) == desk.evaluate(OVERFLOW) == 0
    visitor.screenshot(path=SHOTS / "live-chat-visitor.png")
    desk.screenshot(path=SHOTS / "live-chat-desk.png", full_page=True)

    visitor.reload()  # who answers is known again
    expect(head).to_contain_text("A person: Dana (counselor)")
    desk.get_by_role("button", name="Hand back to the guide").click()
    expect(log).to_contain_text(text("utter_reminder/after_person").text)
    expect(head).to_contain_text("Automated, not a person")
    expect(desk.get_by_role("button", name="Take over the chat")).to_be_visible()
    visitor.screenshot(path=SHOTS / "live-chat-back.png")


def test_the_visitor_goes_back_with_one_tap(pages: tuple[Page, Page], gateway: Gateway) -> None:
    visitor, desk = pages
    sign_in(desk, gateway)
    gateway.assistant.label, gateway.assistant.replies = "request_human", [HUMAN]
    visitor.goto(gateway.url)
    visitor.get_by_role("button", name="Start the chat").click()
    say(visitor, "Your message", "agent")
    visitor.get_by_role("button", name="Ask them to join").click()
    expect(visitor.get_by_role("log")).to_contain_text("I've asked a person on our staff")
    desk.reload()
    desk.get_by_role("row", name="Live chat").get_by_role("link").click()
    desk.get_by_role("button", name="Take over the chat").click()
    visitor.get_by_role("button", name="Back to the guide").click()
    expect(visitor.locator(".chat-head")).to_contain_text("Automated, not a person")
    expect(visitor.get_by_role("button", name="Back to the guide")).to_be_hidden()
    expect(desk.get_by_text("The guide answers in this chat.")).to_be_visible()
    expect(desk.get_by_label("Your answer")).to_be_hidden()
