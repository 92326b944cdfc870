"""The published protocol says what the code and the data do, in plain words, on any phone."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from care import ladder, wording
from care.settings import ROOT, Settings
from gateway import safety_page
from tests.fakes import FakeAssistant
from tests.gateway.conftest import Gateway, running
from tests.gateway.test_page import OVERFLOW, POOR_CONTRAST
from tools import wording as rules
from tools.safety_report import GATE

SCORECARD = ROOT / "docs" / "safety-scorecard.md"


@pytest.fixture
def page(browser: Browser, gateway: Gateway) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 320, "height": 568}, java_script_enabled=False, color_scheme="light"
    )
    opened = context.new_page()
    opened.goto(f"{gateway.url}/safety")
    yield opened
    context.close()


def words(gateway: Gateway) -> str:
    answer = httpx.get(f"{gateway.url}/safety")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text.split("<main", 1)[1]))


def with_settings(settings: Settings, **given: Any) -> dict[str, Any]:
    return safety_page.values(settings.model_copy(update=given))


def test_every_kind_of_danger_is_named_with_its_first_reply(gateway: Gateway) -> None:
    names = [n for n in wording.family("utter_crisis/") if not wording.is_spanish(n)]
    # A case of a kind ("medical_impaired") is not a kind of its own.
    kinds = {name.removeprefix("utter_crisis/").partition("_")[0] for name in names}
    shown = safety_page.values(gateway.core.settings)["kinds"]
    assert {kind["id"] for kind in shown} == kinds
    said = words(gateway)
    for kind in shown:
        assert kind["name"] in said
        assert re.sub(r"\s+", " ", kind["text"]).split("'")[0] in said
        assert re.sub(r"\s+", " ", kind["spanish"]) in said


def test_every_number_stands_there_with_the_day_it_was_checked(gateway: Gateway) -> None:
    said = words(gateway)
    for row in wording.load_yaml(wording.DATA / "resources.yml"):
        assert row["number"] in said
        assert f"Checked on {safety_page.day(row['checked_on'])}" in said


def test_numbers_can_be_tapped(settings: Settings) -> None:
    hrefs = {row["id"]: row["href"] for row in with_settings(settings)["resources"]}
    assert hrefs["samhsa"] == "tel:+18006624357"
    assert hrefs["never_use_alone"] == "tel:+18776961996"
    assert hrefs["tobacco"] == "tel:+18007848669"
    assert hrefs["crisis_text_line"] == "sms:741741"
    assert hrefs["lifeline_chat"] == "https://988lifeline.org"


def test_who_is_told_and_when_is_the_ladder_of_the_data(settings: Settings) -> None:
    told = with_settings(settings)["alerts"]
    delays = [step.after for step in ladder.steps("urgent")]
    assert [timedelta(minutes=each) for each in told["urgent"]] == delays
    assert told["callback"] == [0, None]
    assert safety_page.after(told["callback"][1]) == "when the call is due"


def test_alerts_are_not_claimed_where_there_are_none(gateway: Gateway, settings: Settings) -> None:
    assert with_settings(settings)["alerts"]["reach"] == "console"
    assert with_settings(settings, alerts="off")["alerts"]["reach"] == "nobody"
    assert "Here, nobody gets an alert." in words(gateway)


def test_alerts_are_claimed_where_staff_are_named(gateway: Gateway, settings: Settings) -> None:
    named = settings.model_copy(update={"alert_step_1": type(settings.data_keys)("json://a.test")})
    assert safety_page.values(named)["alerts"]["reach"] == "staff"
    with running(named, FakeAssistant(), {}) as staffed:
        said = words(staffed)
    assert "nobody gets an alert" not in said
    assert "In danger: at once, after 2 minutes, after 5 minutes." in said


def test_clinical_review_is_shown_as_it_is(
    gateway: Gateway, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = with_settings(settings)["texts"]
    assert texts["signed"] == 0
    assert "Clinical review is pending: no clinician has signed them yet." in words(gateway)
    monkeypatch.setattr("gateway.safety_page._review", lambda: {**texts, "signed": 1})
    assert "A clinician has signed 1 of them" in words(gateway)


def test_the_figures_are_those_of_the_scorecard(gateway: Gateway) -> None:
    lines = [line for line in SCORECARD.read_text("utf-8").splitlines() if line.startswith("|")]
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    published = {row[0]: row for row in reversed(table)}
    card = json.loads(safety_page.SCORECARD.read_text("utf-8"))
    titles = {GATE[name][0]: found for name, found in card["figures"].items()} | card["kinds"]
    for title, found in titles.items():
        n, value, between = published[title][1], published[title][4], published[title][5]
        assert (n, value) == (str(found["n"]), f"{found['value']:.3f}"), title
        assert between == f"{found['low']:.3f} to {found['high']:.3f}", title
    recall = safety_page.in_100(card["figures"]["crisis_recall"]["value"])
    assert f"Danger noticed: {recall} in 100" in words(gateway)


def test_a_wrong_reply_can_be_reported(settings: Settings, gateway: Gateway) -> None:
    assert "Call the hotline" in words(gateway).split("Report a wrong reply")[1]
    assert "mailto:" not in httpx.get(f"{gateway.url}/safety").text
    open_to = settings.model_copy(update={"report_email": "wrong@guide.test"})
    with running(open_to, FakeAssistant()) as reachable:
        assert 'href="mailto:wrong@guide.test"' in httpx.get(f"{reachable.url}/safety").text


def test_it_is_written_in_plain_words(gateway: Gateway) -> None:
    text = httpx.get(f"{gateway.url}/safety").text.split("<main", 1)[1]
    text = re.sub(r'<ul class="numbers">.*?</ul>', "", text, flags=re.DOTALL)
    for block in re.findall(r"<(?:p|li)\b[^>]*>(.*?)</(?:p|li)>", text, re.DOTALL):
        plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", block)).strip()
        assert rules.check_words(plain) == [], plain
        long = [s for s in rules.sentences(plain) if len(s) > rules.MAX_SENTENCE_WORDS]
        assert not long, plain
    everything = " ".join(re.findall(r"<p>(.*?)</p>", text, re.DOTALL))
    assert rules.grade(re.sub(r"<[^>]+>", "", everything)) <= rules.MAX_GRADE


def test_nothing_on_it_is_inline_or_foreign(gateway: Gateway) -> None:
    answer = httpx.get(f"{gateway.url}/safety")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script|<style|style=|onclick", answer.text)
    assert not re.search(r'(?:src|<link[^>]*href)="https?:', answer.text)


@pytest.mark.e2e
def test_it_can_be_read_on_a_small_phone_without_javascript(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("How the guide handles danger")
    details = page.locator("details").first
    details.locator("summary").click()
    expect(details.locator(".said").first).to_be_visible()
    page.get_by_role("heading", name="Report a wrong reply").scroll_into_view_if_needed()
    bar = page.get_by_role("navigation", name="Get help now")
    for name in ("Call 988", "Text 988", "Call 911", "Hotline 1-866-929-0179"):
        expect(bar.get_by_role("link", name=name)).to_be_in_viewport()


@pytest.mark.e2e
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_and_can_be_seen(browser: Browser, gateway: Gateway, scheme: Any) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 568}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{gateway.url}/safety")
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    assert page.evaluate(OVERFLOW) <= 0
    assert page.evaluate(POOR_CONTRAST) == []
    context.close()


@pytest.mark.e2e
def test_the_chat_page_leads_there_and_back(browser: Browser, gateway: Gateway) -> None:
    page = browser.new_page()
    page.goto(gateway.url)
    page.get_by_role("contentinfo").get_by_role("link", name="How the guide handles").click()
    page.get_by_role("link", name="Back to the guide").first.click()
    expect(page.get_by_role("button", name="Start the chat")).to_be_visible()
    page.close()


def test_the_figures_file_is_written_with_the_scorecard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.tools.test_eval_safety import card, seen  # noqa: PLC0415
    from tools import eval_safety, safety_floors  # noqa: PLC0415

    for name in ("PAGE", "FIGURES"):
        monkeypatch.setattr(eval_safety, name, tmp_path / name)
    rows = [seen("crisis/suicide", screen=True, level=level) for level in ("explicit", "indirect")]
    eval_safety.publish(card(*rows), safety_floors.read(eval_safety.FLOORS))
    now = json.loads(safety_page.SCORECARD.read_text("utf-8"))
    written = json.loads((tmp_path / "FIGURES").read_text("utf-8"))
    assert written.keys() == now.keys()
    assert written["figures"].keys() == now["figures"].keys()
    for name, found in now["figures"].items():
        assert written["figures"][name].keys() == found.keys()
    assert written["figures"]["crisis_recall"]["value"] == 1.0
