"""A real gateway that dies and comes back, a network that goes, two tabs: nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from care.settings import Settings
from tests.databases import fresh_sqlite
from tests.fakes import FakeAssistant
from tests.gateway.conftest import Gateway, running
from tests.postgres import free_port

pytestmark = pytest.mark.e2e

EXCHANGES = 20
LATE = 30_000


@pytest.fixture
def always_there(settings: Settings) -> Settings:
    fresh_sqlite(settings.database_url)
    many = {"messages_per_minute": 1000, "port": free_port()}
    return settings.model_copy(update=many)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_context().new_page()
    yield page
    page.context.close()


def say(page: Page, number: int) -> None:
    box = page.get_by_role("textbox", name="Your message")
    box.fill(f"message {number:02}")
    box.press("Enter")


def transcript(page: Page, author: str) -> list[str]:
    texts = page.locator(f".message.{author} .text").all_inner_texts()
    return [text.split(".")[0].removeprefix("You said: ") for text in texts]


def expected() -> list[str]:
    return [f"message {number:02}" for number in range(EXCHANGES)]


def test_twenty_exchanges_outlive_a_restart_and_a_lost_network(
    browser: Browser, page: Page, always_there: Settings, tmp_path: Path
) -> None:
    with running(always_there, FakeAssistant(), keeps_port=True) as gateway:
        page.goto(gateway.url)
        page.get_by_role("button", name="Start the chat").click()
        expect(page.locator(".message.guide")).to_have_count(1)
        second = _second_tab(page, gateway)
        for number in range(7):
            say(page, number)
    for number in range(7, 10):
        say(page, number)  # nobody is there
    with running(always_there, FakeAssistant(), keeps_port=True):
        for number in range(10, 14):
            say(page, number)
        page.context.set_offline(True)
        for number in range(14, 17):
            say(page, number)
        page.context.set_offline(False)
        for number in range(17, EXCHANGES):
            say(page, number)
        for tab in (page, second):
            expect(tab.locator(".message.guide")).to_have_count(EXCHANGES + 1, timeout=LATE)
            assert transcript(tab, "visitor") == expected()
            assert transcript(tab, "guide")[1:] == expected()
        expect(page.locator(".state[data-state=sent]")).to_have_count(EXCHANGES)


def _second_tab(page: Page, gateway: Gateway) -> Page:
    second = page.context.new_page()
    second.goto(gateway.url)
    second.get_by_role("button", name="Start the chat").click()
    expect(second.locator(".message.guide")).to_have_count(1)
    return second
