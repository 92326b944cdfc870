"""A visitor's browser on the page, for tests; the page talks to the fake chat."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    Locator,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.gateway.fake_chat_server import FakeChat, Served

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PHONE: ViewportSize = {"width": 360, "height": 740}

expect.set_options(timeout=15_000)  # a busy machine may stand still for some seconds


@dataclass
class Visit:
    page: Page
    chat: FakeChat
    url: str
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    failures_expected: bool = False
    site: str = ""

    @property
    def launcher(self) -> Locator:
        return self.page.get_by_role("button", name="Ask the guide")

    @property
    def text(self) -> Locator:
        return self.page.get_by_role("textbox", name="Your message")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    def start(self) -> None:
        self.page.get_by_role("button", name="Start the chat").click()
        expect(self.log).to_contain_text("automated guide")

    def open(self) -> None:
        """In the corner of somebody's page."""
        self.launcher.click()
        expect(self.log).to_contain_text("automated guide")

    def say(self, words: str) -> None:
        self.text.fill(words)
        self.text.press("Enter")

    def choose(self, option: str) -> None:
        """Something of the chat's menu."""
        self.page.get_by_role("button", name="Chat options").click()
        self.page.get_by_role("group", name="Chat options").get_by_text(option, exact=True).click()

    def storage(self) -> Any:
        return self.page.evaluate(
            "[...Object.entries(sessionStorage), ...Object.keys(localStorage)]"
        )

    def watch(self) -> None:
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def _heard(self, kind: str, text: str) -> None:
        network = text.startswith("Failed to load resource")
        if kind in ("error", "warning") and not (network and self.failures_expected):
            self.problems.append(text)

    def check(self) -> None:
        """No error in the console, and no request but to the guide, or for the site's own pages."""
        assert self.problems == []
        guide, site = urlsplit(self.url).netloc, urlsplit(self.site).netloc
        others = [url for url in self.requests if urlsplit(url).netloc != guide]
        assert [url for url in others if urlsplit(url).netloc != site] == []


@contextmanager
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None and os.environ.get("CI"):
        pytest.fail("Chromium must be installed in CI")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed on this machine: its tests did NOT run")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def visiting(browser: Browser, **context: Any) -> Iterator[Visit]:
    chat = FakeChat()
    with Served(chat.app(), chat) as url:
        opened = browser.new_context(**({"viewport": PHONE} | context))
        visit = Visit(opened.new_page(), chat, url)
        visit.watch()
        visit.page.goto(url)
        yield visit
        opened.close()
    visit.check()
