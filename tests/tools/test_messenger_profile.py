"""The Messenger profile: what the file may hold, and how it gets to the Page."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from care import wording
from care.settings import Settings
from gateway.channels.messenger import account
from gateway.dev.fake_graph import FakeGraph
from tools import messenger_profile
from tools.messenger_profile import Page, RefusedError, check, run, wanted

URL = "https://guide.example.org"


@pytest.fixture
def graph(settings: Settings) -> FakeGraph:
    return FakeGraph(account.stand_in(settings))


@pytest.fixture
def page(graph: FakeGraph) -> Page:
    there = httpx.ASGITransport(Starlette(routes=graph.routes(account.STAND_IN)))

    def answer(request: httpx.Request) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=there) as client:
                return await client.request(request.method, request.url, content=request.content)

        told = asyncio.run(ask())
        return httpx.Response(told.status_code, content=told.content)

    return Page(graph.account, httpx.MockTransport(answer))


def profile() -> dict[str, Any]:
    content: dict[str, Any] = wording.load_yaml(messenger_profile.FILE)
    return content


def test_it_is_shown_first_and_changed_only_when_asked(
    page: Page, graph: FakeGraph, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(page, URL, apply=False) == 0
    assert "Nothing was changed" in capsys.readouterr().out
    assert graph.profile == {}
    run(page, URL, apply=True)
    assert graph.profile == wanted(profile(), URL)
    capsys.readouterr()
    run(page, URL, apply=False)
    assert capsys.readouterr().out == "The Page shows what the file says.\n"


def test_the_difference_names_what_changes(
    page: Page, graph: FakeGraph, capsys: pytest.CaptureFixture[str]
) -> None:
    run(page, URL, apply=True)
    graph.profile["greeting"] = [{"locale": "default", "text": "Old words"}]
    capsys.readouterr()
    run(page, URL, apply=False)
    shown = capsys.readouterr().out
    assert '-  "text": "Old words"' in shown
    assert "persistent_menu" not in shown


def test_the_web_page_is_left_out_where_meta_could_not_open_it() -> None:
    def urls(public_url: str) -> list[str]:
        (menu,) = wanted(profile(), public_url)["persistent_menu"]
        return [item["url"] for item in menu["call_to_actions"] if "url" in item]

    assert urls(URL) == [URL]
    assert urls("http://127.0.0.1:8080") == []


def test_a_wrong_token_is_said_by_its_code(graph: FakeGraph, page: Page) -> None:
    graph.account = account.stand_in(Settings(session_key="another"))
    with pytest.raises(RefusedError, match="graph_190"):
        page.profile()


def test_a_persona_is_made(page: Page) -> None:
    assert page.persona("Care team", "https://guide.example.org/team.png") == "300000000000003"


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("greeting", [{"locale": "default", "text": 161 * "x"}], "1 to 160"),
        ("greeting", [{"locale": "en_US", "text": "Hi."}], "locale default"),
        ("greeting", [{"locale": "default", "text": "Call 555-123-4567."}], "resources"),
        ("persistent_menu", [{"locale": "default", "call_to_actions": []}], "1 to 20 items"),
        (
            "ice_breakers",
            [{"locale": "default", "call_to_actions": 5 * [{"question": "a", "payload": "b"}]}],
            "1 to 4 items",
        ),
        (
            "ice_breakers",
            [{"locale": "default", "call_to_actions": [{"question": "a", "payload": "/x"}]}],
            "unknown label",
        ),
    ],
)
def test_what_meta_would_refuse_is_found_before(name: str, value: Any, problem: str) -> None:
    found = check({**profile(), name: value}, ["911", "988"])
    assert any(problem in each for each in found), found


def test_the_file_is_fine() -> None:
    assert check(profile(), ["911", "988"]) == []
    assert check([], []) != []


def test_without_a_page_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Settings, "load", classmethod(lambda cls: Settings()))
    assert messenger_profile.main([]) == 2
    assert "GUIDE_MESSENGER_PAGE_ID" in capsys.readouterr().err
