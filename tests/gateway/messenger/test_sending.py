"""What goes out: within Meta's window, under the right name, again when it must, never twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.responses import Response

from care import conversations, ticket_access, tickets
from care.db import now
from care.deliveries import OUTSIDE_WINDOW
from care.transcript import Line
from care.windows import Talk
from gateway.channels.channel import NotSentError
from gateway.channels.messenger import window
from gateway.channels.messenger.graph import refusal
from gateway.dev.fake_graph import RefusedError, error
from tests.colleagues import hire
from tests.gateway.messenger.kit import PERSON, Chat, texts

HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("hours", "by_staff", "granted", "kind"),
    [
        (0, False, False, "RESPONSE"),
        (23.9, False, True, "RESPONSE"),
        (23.9, True, True, "RESPONSE"),
        (24, False, True, None),
        (24, True, False, None),
        (24, True, True, "MESSAGE_TAG"),
        (7 * 24 - 0.1, True, True, "MESSAGE_TAG"),
        (7 * 24, True, True, None),
    ],
)
def test_who_may_write_when(hours: float, by_staff: bool, granted: bool, kind: str | None) -> None:
    at = now()
    talk = Talk("x", at - hours * HOURS, "guide")
    if kind is None:
        with pytest.raises(NotSentError, match=OUTSIDE_WINDOW) as refused:
            window.permit(talk, by_staff, granted, at)
        assert refused.value.final
        return
    marks = window.permit(talk, by_staff, granted, at)
    assert marks["messaging_type"] == kind
    assert marks.get("tag") == ("HUMAN_AGENT" if kind == "MESSAGE_TAG" else None)


def say(chat: Chat, text: str, author: str = "staff") -> None:
    conversations.say(chat.core, chat.conversation(), Line(text, author=author))


async def test_replies_are_responses_with_proof_of_the_app(chat: Chat) -> None:
    chat.graph.needs_proof = True
    (greeting, answer) = await chat.says("how much is it?")
    assert answer["messaging_type"] == "RESPONSE"
    assert "tag" not in answer
    assert "Meta" in texts([greeting])[0]
    assert chat.account.secret not in str(answer)


async def test_after_a_day_the_guide_is_silent_and_staff_see_why(chat: Chat) -> None:
    await chat.says("hello")
    chat.age(hours=25)
    say(chat, "One thing more.", author="guide")
    before = len(chat.graph.sent)
    await chat.settle()
    assert len(chat.graph.sent) == before
    assert chat.deliveries()[-1] == ("suppressed", OUTSIDE_WINDOW)


@pytest.mark.parametrize("granted", [True, False])
async def test_a_person_may_answer_for_seven_days_where_that_is_granted(
    chat: Chat, granted: bool
) -> None:
    chat.channel._account = replace(chat.account, human_agent=granted, persona="300000000000003")
    await chat.says("hello")
    say(chat, "I am here.")
    await chat.settle()
    assert chat.graph.sent[-1]["messaging_type"] == "RESPONSE"
    assert chat.graph.sent[-1]["persona_id"] == "300000000000003"
    chat.age(days=2)
    say(chat, "Sorry that it took so long.")
    await chat.settle()
    if not granted:
        assert chat.deliveries()[-1] == ("suppressed", OUTSIDE_WINDOW)
        return
    assert chat.graph.sent[-1]["tag"] == "HUMAN_AGENT"
    chat.age(days=6)
    say(chat, "Too late.")
    await chat.settle()
    assert chat.deliveries()[-1] == ("suppressed", OUTSIDE_WINDOW)


async def test_staff_see_until_when_they_may_write(chat: Chat) -> None:
    hire(chat.core)
    await chat.says("i want to kill myself")
    (ticket,) = tickets.listed(chat.core)
    shown = ticket_access.view(chat.core, ticket.number, "dana")
    assert shown.reply_until == chat.history()[0].at + timedelta(hours=24)
    granted = chat.core.settings.model_copy(update={"messenger_human_agent": True})
    core = replace(chat.core, settings=granted)
    shown = ticket_access.view(core, ticket.number, "dana")
    assert shown.reply_until == chat.history()[0].at + timedelta(days=7)


async def test_a_message_opens_the_window_again(chat: Chat) -> None:
    await chat.says("hello")
    chat.age(days=8)
    (answer,) = await chat.says("still there?")
    assert answer["messaging_type"] == "RESPONSE"


LATER: dict[str, Any] = {
    "4": RefusedError(4),
    "32": RefusedError(32),
    "613": RefusedError(613),
    "busy": RefusedError(1200),
    "token": RefusedError(190),
    "503": Response("<html>", status_code=503),
    "429": Response("", status_code=429, headers={"Retry-After": "2"}),
}


@pytest.mark.parametrize("how", LATER)
async def test_what_may_work_later_is_tried_again(chat: Chat, how: str) -> None:
    assert await chat.batch(chat.message("hello")) == 200
    await chat.worked()
    chat.graph.fail.append(LATER[how])
    await chat.courier.once()
    assert chat.graph.sent == []
    chat.later += timedelta(minutes=2)
    await chat.settle()
    assert any("You said: hello" in text for text in texts(chat.graph.sent))
    assert {state for state, _ in chat.deliveries()} == {"sent"}


NEVER: dict[str, tuple[Any, str]] = {
    "window": (RefusedError(10, 2018278), "suppressed"),
    "away": (RefusedError(551, 1545041), "failed"),
    "unknown": (RefusedError(100, 2018001), "failed"),
    "bad": (RefusedError(100), "failed"),
    "permission": (RefusedError(10, 1), "failed"),
    "404": (Response("", status_code=404), "failed"),
}


@pytest.mark.parametrize("how", NEVER)
async def test_what_never_will_is_given_up_and_the_next_line_goes_out(chat: Chat, how: str) -> None:
    await chat.says("hello")
    planned, state = NEVER[how]
    chat.graph.fail.append(planned)
    say(chat, "first")
    say(chat, "second")
    await chat.settle()
    assert [s for s, _ in chat.deliveries()[-2:]] == [state, "sent"]


def test_meta_says_how_long_to_wait() -> None:
    usage = '{"1": [{"type": "messenger", "estimated_time_to_regain_access": 5}]}'
    headers = httpx.Headers({"X-Business-Use-Case-Usage": usage})
    assert refusal(400, error(80006), headers).seconds == 300
    assert refusal(400, error(613), httpx.Headers()).seconds == 60
    assert refusal(429, {}, httpx.Headers({"Retry-After": "7"})).seconds == 7
    for broken in ("", "[]", "7", '{"1": 7}', '{"1": [{}]}'):
        headers = httpx.Headers({"X-Business-Use-Case-Usage": broken})
        assert refusal(400, error(4), headers).seconds == 60


async def test_a_lost_answer_waits_for_the_echo_but_danger_does_not(chat: Chat) -> None:
    await chat.says("hello")
    for words, seconds, again in (("hi", 5, 0), ("hi again", 15, 1), ("i want to die", 2, 1)):
        chat.graph.lost, chat.graph.told = 1, lambda _: None
        before = len(await chat.says(words))
        assert before == 1
        sent = len(chat.graph.sent)
        chat.later += timedelta(seconds=seconds)
        await chat.settle()
        assert len(chat.graph.sent) - sent == again, words
        chat.later += timedelta(minutes=1)
        await chat.settle()


async def test_an_answer_that_is_late_may_have_worked_and_its_echo_says_so(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meta took it and the answer was lost: what comes back with the echo keeps it single."""
    echoes: list[dict[str, Any]] = []
    chat.graph.told = echoes.append
    await chat.says("hello")
    echoes.clear()
    send = chat.channel._graph.send

    async def lost(body: dict[str, Any]) -> str:
        await send(body)
        raise NotSentError("ReadTimeout", unsure=True)

    monkeypatch.setattr(chat.channel._graph, "send", lost)
    say(chat, "only once")
    await chat.courier.once()
    monkeypatch.setattr(chat.channel._graph, "send", send)
    for told in echoes:
        assert await chat.post(told) == 200
    chat.later += timedelta(minutes=5)
    await chat.settle()
    assert texts(chat.graph.sent).count("only once") == 1
    assert chat.deliveries()[-1][0] in {"sent", "delivered"}


