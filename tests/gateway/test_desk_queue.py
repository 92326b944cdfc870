"""The list of tickets over HTTP: filters in the address, search, file, who is at a ticket."""

import csv
import io
from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from care import canned, conversations, demo, privacy, queue, ticket_steps, tickets, wording
from care.models import StaffSession, Ticket
from care.settings import Settings
from desk import queue_page
from tests.gateway.desk_app import Browser, DeskApp


@pytest.fixture
def desk(settings: Settings) -> Iterator[DeskApp]:
    opened = DeskApp.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def agent(desk: DeskApp) -> tuple[Browser, str]:
    return desk.hired("supervisor", "dana")


def asked(desk: DeskApp, channel: str = "web", phone: str = "212-555-0142") -> str:
    visit = conversations.start(desk.core, channel)[0]
    reference = privacy.conceal(desk.core, visit, phone)
    answers = {"contact_name": "Robin", "contact_reach": reference}
    return tickets.request_callback(desk.core, visit, f"key-{visit}", answers).number


def test_filters_stand_in_the_address_and_survive_a_reload(
    desk: DeskApp, agent: tuple[Browser, str]
) -> None:
    web, sms = asked(desk), asked(desk, "sms")
    for path in ("/desk?channel=sms", "/desk/queue?channel=sms"):
        page = agent[0].get(path).text
        assert sms in page
        assert web not in page
    page = agent[0].get("/desk?channel=sms").text
    assert '<option value="sms" selected>' in page
    assert 'data-live="/desk/queue?channel=sms"' in page
    assert 'href="/desk/tickets.csv?channel=sms"' in page
    assert "<html" not in agent[0].get("/desk/queue").text


def test_a_filter_that_cannot_be_says_so_and_shows_the_plain_list(
    desk: DeskApp, agent: tuple[Browser, str]
) -> None:
    number = asked(desk)
    answer = agent[0].get("/desk?channel=%3Cscript%3E")
    assert answer.status_code == 400
    assert "cannot be narrowed so: channel" in answer.text
    assert number in answer.text
    assert agent[0].get("/desk/tickets.csv?after=x").status_code == 400


def test_the_next_page_is_a_link(
    desk: DeskApp, agent: tuple[Browser, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "PAGE", 2)
    found, path = [asked(desk) for _ in range(3)], "/desk"
    first = agent[0].get(path).text
    link = first.split('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&")
    second = agent[0].get(link).text
    assert [number in first for number in found] == [True, True, False]
    assert [number in second for number in found] == [False, False, True]
    assert "First page" in second


def test_the_search_puts_nothing_into_an_address(desk: DeskApp, agent: tuple[Browser, str]) -> None:
    number, other = asked(desk), asked(desk, phone="212-555-0143")
    browser, token = agent

    def find(words: str) -> tuple[int, str, str]:
        answer = browser.post("/desk/search", data={"csrf_token": token, "words": words})
        return answer.status_code, answer.headers.get("location", ""), answer.text

    assert find(number.lower())[:2] == (303, f"/desk/tickets/{number}")
    assert find("Transport")[:2] == (303, "/desk?label=transport")
    status, address, page = find("(212) 555-0142")
    assert (status, address) == (200, "")
    assert number in page
    assert other not in page
    assert "555" not in page
    status, _, page = find("robin")
    assert status == 409
    assert "whole phone number" in page


def test_a_ticket_is_claimed_from_the_list(desk: DeskApp, agent: tuple[Browser, str]) -> None:
    number, (browser, token) = asked(desk), agent
    assert f'action="/desk/tickets/{number}/claim"' in browser.get("/desk").text
    browser.post(f"/desk/tickets/{number}/claim", data={"csrf_token": token})
    assert number in browser.get("/desk?whose=mine").text
    assert "/claim" not in browser.get("/desk").text


def test_the_file_is_narrowed_as_the_list_and_runs_no_formula(
    desk: DeskApp, agent: tuple[Browser, str]
) -> None:
    number = asked(desk)
    asked(desk, "sms")
    with desk.core.transaction() as session:
        claimed = update(Ticket).where(Ticket.number == number)
        session.execute(claimed.values(claimed_by="=1+1"))
    text = agent[0].get("/desk/tickets.csv?channel=web").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["number"], row["claimed_by"]) for row in rows] == [(number, "'=1+1")]
    assert "Robin" not in text


