"""The desk's pages of learning and numbers, in this process."""

import csv
import io
from collections.abc import Iterator
from datetime import date

import pytest

from care import conversations, counting, due, numbers
from care.db import now
from care.models import DailyCount
from care.settings import Settings
from care.transcript import Inbound, Line, Outcome
from desk import numbers_page
from tests.gateway.desk_app import DeskApp

SAID = "can my iguana <b>sit</b> in, call 212-555-0142"
OWN = "would a reptile of mine be welcome there"


@pytest.fixture
def desk(settings: Settings) -> Iterator[DeskApp]:
    opened = DeskApp.open(settings)
    yield opened
    opened.close()


def not_understood(desk: DeskApp) -> None:
    visit, _ = conversations.start(desk.core, "web")
    seq = conversations.receive(desk.core, visit, Inbound("id-1", SAID)).seq
    line = Line("Did you mean?", response="utter_unsure")
    conversations.answer(desk.core, visit, seq, Outcome([line]))


def test_a_message_is_taught_in_other_words_and_the_patch_has_it(desk: DeskApp) -> None:
    not_understood(desk)
    browser, csrf = desk.hired("supervisor")
    page = browser.get("/desk/learning").text
    assert "can my iguana &lt;b&gt;sit&lt;/b&gt; in, call [phone-1]" in page
    assert "555-0142" not in page
    form = {"csrf_token": csrf, "id": "1", "topic": "What IOP costs"}
    copied = browser.post("/desk/learning/teach", data={**form, "example": f"  {SAID[:20]} !"})
    assert (copied.status_code, "words of your own" in copied.text) == (409, True)
    assert 'value="What IOP costs"' in copied.text
    saved = browser.post("/desk/learning/teach", data={**form, "example": OWN})
    assert (saved.status_code, saved.headers["location"]) == (303, "/desk/learning")
    page = browser.get("/desk/learning").text
    assert OWN in page
    assert "iguana" not in page
    patch = browser.get("/desk/learning/examples.patch")
    assert "attachment" in patch.headers["content-disposition"]
    assert "+++ b/data/topics/iop_cost.yml" in patch.text
    assert f"+    - {OWN}\n" in patch.text


@pytest.mark.parametrize(
    "form", [{}, {"id": "x"}, {"id": "9" * 30}, {"id": "\u00b2"}, {"id": "77", "topic": "\x00"}]
)
def test_nonsense_is_refused_with_words(desk: DeskApp, form: dict[str, str]) -> None:
    browser, csrf = desk.hired("admin")
    for step in ("teach", "dismiss", "withdraw"):
        answer = browser.post(f"/desk/learning/{step}", data={**form, "csrf_token": csrf})
        assert answer.status_code == 409
        assert 'role="alert"' in answer.text
    assert browser.post("/desk/learning/x", data={"csrf_token": csrf}).status_code == 404
    assert browser.get("/desk/learning?reason=%00").status_code == 200


def store(desk: DeskApp, day: date, measure: str, of: str, number: int) -> None:
    with desk.core.transaction() as session:
        session.add(DailyCount(day=day, measure=measure, of=of, count=number))


def test_numbers_are_charts_with_tables_and_a_file(desk: DeskApp) -> None:
    today = due.today(desk.core.settings, now())
    store(desk, today, "contacts", "web", 40)
    store(desk, today, "contacts", "=cmd()", 31)
    store(desk, today, "contacts", "sms", 4)
    store(desk, today, "topics", "faq/iop_cost", 12)
    browser, _ = desk.hired("auditor")
    page = browser.get("/desk/numbers").text
    for words in ("Web chat", "What IOP costs", "under 5", 'role="img"', "<desc", "/desk/numbers"):
        assert words in page
    assert ">4<" not in page
    answer = browser.get(f"/desk/numbers.csv?from={today}&to={today}")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ["figure", "of", "number"]
    assert ["Contacts by channel", "Web chat", "40"] in rows
    assert ["Contacts by channel", "Text messages", "under 5"] in rows
    assert ["Contacts by channel", "'=cmd()", "31"] in rows
    empty = browser.get("/desk/numbers?from=2020-01-01&to=2020-01-31").text
    assert "Nothing in this time." in empty


@pytest.mark.parametrize(
    "asked", ["from=x&to=y", "from=2026-02-02", "from=2026-02-02&to=2026-01-01"]
)
def test_days_that_are_none_are_refused(desk: DeskApp, asked: str) -> None:
    browser, _ = desk.hired("admin")
    page = browser.get(f"/desk/numbers?{asked}")
    assert (page.status_code, 'role="alert"' in page.text) == (400, True)
    assert browser.get(f"/desk/numbers.csv?{asked}").status_code == 400


def test_every_measure_that_is_counted_has_its_figure() -> None:
    assert set(numbers_page.FIGURES) == set(numbers.FIGURES)
    assert set(numbers_page.WAITS) <= set(numbers.FIGURES)
    assert counting.NEVER in counting.WAIT_NAMES
