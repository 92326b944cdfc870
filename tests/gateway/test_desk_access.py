"""Who may do what at the desk: every route of the app, every role, and signed out."""

from collections.abc import Iterable, Iterator

import pytest
from starlette.routing import Route

from care.roles import ROLES, Permission
from care.settings import ROOT, Settings
from desk import chat_page, duty_page, learning_page, queue_page, staff_page, ticket_page
from tests.gateway.desk_app import Browser, DeskApp

PUBLIC, SELF = "public", "signed in"
QUEUE, REVEAL, WORK = Permission.QUEUE, Permission.REVEAL, Permission.WORK

# A route that is not here, or is gone, fails the first test.
RULES: dict[tuple[str, str], str] = {
    ("GET", "/desk/login"): PUBLIC,
    ("POST", "/desk/login"): PUBLIC,
    ("POST", "/desk/login/code"): PUBLIC,
    ("GET", "/desk/join/{token}"): PUBLIC,
    ("POST", "/desk/join/{token}"): PUBLIC,
    ("GET", "/desk"): SELF,
    ("POST", "/desk/logout"): SELF,
    ("GET", "/desk/account"): SELF,
    ("POST", "/desk/account/password"): SELF,
    ("POST", "/desk/account/sign-out-everywhere"): SELF,
    ("POST", "/desk/account/recovery-codes"): SELF,
    ("GET", "/desk/account/second-factor"): SELF,
    ("POST", "/desk/account/second-factor"): SELF,
    ("POST", "/desk/account/second-factor/off"): SELF,
    ("POST", "/desk/duty"): WORK,
    ("GET", "/desk/calendar"): QUEUE,
    ("POST", "/desk/calendar/{step}"): Permission.CALENDAR,
    ("GET", "/desk/pulse"): QUEUE,
    ("GET", "/desk/queue"): QUEUE,
    ("GET", "/desk/queue/events"): QUEUE,
    ("POST", "/desk/search"): QUEUE,
    ("GET", "/desk/tickets.csv"): Permission.EXPORT,
    ("GET", "/desk/tickets/{number}"): QUEUE,
    ("GET", "/desk/tickets/{number}/print"): QUEUE,
    ("GET", "/desk/tickets/{number}/here"): QUEUE,
    ("POST", "/desk/tickets/{number}/reveal"): REVEAL,
    ("GET", "/desk/tickets/{number}/chat/events"): QUEUE,
    ("POST", "/desk/tickets/{number}/chat/typing"): Permission.CHAT,
    ("POST", "/desk/tickets/{number}/chat/size"): Permission.CHAT,
    ("GET", "/desk/tickets/{number}/chat/suggestions"): Permission.CHAT,
    ("POST", "/desk/tickets/{number}/chat/{step}"): Permission.CHAT,
    ("POST", "/desk/tickets/{number}/{step}"): WORK,
    ("GET", "/desk/staff"): Permission.STAFF,
    ("POST", "/desk/staff/{step}"): Permission.STAFF,
    ("GET", "/desk/audit"): Permission.AUDIT,
    ("POST", "/desk/audit/verify"): Permission.AUDIT,
    ("GET", "/desk/learning"): Permission.LEARN,
    ("GET", "/desk/learning/examples.patch"): Permission.LEARN,
    ("POST", "/desk/learning/{step}"): Permission.LEARN,
    ("GET", "/desk/numbers"): Permission.NUMBERS,
    ("GET", "/desk/numbers.csv"): Permission.NUMBERS,
}
STEPS: dict[str, Iterable[str]] = {
    "/desk/tickets/{number}/chat/{step}": chat_page.STEPS,
    "/desk/tickets/{number}/{step}": ticket_page.STEPS,
    "/desk/staff/{step}": staff_page.STEPS,
    "/desk/learning/{step}": learning_page.STEPS,
    "/desk/calendar/{step}": duty_page.STEPS,
}
WHILE_ENROLLING = {
    ("POST", "/desk/logout"),
    ("GET", "/desk/account/second-factor"),
    ("POST", "/desk/account/second-factor"),
}