async def test_receipts_are_kept(chat: Chat) -> None:
    told: list[dict[str, Any]] = []
    chat.graph.told = told.append
    await chat.says("hello")
    for each in told:
        assert await chat.post(each) == 200
    assert {state for state, _ in chat.deliveries()} == {"delivered"}


async def test_a_hanging_meta_is_left_and_tried_again(chat: Chat) -> None:
    class Hangs(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise httpx.ReadTimeout("too late", request=request)

    whole = chat.channel._graph._client
    chat.channel._graph._client = httpx.AsyncClient(transport=Hangs())
    assert await chat.batch(chat.message("hello")) == 200
    await chat.settle()
    assert chat.deliveries()[0] == ("queued", "ReadTimeout")
    await chat.channel._graph._client.aclose()
    chat.channel._graph._client = whole
    chat.later += timedelta(minutes=5)
    await chat.settle()
    assert {state for state, _ in chat.deliveries()} == {"sent"}


async def test_no_log_holds_a_person_or_their_words(
    chat: Chat, capfd: pytest.CaptureFixture[str]
) -> None:
    chat.graph.fail = [RefusedError(613), RefusedError(551), RefusedError(100)]
    await chat.says("my name is Canary Q. Bird")
    chat.later += timedelta(minutes=5)
    await chat.settle()
    logged = "".join(capfd.readouterr())
    assert "delivery" in logged
    for secret in ("Canary", PERSON, chat.account.token, chat.account.secret):
        assert secret not in logged