def test_an_open_ticket_says_who_else_is_there_and_keeps_nobody_signed_in(
    desk: DeskApp, agent: tuple[Browser, str]
) -> None:
    number, (browser, _) = asked(desk), agent
    other, _ = desk.hired("agent", "kim")

    def acted() -> list[object]:
        with desk.core.snapshot() as session:
            return [row.seen_at for row in session.query(StaffSession)]

    before = acted()
    other.get(f"/desk/tickets/{number}/here?typing=yes")
    answer = browser.get(f"/desk/tickets/{number}/here")
    assert answer.json() == {"others": [{"name": "kim", "typing": True}]}
    assert "kim is writing" in browser.get("/desk/queue").text
    assert acted() == before
    assert browser.get("/desk/tickets/R-000000/here").status_code == 404


def test_notes_and_labels_are_steps_of_the_page(desk: DeskApp, agent: tuple[Browser, str]) -> None:
    number, (browser, token) = asked(desk), agent
    here = f"/desk/tickets/{number}"

    def step(name: str, **fields: str) -> int:
        return browser.post(f"{here}/{name}", data={"csrf_token": token, **fields}).status_code

    assert step("note", text="<b>call Robin</b> later") == 303
    assert step("label", label="transport") == 303
    page = browser.get(here).text
    assert "&lt;b&gt;call [hidden]&lt;/b&gt; later" in page
    assert "Transport" in browser.get("/desk?label=transport").text
    assert step("unlabel", label="transport") == 303
    assert number not in browser.get("/desk?label=transport").text
    assert step("note", text=" ") == step("label", label="x") == 409


def test_a_made_up_ticket_says_so_and_nobody_takes_that_off(
    desk: DeskApp, agent: tuple[Browser, str]
) -> None:
    number, (browser, token) = asked(desk), agent
    with desk.core.transaction() as session:
        demo.mark(session, session.scalars(select(Ticket).where(Ticket.number == number)).one())
    assert '<span class="tag">Demo</span>' in browser.get("/desk").text
    page = browser.get(f"/desk/tickets/{number}").text
    assert '<span class="tag">Demo</span>' in page
    assert "Take off" not in page
    given = {"csrf_token": token, "label": demo.LABEL}
    assert browser.post(f"/desk/tickets/{number}/unlabel", data=given).status_code == 409


def test_an_open_list_hears_that_something_changed(
    desk: DeskApp, agent: tuple[Browser, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_page, "LOOKS", 2)
    monkeypatch.setattr(queue_page, "LOOK_SECONDS", 0)
    asked(desk)
    version = queue.version(desk.core)
    answer = agent[0].get("/desk/queue/events")
    assert answer.text.count("event: changed") == 1
    assert f"id: {version}" in answer.text
    known = {"last-event-id": str(version)}
    assert "changed" not in agent[0].get("/desk/queue/events", headers=known).text
    assert "changed" in agent[0].get("/desk/queue/events", headers={"last-event-id": "x"}).text


def test_for_paper_there_are_no_forms_and_no_details(
    desk: DeskApp, agent: tuple[Browser, str]
) -> None:
    number = asked(desk)
    page = agent[0].get(f"/desk/tickets/{number}/print")
    assert page.status_code == 200
    assert "Robin" not in page.text
    assert "555-0142" not in page.text
    assert "Printed by dana" in page.text
    assert agent[0].get("/desk/tickets/R-000000/print").status_code == 404


def test_lines_ready_to_say_have_their_placeholders_filled(
    desk: DeskApp, agent: tuple[Browser, str]
) -> None:
    number = asked(desk)
    ticket_steps.claim(desk.core, number, "dana")
    with desk.core.snapshot() as session:
        settings = desk.core.settings
        said = canned.replies(settings, session, "dana", number, "sms")
    assert len(said) == len(wording.family(canned.PREFIX)) > 5
    text = " ".join(reply.text for reply in said)
    assert number in text
    assert settings.hotline in text
    assert canned.NAMELESS in text
    assert not set("${}") & set(text)
    assert said[0].text.split(".")[0] in agent[0].get(f"/desk/tickets/{number}").text