@pytest.fixture
def desk(settings: Settings) -> Iterator[DeskApp]:
    opened = DeskApp.open(settings)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def streams_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_page, "LOOKS", 0)


def inner() -> list[tuple[str, str, str]]:
    """Every method, address and rule behind the sign-in, with each step spelled out."""
    found = []
    for (method, path), rule in RULES.items():
        for step in STEPS.get(path, [""]):
            address = path.format(number="R-000000", step=step, token="x")
            found.append((method, address, rule))
    return [row for row in found if row[2] != PUBLIC]


def ask(browser: Browser, method: str, address: str, csrf: str = "") -> tuple[int, str]:
    fields = {"csrf_token": csrf} if method == "POST" else None
    answer = browser.request(method, address, data=fields)
    return answer.status_code, answer.headers.get("location", answer.text)


def test_every_route_has_its_rule(desk: DeskApp) -> None:
    found = {
        (method, route.path)
        for route in desk.app.routes
        if isinstance(route, Route) and route.path.startswith("/desk")
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert found == set(RULES)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_what_it_may_and_nothing_else(desk: DeskApp, role: str) -> None:
    desk.hired(role)
    for method, address, rule in inner():
        token, csrf = desk.session_of(f"the-{role}")  # some of these sign out
        status, said = ask(desk.browser(token), method, address, csrf)
        allowed = rule == SELF or rule in ROLES[role]
        assert status != 500
        assert (status == 403) == (not allowed), (address, status)
        assert ("Your role may not do this" in said) == (not allowed), address
        assert said != "/desk/login" or rule == SELF


def test_signed_out_every_route_leads_to_the_sign_in(desk: DeskApp) -> None:
    for token in ("", "guessed"):
        browser = desk.browser(token)
        for method, address, _ in inner():
            assert ask(browser, method, address) == (303, "/desk/login"), address


def test_every_change_needs_the_sessions_own_token(desk: DeskApp) -> None:
    desk.hired("auditor")
    desk.hired("admin")
    for method, address, rule in inner():
        role = "auditor" if rule == Permission.AUDIT else "admin"
        token, _ = desk.session_of(f"the-{role}")
        _, of_another = desk.session_of(f"the-{role}")
        if method == "POST":
            for guess in ("", "guessed", of_another):
                status, said = ask(desk.browser(token), method, address, guess)
                assert (status, "reload the page" in said) == (403, True), address


def test_where_it_is_required_nothing_opens_before_the_second_factor(settings: Settings) -> None:
    desk = DeskApp.open(settings.model_copy(update={"mode": "production"}))
    desk.hired("admin")
    for method, address, _ in inner():
        token, csrf = desk.session_of("the-admin")
        status, said = ask(desk.browser(token), method, address, csrf)
        waits = (status, said) == (303, "/desk/account/second-factor")
        assert waits == ((method, address) not in WHILE_ENROLLING), address
    desk.close()


def test_what_was_refused_is_on_record(desk: DeskApp) -> None:
    agent, _ = desk.hired("agent")
    agent.get("/desk/staff")
    auditor, _ = desk.hired("auditor")
    page = auditor.get("/desk/audit?what=staff.refused")
    assert "the-agent" in page.text


def test_an_agent_is_not_offered_a_colleagues_ticket(desk: DeskApp) -> None:
    agent, _ = desk.hired("agent")
    for words in ("Staff</a>", "Audit log</a>"):
        assert words not in agent.get("/desk").text
    auditor, _ = desk.hired("auditor")
    assert auditor.get("/desk").headers["location"] == "/desk/audit"
    page = auditor.get("/desk/audit").text
    assert "I'm on duty" not in page
    assert "Tickets</a>" not in page
    assert "desk.js" not in page  # its pulse counts as somebody who is there


def test_the_guide_for_staff_shows_the_same_table() -> None:
    lines = (ROOT / "docs" / "desk.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    head = next(row for row in rows if row[0] == "may")
    assert head[1:] == list(ROLES)
    shown = {row[0].split()[0].strip("`"): row[1:] for row in rows if row[0].startswith("`")}
    told = {p: ["yes" if p in may else "" for may in ROLES.values()] for p in Permission}
    assert {p: shown.get(p) for p in Permission} == told
