"""Whatever a visitor or a colleague types stays words on every screen and in every file."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from care import conversations, privacy, redaction, tickets
from care.settings import Settings
from care.transcript import Inbound, Line, Outcome
from desk.csv_file import csv_file
from tests.gateway.conftest import Gateway
from tests.gateway.desk_app import DeskApp
from tests.gateway.hostile import FORMULAS, MARKUP, RUNNABLE, Tree
from tests.gateway.test_live_chat import waits

PLAIN = tuple(f"somewhere quiet {letter}" for letter in "abcdefghijklmnop")
TIMES = {"revealed": 6, "ticket": 4, "print": 3, "queue": 2, "row": 2}  # how often it is shown


class Typed:
    """A desk with visitors who typed these words wherever one can type."""

    def __init__(self, settings: Settings, typed: Sequence[str]):
        self.desk, self.typed = DeskApp.open(settings), typed
        self.numbers = [self._asks(words, 100 + at) for at, words in enumerate(typed)]
        for words in typed:
            self._says(words)
        self.browser, self.csrf = self.desk.hired("supervisor")

    def _says(self, words: str) -> str:
        """Nobody understood it, so that it is to be learned from."""
        visit = conversations.start(self.desk.core, "web")[0]
        seq = conversations.receive(self.desk.core, visit, Inbound("visitor-1", words)).seq
        unsure = Outcome([Line("Did you mean?", response="utter_unsure")])
        conversations.answer(self.desk.core, visit, seq, unsure)
        return visit

    def _asks(self, words: str, line: int) -> str:
        visit = self._says(words)
        reach = privacy.conceal(self.desk.core, visit, f"212-555-0{line}")
        fields = ("name", "place", "time", "for")  # each its own, or the name hides the others
        told = {f"contact_{field}": f"{words} {field}" for field in fields}
        told["contact_reach"] = reach
        return tickets.request_callback(self.desk.core, visit, f"key-{visit}", told).number

    def _post(self, path: str, **fields: str) -> str:
        return self.browser.post(path, data={"csrf_token": self.csrf, **fields}).text

    def of_ticket(self, at: int) -> dict[str, str]:
        here, words = f"/desk/tickets/{self.numbers[at]}", self.typed[at]
        self._post(f"{here}/note", text=words)
        return {
            "revealed": self._post(f"{here}/reveal", reason="to_call"),
            "ticket": self.browser.get(here).text,
            "print": self.browser.get(f"{here}/print").text,
            "search": self._post("/desk/search", words=words),
            "filter": self.browser.get("/desk", params={"label": words, "kind": words}).text,
            "refused": self._post("/desk/learning/teach", id="1", topic=words, example=words),
        }

    def of_all(self) -> dict[str, str]:
        pages = {"queue": "/desk", "row": "/desk/queue", "learning": "/desk/learning"}
        found = {name: self.browser.get(path).text for name, path in pages.items()}
        auditor, _ = self.desk.hired("auditor")
        return found | {"audit": auditor.get("/desk/audit", params={"by": self.typed[0]}).text}

    def files(self) -> dict[str, str]:
        names = ("tickets.csv", "numbers.csv", "learning/examples.patch")
        return {name: self.browser.get(f"/desk/{name}").text for name in names}


@pytest.fixture
def harmful(settings: Settings) -> Iterator[Typed]:
    typed = Typed(settings, MARKUP)
    yield typed
    typed.desk.close()


@pytest.fixture
def harmless(settings: Settings, tmp_path: Path) -> Iterator[Typed]:
    other = {"database_url": f"sqlite:///{tmp_path}/plain.db"}
    typed = Typed(settings.model_copy(update=other), PLAIN)
    yield typed
    typed.desk.close()


def same(page: str, plain: str) -> Tree:
    """The tags are those of the page with harmless words, and no link runs anything."""
    tree = Tree(page)
    assert tree.tags == Tree(plain).tags
    assert not [link for link in tree.links if link.strip().lower().startswith(RUNNABLE)]
    return tree


def test_markup_is_words_on_every_screen(harmful: Typed, harmless: Typed) -> None:
    plain = harmless.of_ticket(0)
    for at, words in enumerate(MARKUP):
        for name, page in harmful.of_ticket(at).items():
            assert same(page, plain[name]).text.count(words) >= TIMES.get(name, 0), name
    plain = harmless.of_all()
    for name, page in harmful.of_all().items():
        shown = same(page, plain[name]).text
        for words in MARKUP:
            assert shown.count(words) >= TIMES.get(name, 0), (name, words)
            if name == "learning":
                assert redaction.redacted(words) in shown


def test_no_file_holds_what_was_typed(harmful: Typed) -> None:
    for name, file in harmful.files().items():
        assert not [words for words in MARKUP if words in file], name


@pytest.mark.parametrize("words", FORMULAS)
def test_no_cell_of_a_file_is_a_formula(words: str) -> None:
    answer = csv_file("x.csv", [{"a": words, "b": f' "{words}"'}], ["a", "b"])
    text = bytes(answer.body).decode()
    _, row = csv.reader(io.StringIO(text, newline=""))
    assert row == [f"'{words}", f' "{words}"']


@pytest.mark.e2e
def test_markup_is_words_in_an_open_chat(
    gateway: Gateway, desk: httpx.Client, browser: Chromium
) -> None:
    """The rows that a script adds to a page of the desk."""
    visitor = gateway.visitor()
    number = waits(gateway, visitor)
    context = browser.new_context(base_url=gateway.url)
    at = f"{gateway.url}/desk"
    context.add_cookies([{"name": n, "value": v, "url": at} for n, v in desk.cookies.items()])
    page = context.new_page()
    page.goto(f"/desk/tickets/{number}")
    page.evaluate("window.stayed = true")
    for words in MARKUP:
        assert visitor.send(words).status_code == 202
    rows = page.locator("#chat li.visitor .text")
    expect(rows.last).to_have_text(MARKUP[-1])
    expect(page.locator("#chat li .text *")).to_have_count(0)
    assert set(MARKUP) <= set(rows.all_text_contents())
    assert page.evaluate("window.stayed")  # nothing led it away or loaded it anew
    context.close()
