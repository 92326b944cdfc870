"""The admins' and the auditors' pages over HTTP."""

import csv
import io
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from care import audit, conversations, privacy, staff, ticket_steps, tickets
from care.models import AuditEntry
from care.settings import Settings
from tests.colleagues import hire
from tests.gateway.desk_app import DeskApp
from tests.gateway.desk_visit import PASSWORD


@pytest.fixture
def desk(settings: Settings) -> Iterator[DeskApp]:
    opened = DeskApp.open(settings)
    hire(opened.core, "kim", role="agent")
    yield opened
    opened.close()


def test_an_admin_invites_changes_and_disables(desk: DeskApp) -> None:
    admin, csrf = desk.hired("admin")

    def step(name: str, **fields: str) -> tuple[int, str]:
        answer = admin.post(f"/desk/staff/{name}", data={"csrf_token": csrf, **fields})
        return answer.status_code, answer.text

    status, page = step("invite", role="supervisor")
    link = re.search(r"/desk/join/[\w-]+", page)
    assert status == 200
    assert link is not None
    assert "Join the desk as supervisor" in desk.browser().get(link[0]).text
    assert link[0] not in admin.get("/desk/staff").text
    _, page = step("link", username="kim")
    link = re.search(r"/desk/join/[\w-]+", page)
    assert link is not None
    assert "A new password for kim" in desk.browser().get(link[0]).text
    assert step("role", username="kim", role="auditor") == (303, "")
    assert 'value="auditor" selected' in admin.get("/desk/staff").text
    assert step("disable", username="kim") == (303, "")
    assert "(disabled)" in admin.get("/desk/staff").text
    assert step("enable", username="kim") == (303, "")
    assert step("reset", username="kim") == (303, "")
    for name, fields, said in (
        ("role", {"username": "kim", "role": "owner"}, "no such role"),
        ("disable", {"username": "nobody"}, "nobody of this name"),
        ("disable", {"username": "the-admin"}, "another admin"),
        ("invite", {}, "no such role"),
    ):
        status, page = step(name, **fields)
        assert (status, said in page) == (409, True)
    assert step("promote", username="kim")[0] == 404


def test_whoever_is_disabled_is_signed_out_in_the_middle(desk: DeskApp) -> None:
    agent = desk.browser(desk.session_of("kim")[0])
    assert agent.get("/desk").status_code == 200
    admin, csrf = desk.hired("admin")
    admin.post("/desk/staff/disable", data={"csrf_token": csrf, "username": "kim"})
    assert agent.get("/desk").headers["location"] == "/desk/login"


def test_a_name_from_before_the_rules_is_inert(desk: DeskApp) -> None:
    hire(desk.core, "<script>alert(1)</script>", role="agent")
    admin, _ = desk.hired("admin")
    assert "<script>alert" not in admin.get("/desk/staff").text


def test_the_audit_log_is_searched_paged_and_checked(
    desk: DeskApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("care.audit_reading.PAGE", 3)
    staff.set_password(desk.core, "rivka", PASSWORD)
    for number in range(8):
        with desk.core.transaction() as session:
            audit.append(session, "kim", "ticket.viewed", f"R-{number}")
    auditor, csrf = desk.hired("auditor")
    page = auditor.get("/desk/audit?by=kim&what=ticket.").text
    assert [n for n in range(8) if f"R-{n}<" in page] == [5, 6, 7]
    older = re.search(r'href="(/desk/audit\?[^"]+)">Older', page)
    assert older is not None
    page = auditor.get(older[1].replace("&amp;", "&")).text
    assert [n for n in range(8) if f"R-{n}<" in page] == [2, 3, 4]
    assert "Nothing is found" in auditor.get("/desk/audit?number=R-99").text
    verify = {"csrf_token": csrf, "noted": ""}
    assert "The chain is whole" in auditor.post("/desk/audit/verify", data=verify).text
    gone = auditor.post("/desk/audit/verify", data=verify | {"noted": "f" * 64}).text
    assert "the entry with the noted hash is gone" in gone
    with desk.core.transaction() as session:
        session.execute(update(AuditEntry).where(AuditEntry.seq == 4).values(by="eve"))
    broken = auditor.post("/desk/audit/verify", data=verify).text
    assert "The chain is broken" in broken
    assert "Entry 4" in broken


@pytest.mark.parametrize(
    "asked",
    ["from=soon", "to=2026-13-01", "before=x", "before=-1", f"before={10**30}", "from=2026-1-1"],
)
def test_a_day_that_is_none_is_said_so(desk: DeskApp, asked: str) -> None:
    auditor, _ = desk.hired("auditor")
    page = auditor.get(f"/desk/audit?{asked}")
    assert page.status_code == 400
    assert "write days as" in page.text


def test_the_first_and_the_last_day_there_is_can_be_asked_for(desk: DeskApp) -> None:
    auditor, _ = desk.hired("auditor")
    page = auditor.get("/desk/audit?from=0001-01-01&to=9999-12-31")
    assert (page.status_code, "audit.viewed" in page.text) == (200, True)


@pytest.mark.parametrize("words", ["%00", "%25", "<b>", "x" * 3000, "';--"])
def test_whatever_is_searched_for_is_inert(desk: DeskApp, words: str) -> None:
    auditor, _ = desk.hired("auditor")
    page = auditor.get("/desk/audit", params={"by": words, "what": words, "number": words})
    assert page.status_code == 200
    assert "<b>" not in page.text


def test_the_list_leaves_the_desk_without_anybodys_details(desk: DeskApp) -> None:
    hire(desk.core, "=cmd|' /C calc'!A0", role="agent")
    visit = conversations.start(desk.core, "web")[0]
    privacy.conceal(desk.core, visit, "212-555-0142")
    answers = {"contact_name": "Robin", "contact_reach": "[phone-1]"}
    number = tickets.request_callback(desk.core, visit, "key-1", answers).number
    ticket_steps.claim(desk.core, number, "=cmd|' /C calc'!A0")
    supervisor, _ = desk.hired("supervisor")
    assert "/desk/tickets.csv" in supervisor.get("/desk").text
    file = supervisor.get("/desk/tickets.csv")
    assert file.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert [(r["number"], r["status"], r["claimed_by"][:5]) for r in rows] == [
        (number, "claimed", "'=cmd")
    ]
    assert not [word for word in ("Robin", "0142", "hidden") if word in file.text]
    auditor, _ = desk.hired("auditor")
    assert "1 tickets" in auditor.get("/desk/audit?what=ticket.exported").text
