"""The phone of a development machine, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.gateway.conftest import Gateway
from tests.gateway.page_visit import PHONE

pytestmark = pytest.mark.e2e


@pytest.fixture
def page(browser: Browser, gateway: Gateway) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, base_url=gateway.url)
    page, problems = context.new_page(), list[str]()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("response", lambda r: problems.append(r.url) if r.status in {404, 500} else None)
    page.goto("/dev/phone")
    yield page
    context.close()
    assert problems == []


def test_texts_go_out_and_answers_come_with_what_they_cost(page: Page) -> None:
    log = page.get_by_role("log")
    page.get_by_role("button", name="Twilio breaks").click()
    expect(page.get_by_role("status")).to_contain_text("broken")
    page.get_by_label("Text", exact=True).fill("what does it <b>cost</b>")
    page.get_by_label("Text", exact=True).press("Enter")
    expect(log).to_contain_text("You said: what does it <b>cost</b>")
    expect(log).to_contain_text("1 Talk to a person")
    expect(log).to_contain_text("GSM-7, 1 segment")
    expect(log).to_contain_text("delivered")
    page.get_by_role("button", name="Send a picture").click()
    expect(log).to_contain_text("can't see pictures")


def test_another_number_is_another_person(page: Page) -> None:
    page.get_by_label("This phone's number").fill("+13105550188")
    page.get_by_label("Text", exact=True).fill("STOP")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("log")).to_contain_text("You will get no more texts")
    page.get_by_label("This phone's number").fill("nonsense")
    page.get_by_label("Text", exact=True).fill("hello")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("A number such as")


def test_messenger_is_beside_it_with_buttons_to_tap(page: Page, gateway: Gateway) -> None:
    page.get_by_role("link", name="Messenger").click()
    log = page.get_by_role("log")
    page.get_by_label("Message", exact=True).fill("what does it <b>cost</b>")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(log).to_contain_text("Meta, which runs Messenger, can see this chat")
    expect(log).to_contain_text("You said: what does it <b>cost</b>")
    log.get_by_role("button", name="Talk to a person").click()
    expect(log).to_contain_text("You said: Talk to a person")
    assert gateway.assistant.asked[-1]["label"] == "request_human"
    page.get_by_role("button", name="Send a picture").click()
    expect(log).to_contain_text("can't see pictures")
