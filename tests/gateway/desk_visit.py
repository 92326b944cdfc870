"""How a member of staff signs in at the desk, for tests."""

import re

import httpx

NAME, PASSWORD = "dana", "a long enough password"


def token_in(page: httpx.Response) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def sign_in(desk: httpx.Client, password: str = PASSWORD) -> httpx.Response:
    form = {"csrf_token": token_in(desk.get("/desk/login")), "username": NAME}
    return desk.post("/desk/login", data={**form, "password": password})
