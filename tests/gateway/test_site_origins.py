"""Who may use the chat from a browser, what a rating stores, what is forgotten."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from care import conversations, ratings
from care.settings import Settings
from tests.databases import fresh_sqlite
from tests.fakes import FakeAssistant
from tests.gateway.conftest import Gateway, running
from tests.visitor import Visitor

SITE, OTHER = "https://www.clinic.example", "https://evil.example"


@pytest.fixture
def gateway(settings: Settings) -> Iterator[Gateway]:
    fresh_sqlite(settings.database_url)
    given = {"site_origins": (SITE, "https://second.example")}
    with running(settings.model_copy(update=given), FakeAssistant()) as started:
        yield started


def opened(gateway: Gateway, **headers: str) -> httpx.Response:
    return httpx.post(f"{gateway.url}/chat/sessions", headers=headers)


def test_a_listed_site_may_use_the_chat(gateway: Gateway) -> None:
    asked = {"Access-Control-Request-Method": "PUT"}
    asked |= {"Access-Control-Request-Headers": "authorization,content-type,last-event-id"}
    preflight = httpx.options(f"{gateway.url}/chat/ratings", headers={"Origin": SITE, **asked})
    assert preflight.status_code == 200
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    answer = opened(gateway, Origin=SITE)
    assert answer.status_code == 201
    assert answer.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", [OTHER, "null", f"{SITE}.evil.example", "http://www.clinic.example"]
)
def test_any_other_site_is_refused(gateway: Gateway, origin: str) -> None:
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    for answer in (
        opened(gateway, Origin=origin),
        httpx.options(f"{gateway.url}/chat/sessions", headers=asked),
        httpx.get(f"{gateway.url}/chat/history", headers={"Origin": origin}),
    ):
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "unknown_site"
        assert "access-control-allow-origin" not in answer.headers


def test_the_guides_own_pages_and_programs_may(gateway: Gateway) -> None:
    assert opened(gateway, Origin=gateway.url).status_code == 201
    assert opened(gateway).status_code == 201


def test_the_desk_is_shared_with_no_site(gateway: Gateway) -> None:
    answer = httpx.get(f"{gateway.url}/desk/login", headers={"Origin": SITE})
    assert "access-control-allow-origin" not in answer.headers


def test_a_token_is_good_only_where_it_was_issued(gateway: Gateway) -> None:
    token = opened(gateway, Origin=SITE).json()["token"]
    own = opened(gateway).json()["token"]

    def history(token: str, **headers: str) -> int:
        bearer = {"Authorization": f"Bearer {token}"}
        return httpx.get(f"{gateway.url}/chat/history", headers=bearer | headers).status_code

    assert history(token, Origin=SITE) == 200
    assert history(token, Origin="https://second.example") == 401
    assert history(token) == 401
    assert history(own) == 200
    assert history(own, Origin=SITE) == 401


@pytest.fixture
def answered(gateway: Gateway) -> Visitor:
    visitor = gateway.visitor()
    visitor.send("how much is it")
    visitor.wait_for_answers(1)
    return visitor


def rate(visitor: Visitor, seq: Any, helpful: Any) -> httpx.Response:
    return visitor.client.put("/chat/ratings", json={"seq": seq, "helpful": helpful})


def test_an_answer_is_rated_once_and_the_last_word_counts(
    gateway: Gateway, answered: Visitor
) -> None:
    answer = answered.history()[-1]
    assert answer["rateable"] is True
    assert "helpful" not in answer
    for helpful in (True, True, False):
        assert rate(answered, answer["seq"], helpful).status_code == 204
    assert answered.history()[-1]["helpful"] is False
    assert ratings.counts(gateway.core) == {("utter_faq/iop_cost", False): 1}


def test_only_an_answer_of_ones_own_chat_can_be_rated(gateway: Gateway, answered: Visitor) -> None:
    for seq in (1, 2, 99):  # the greeting, one's own words, nothing
        assert rate(answered, seq, True).status_code == 404
    bad: tuple[tuple[Any, Any], ...] = (
        ("3", True),
        (3, "yes"),
        (True, True),
        (0, True),
        (2**40, True),
    )
    for place, helpful in bad:
        assert rate(answered, place, helpful).json()["error"]["code"] == "bad_rating"
    assert answered.client.put("/chat/ratings", content=b"[]").status_code == 400
    assert rate(gateway.visitor(), 3, True).status_code == 404
    assert not ratings.counts(gateway.core)


def test_a_danger_is_marked_and_not_rated(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send("my husband said he is going to kill me")
    answer = visitor.wait_for_answers(1)[0]
    assert answer["danger"] == "violence"
    assert "rateable" not in answer
    assert rate(visitor, answer["seq"], False).status_code == 404


def test_what_is_forgotten_is_gone_everywhere(gateway: Gateway, answered: Visitor) -> None:
    rate(answered, 3, True)
    (asked,) = gateway.assistant.asked
    conversation_id = str(asked["conversation"])
    assert answered.client.delete("/chat/history").status_code == 204
    assert answered.client.get("/chat/history").status_code == 401
    assert answered.client.delete("/chat/history").status_code == 401
    assert conversations.history(gateway.core, conversation_id) == []
    assert not ratings.counts(gateway.core)
    assert conversation_id in gateway.assistant.forgotten
