"""What the public process gives away to who looks around: nothing."""

from collections.abc import AsyncIterator, Iterator

import pytest

from care import staff
from care.settings import Settings
from tests.gateway.desk_app import DeskApp
from tests.gateway.desk_visit import PASSWORD, token_in

PAGES = ("/", "/safety", "/desk/login", "/static/page.css", "/chat/history", "/nowhere")

HIDDEN = (
    "/static/",
    "/desk/static/",
    "/.git/config",
    "/.env",
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/static/..%2fapp.py",
    "/static/%00",
    "/desk/static/..%2f..%2f.env",
    "/metrics",
    "/docs",
)


@pytest.fixture
def desk(settings: Settings) -> Iterator[DeskApp]:
    opened = DeskApp.open(settings.model_copy(update={"mode": "production"}))
    yield opened
    opened.close()


def test_every_answer_tells_a_browser_what_it_may_do(desk: DeskApp) -> None:
    for path in PAGES:
        headers = desk.browser().get(path).headers
        assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        policy = headers["content-security-policy"].split("; ")
        assert {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"


def test_trace_is_not_answered(desk: DeskApp) -> None:
    for path in PAGES[:-1]:
        answer = desk.browser().request("TRACE", path, headers={"x-secret": "echoed"})
        assert answer.status_code == 405, path
        assert "echoed" not in answer.text


def test_nothing_is_served_but_what_is_meant_to_be(desk: DeskApp) -> None:
    for path in HIDDEN:
        assert desk.browser().get(path).status_code == 404, path


def test_an_error_tells_nothing_of_the_inside(desk: DeskApp) -> None:
    for path in ("/nowhere", "/chat/history", "/desk/tickets/%00", "/chat/texts/%ff"):
        text = desk.browser().get(path).text
        assert not [word for word in ("Traceback", ".py", "sqlite", "SELECT") if word in text]


def test_signing_out_takes_the_cookie_away_as_it_was_set(desk: DeskApp) -> None:
    staff.set_password(desk.core, "rivka", PASSWORD)
    browser = desk.browser(desk.session_of("rivka")[0])
    page = browser.get("/desk/account/second-factor")
    answer = browser.post("/desk/logout", data={"csrf_token": token_in(page)})
    (cookie,) = answer.headers.get_list("set-cookie")
    for words in ('__Host-desk="";', "Max-Age=0", "Path=/;", "Secure", "HttpOnly"):
        assert words in cookie


def test_a_huge_form_is_read_in_part(desk: DeskApp) -> None:
    taken = list[int]()

    async def endless() -> AsyncIterator[bytes]:
        for at in range(10_000):
            taken.append(at)
            yield b"x" * 32_768

    assert desk.browser().post("/desk/login", content=endless()).status_code == 403
    assert len(taken) < 5
