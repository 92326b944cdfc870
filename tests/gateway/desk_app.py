"""The gateway's app without a server, and who comes to its desk, for tests."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any

import httpx
import pyotp
from sqlalchemy import select
from starlette.applications import Starlette

from care import second_factor, staff
from care.db import Core, now
from care.models import StaffSession, StaffUser
from care.settings import Settings
from desk.sign_in import cookie_name
from gateway.app import create_app
from tests.colleagues import hire
from tests.databases import fresh_sqlite
from tests.fakes import FakeAssistant
from tests.gateway.desk_visit import PASSWORD, token_in


class Browser:
    """Asks the app in this process; follows nothing, keeps cookies."""

    def __init__(self, app: Starlette):
        self._transport = httpx.ASGITransport(app=app)
        self.cookies = httpx.Cookies()

    def request(self, method: str, path: str, **fields: Any) -> httpx.Response:
        return asyncio.run(self._ask(method, path, **fields))

    def get(self, path: str, **fields: Any) -> httpx.Response:
        return self.request("GET", path, **fields)

    def post(self, path: str, **fields: Any) -> httpx.Response:
        return self.request("POST", path, **fields)

    async def _ask(self, method: str, path: str, **fields: Any) -> httpx.Response:
        host = "https://testserver"
        async with httpx.AsyncClient(
            transport=self._transport, base_url=host, cookies=self.cookies
        ) as client:
            answer = await client.request(method, path, **fields)
            self.cookies = client.cookies
        return answer


@dataclass
class DeskApp:
    """An app on a fresh database; each browser has cookies of its own."""

    settings: Settings
    core: Core

    def __post_init__(self) -> None:
        self.app = create_app(self.settings, FakeAssistant().client(self.settings), {})

    @classmethod
    def open(cls, settings: Settings) -> "DeskApp":
        fresh_sqlite(settings.database_url)
        return cls(settings, Core.open(settings))

    def browser(self, token: str = "") -> Browser:
        client = Browser(self.app)
        if token:
            client.cookies.set(cookie_name(self.settings), token, path="/desk")
        return client

    def session_of(self, name: str) -> tuple[str, str]:
        """A session without the sign-in, which takes its time: its token, its form token."""
        token, csrf = secrets.token_urlsafe(), secrets.token_urlsafe()
        with self.core.transaction() as session:
            user = session.scalars(select(StaffUser).where(StaffUser.username == name)).one()
            row = StaffSession(token_hash=staff._hash(token), user_id=user.id, csrf_token=csrf)
            session.add(row)
        return token, csrf

    def hired(self, role: str, name: str = "") -> tuple[Browser, str]:
        """The browser of somebody new in this role, signed in; and the form token."""
        hire(self.core, name or f"the-{role}", role=role)
        token, csrf = self.session_of(name or f"the-{role}")
        return self.browser(token), csrf

    def enrolled(self, name: str) -> pyotp.TOTP:
        """With a password and the second factor; its first code is used up."""
        staff.set_password(self.core, name, PASSWORD)
        totp = second_factor.begin(self.core, name)
        second_factor.confirm(self.core, name, totp.at(now()), "")
        return totp

    def close(self) -> None:
        self.core.engine.dispose()


def sign_in(browser: Browser, name: str, password: str = PASSWORD) -> str:
    """What the answer to name and password says, or where it leads."""
    page = browser.get("/desk/login")
    fields = {"csrf_token": token_in(page), "username": name, "password": password}
    answer = browser.post("/desk/login", data=fields)
    return str(answer.headers.get("location") or answer.text)
