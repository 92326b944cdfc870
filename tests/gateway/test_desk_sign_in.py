"""Signing in over HTTP: two steps, limits, what a browser is told and keeps."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from structlog.testing import capture_logs

from care import staff, staff_admin
from care.db import Core
from care.roles import ADMIN
from care.settings import Settings
from gateway.limits import RateLimits
from tests.fakes import Clock
from tests.gateway.desk_app import DeskApp, sign_in
from tests.gateway.desk_visit import PASSWORD, token_in

TOO_MANY = "Too many tries"


@pytest.fixture
def desk(settings: Settings) -> Iterator[DeskApp]:
    opened = DeskApp.open(settings)
    staff.set_password(opened.core, "rivka", PASSWORD)
    yield opened
    opened.close()


@pytest.fixture
def no_address_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RateLimits, "sign_in", lambda self, address: True)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("care.second_factor.now", clock)
    return clock


def hidden(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_code_is_asked_for_after_the_password(desk: DeskApp, clock: Clock) -> None:
    totp = desk.enrolled("rivka")
    clock.pass_(minutes=2)
    browser = desk.browser()
    page = sign_in(browser, "rivka")
    assert "Second step" in page
    assert browser.get("/desk").headers["location"] == "/desk/login"
    for code, status in (("000000", 403), (totp.at(clock.at), 303)):
        fields = {"csrf_token": hidden(page, "csrf_token"), "half": hidden(page, "half")}
        answer = browser.post("/desk/login/code", data=fields | {"code": code})
        assert answer.status_code == status
        page = answer.text
    assert browser.get("/desk").status_code == 200


def test_the_second_step_needs_a_true_first_one(desk: DeskApp) -> None:
    browser = desk.browser()
    fields = {"csrf_token": token_in(browser.get("/desk/login")), "code": "000000"}
    answer = browser.post("/desk/login/code", data=fields | {"half": "made.up.here"})
    assert answer.status_code == 403
    assert "sign in again" in answer.text
    assert desk.browser().post("/desk/login/code", data=fields).status_code == 403


@pytest.mark.usefixtures("no_address_limit")
def test_a_name_that_nobody_has_is_answered_as_any_other(desk: DeskApp) -> None:
    def told(name: str) -> list[str]:
        browser = desk.browser()
        pages = [sign_in(browser, name, "wrong wrong wrong") for _ in range(11)]
        return [re.sub(r'value="[^"]*"', "", page) for page in pages]

    known, unknown = told("rivka"), told("nobody")
    assert known == unknown
    assert "do not match" in known[0]
    assert TOO_MANY in known[-1]


@pytest.mark.usefixtures("no_address_limit")
def test_who_guesses_from_elsewhere_keeps_nobody_out(desk: DeskApp) -> None:
    mine = desk.browser()
    assert sign_in(mine, "rivka") == "/desk"
    mine.cookies.delete("desk")
    for _ in range(11):
        last = sign_in(desk.browser(), "rivka", "guess guess guess")
    assert TOO_MANY in last
    assert TOO_MANY in sign_in(desk.browser(), "Rivka ")
    assert sign_in(mine, "rivka") == "/desk"


@pytest.mark.usefixtures("no_address_limit")
def test_a_known_browser_has_no_more_tries_than_another(desk: DeskApp) -> None:
    staff.set_password(desk.core, "tarek", PASSWORD)
    mine = desk.browser()
    assert sign_in(mine, "tarek") == "/desk"
    pages = [sign_in(mine, "rivka", "guess guess guess") for _ in range(11)]
    assert TOO_MANY in pages[-1]  # being known as tarek helps nothing with rivka
    fresh = desk.browser()
    fresh.cookies.set("desk_browser", "forged", path="/desk")
    assert TOO_MANY in sign_in(fresh, "rivka")


@pytest.mark.usefixtures("no_address_limit")
def test_codes_cannot_be_guessed_one_after_the_other(desk: DeskApp, clock: Clock) -> None:
    desk.enrolled("rivka")
    browser = desk.browser()
    page = sign_in(browser, "rivka")
    half, codes = hidden(page, "half"), []
    for _ in range(11):
        fields = {"csrf_token": hidden(page, "csrf_token"), "half": half, "code": "123456"}
        answer = browser.post("/desk/login/code", data=fields)
        page = answer.text
        codes.append(answer.status_code)
    assert codes == [403] * 10 + [429]


def test_a_session_begins_at_the_sign_in_and_not_before(desk: DeskApp) -> None:
    """Whoever slipped a browser a cookie beforehand has nothing from it."""
    browser = desk.browser("planted")
    assert sign_in(browser, "rivka") == "/desk"
    first = {cookie.value for cookie in browser.cookies.jar if cookie.name == "desk"}
    assert first != {"planted"}
    assert desk.browser("planted").get("/desk").status_code == 303


@pytest.mark.parametrize("mode", ["development", "production"])
def test_cookies_are_for_the_desk_alone(desk: DeskApp, settings: Settings, mode: str) -> None:
    app = DeskApp(settings.model_copy(update={"mode": mode}), Core.open(settings))
    browser = app.browser()
    fields = {"csrf_token": token_in(browser.get("/desk/login")), "username": "rivka"}
    answer = browser.post("/desk/login", data=fields | {"password": PASSWORD})
    set_cookies = answer.headers.get_list("set-cookie")
    assert len(set_cookies) == 2
    for cookie in set_cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        in_production = mode == "production"
        assert cookie.startswith("__Host-desk" if in_production else "desk")
        assert f"Path={'/' if in_production else '/desk'};" in cookie
        assert ("Secure" in cookie) == in_production
    assert browser.get("/desk").headers.get("location") == (
        "/desk/account/second-factor" if mode == "production" else None
    )
    app.close()


def test_no_page_is_kept_or_framed(desk: DeskApp) -> None:
    for path in ("/desk/login", "/desk/join/x", "/desk", "/desk/account"):
        headers = desk.browser().get(path).headers
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_the_log_names_nobody(desk: DeskApp) -> None:
    with capture_logs() as lines:
        sign_in(desk.browser(), "rivka", "wrong wrong wrong")
    assert lines == [{"event": "sign_in_refused", "why": "password", "log_level": "warning"}]


def test_somebody_joins_with_a_link(desk: DeskApp) -> None:
    link = f"/desk/join/{staff_admin.invite(desk.core, 'command', ADMIN)}"
    browser = desk.browser()
    page = browser.get(link)
    assert "Join the desk as admin" in page.text

    def join(**fields: str) -> tuple[int, str]:
        given = {"csrf_token": token_in(page), "username": "noor", "password": PASSWORD}
        answer = browser.post(link, data=given | {"again": PASSWORD} | fields)
        return answer.status_code, answer.headers.get("location") or answer.text

    for fields, status, said in (
        ({"csrf_token": "guessed"}, 403, "try again"),
        ({"again": "other"}, 409, "not alike"),
        ({"username": "rivka"}, 409, "is taken"),
        ({"password": "short", "again": "short"}, 409, "12 characters"),
    ):
        page = browser.get(link)
        found = join(**fields)
        assert (found[0], said in found[1]) == (status, True)
    page = browser.get(link)
    assert join() == (303, "/desk/login?joined=yes")
    assert "You can sign in now" in browser.get("/desk/login?joined=yes").text
    assert browser.get(link).status_code == 404
    assert sign_in(browser, "noor") == "/desk"
    assert browser.get("/desk/staff").status_code == 200


def test_one_sets_the_second_factor_up_and_sees_the_codes_once(desk: DeskApp, clock: Clock) -> None:
    browser = desk.browser()
    sign_in(browser, "rivka")
    address = "/desk/account/second-factor"
    page = browser.get(address)
    assert "<svg" in page.text
    secret = re.search(r'class="key">([A-Z2-7 ]+)<', page.text)
    assert secret is not None
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(clock.at)
    for given, status in (("000000", 409), (code, 200)):
        answer = browser.post(address, data={"csrf_token": token_in(page), "code": given})
        assert answer.status_code == status
    assert len(re.findall(r"(?:[a-z2-9]{4}-){5}[a-z2-9]{4}", answer.text)) == 10
    page = browser.get("/desk/account")
    assert "10 recovery codes are left" in page.text
    assert browser.get(address).headers["location"] == "/desk/account"
    off = {"csrf_token": token_in(page), "code": code}
    assert browser.post(f"{address}/off", data=off).status_code == 409  # used once already
    clock.pass_(seconds=60)
    totp = pyotp.TOTP(secret[1].replace(" ", ""))
    off["code"] = totp.at(clock.at)
    assert browser.post(f"{address}/off", data=off).status_code == 303


def test_a_changed_password_renews_this_session_and_ends_the_others(desk: DeskApp) -> None:
    here, there = desk.browser(), desk.browser()
    for browser in (here, there):
        sign_in(browser, "rivka")
    before = here.cookies["desk"]
    fields = {"csrf_token": token_in(here.get("/desk/account")), "old": PASSWORD}
    fields |= {"password": "another long password", "again": "another long password"}
    assert here.post("/desk/account/password", data=fields | {"old": "wrong"}).status_code == 409
    answer = here.post("/desk/account/password", data=fields)
    assert answer.headers["location"] == "/desk/account?changed=password"
    assert here.cookies["desk"] != before
    assert "Your password is changed" in here.get("/desk/account?changed=password").text
    assert there.get("/desk").headers["location"] == "/desk/login"


@pytest.mark.parametrize("field", ["username", "password"])
def test_what_is_no_name_and_no_password_is_refused(desk: DeskApp, field: str) -> None:
    for value in ("", "\x00", "x" * 20_000, "'; drop table staff_users;--", "🐛"):
        browser = desk.browser()
        page = browser.get("/desk/login")
        fields = {"csrf_token": token_in(page), "username": "rivka", "password": PASSWORD}
        assert browser.post("/desk/login", data=fields | {field: value}).status_code == 403
