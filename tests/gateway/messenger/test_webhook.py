"""The webhook: who may speak, and what becomes of each event."""

import asyncio
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from care import addresses
from care.db import now
from care.errors import StorageDownError
from care.models import Conversation
from gateway.channels.messenger import events
from gateway.channels.messenger.account import STAND_IN_PAGE
from gateway.channels.messenger.webhooks import WEBHOOK
from gateway.threads import Threads
from tests.gateway.messenger.kit import OTHER, PAYLOADS, PERSON, Chat, captured, signature, texts

SAID = {
    "message": "how much does it cost?",
    "quick_reply": "Talk to a person",
    "reply_to": "yes, that one",
    "postback": "Talk to a person",
    "postback_without_mid": "Talk to a person",
    "get_started": "Get Started",
    "image": "[attachment]",
    "audio": "[attachment]",
    "sticker": "[attachment]",
    "unsupported": "[attachment]",
    "like": "\N{THUMBS UP SIGN}",
    "link": "is this one of yours? https://example.org/",
}
IGNORED = {
    "referral": "referral",
    "echo_of_the_inbox": "echo",
    "echo": "unknown_delivery",
    "read": "read",
    "delivery": "unknown_delivery",
    "reaction": "reaction",
    "standby": "standby",
    "handover": "pass_thread_control",
    "optin": "optin",
    "unsent": "unsent",
    "something_new": "unknown",
    "changes": "other_entry",
    "other_object": "other_object",
}


def ignored(why: str) -> float:
    name, labels = "guide_channel_events_ignored_total", {"channel": "messenger", "why": why}
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_the_handshake_repeats_the_challenge_to_who_knows_the_word(chat: Chat) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}
    right = {**asked, "hub.verify_token": chat.account.verify_token}
    answer = await chat.meta.get(WEBHOOK, params=right)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    for wrong in (asked, {**right, "hub.verify_token": "x"}, {**right, "hub.mode": "x"}):
        answer = await chat.meta.get(WEBHOOK, params=wrong)
        assert (answer.status_code, answer.text) == (403, "")


@pytest.mark.parametrize(
    "forged",
    [
        None,
        "",
        "sha256=",
        "sha256=" + 64 * "0",
        "\u00fc",
        "SHA-1",
        "another secret",
        "another body",
        "bare",
    ],
)
async def test_what_meta_did_not_sign_is_refused_and_not_looked_at(
    chat: Chat, forged: str | None
) -> None:
    body = json.dumps(captured("message")).encode()
    secret = chat.account.secret
    headers: dict[str, str | bytes] = {}
    if forged == "SHA-1":
        headers["X-Hub-Signature"] = "sha1=" + hmac.new(secret.encode(), body, "sha1").hexdigest()
    elif forged == "another secret":
        headers["X-Hub-Signature-256"] = signature("x" + secret, body)
    elif forged == "another body":
        headers["X-Hub-Signature-256"] = signature(secret, body + b" ")
    elif forged == "bare":
        headers["X-Hub-Signature-256"] = signature(secret, body).removeprefix("sha256=")
    elif forged is not None:
        headers["X-Hub-Signature-256"] = forged.encode()
    before = ignored("bad_signature")
    answer = await chat.meta.post(WEBHOOK, content=body, headers=headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.content) == (403, b"")
    assert ignored("bad_signature") == before + 1
    await chat.settle()
    assert chat.history() == []
    assert chat.graph.actions == []


@pytest.mark.parametrize("escaped", [True, False])
async def test_the_signature_is_over_the_bytes_as_they_came(chat: Chat, escaped: bool) -> None:
    content = captured("message")
    content["entry"][0]["messaging"][0]["message"]["text"] = "dónde está  / aquí \u2764 <&>"
    body = json.dumps(content, ensure_ascii=escaped, indent=3).replace("/", "\\/").encode()
    assert await chat.post(body) == 200
    assert chat.history()[0].text == "dónde está  / aquí \u2764 <&>"


def test_our_signer_agrees_with_another() -> None:
    for secret in ("k", "x" * 200):
        known = hmac.new(secret.encode(), b"body", hashlib.sha256).hexdigest()
        assert signature(secret, b"body") == f"sha256={known}"


@pytest.mark.parametrize("name", SAID)
async def test_what_a_person_says_is_kept_and_answered(chat: Chat, name: str) -> None:
    chat.graph.wrote_at[PERSON] = now()
    assert await chat.post(captured(name)) == 200
    await chat.settle()
    said = chat.history()
    assert (said[0].author, said[0].text) == ("visitor", SAID[name])
    assert texts(chat.graph.sent)
    assert all(state == "sent" for state, _ in chat.deliveries())


@pytest.mark.parametrize("name", IGNORED)
async def test_what_nothing_is_done_for_is_counted(chat: Chat, name: str) -> None:
    before = ignored(IGNORED[name])
    assert await chat.post(captured(name)) == 200
    await chat.settle()
    assert ignored(IGNORED[name]) == before + 1
    assert (chat.history(), chat.graph.sent) == ([], [])


def test_every_captured_payload_is_tried() -> None:
    tried = {*SAID, *IGNORED, "delivery_without_mids"}
    assert {path.stem for path in PAYLOADS.glob("*.json")} == tried


async def test_a_receipt_that_names_no_message_is_fine(chat: Chat) -> None:
    assert await chat.post(captured("delivery_without_mids")) == 200


async def test_every_event_of_a_batch_is_handled_in_each_ones_order(chat: Chat) -> None:
    texts_of = {PERSON: ["one", "two", "three"], OTHER: ["uno", "dos"]}
    batch = [chat.message(text, person) for person, said in texts_of.items() for text in said]
    odd = [chat.event(read={"watermark": 1}), {"sender": 7}, chat.event(hologram={})]
    assert await chat.batch(*batch[:2], *odd, *batch[2:]) == 200
    await chat.settle()
    for person, said in texts_of.items():
        mine = [s.text for s in chat.history(person) if s.author == "visitor"]
        assert mine == said
        got = [t for t in texts(chat.graph.sent) if any(f"You said: {s}." in t for s in said)]
        assert [next(s for s in said if f"You said: {s}." in t) for t in got] == said


async def test_what_meta_sends_again_changes_nothing(chat: Chat) -> None:
    message = chat.message("how much is it?")
    assert [await chat.batch(message, message), await chat.batch(message)] == [200, 200]
    await chat.settle()
    assert await chat.batch(message) == 200
    await chat.settle()
    assert [s.author for s in chat.history()].count("visitor") == 1
    assert sum("You said" in text for text in texts(chat.graph.sent)) == 1


async def test_events_of_another_page_are_none_of_ours(chat: Chat) -> None:
    message = chat.message("hello")
    message["recipient"] = {"id": "999"}
    before = ignored("other_page")
    assert await chat.batch(message) == 200
    assert ignored("other_page") == before + 1
    assert chat.history() == []


async def test_what_is_no_batch_is_refused_and_too_much_too(chat: Chat) -> None:
    for body in (b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"entry": 7}'):
        assert await chat.post(body) == 400
    assert await chat.post(b" " * (4 * 1024 * 1024 + 1)) == 413


async def test_words_that_no_database_takes_are_kept_as_far_as_they_can_be(chat: Chat) -> None:
    await chat.says("a\x00b \ud800 c")
    assert chat.history()[0].text == "a b ? c"


async def test_danger_is_answered_first_and_at_once(chat: Chat) -> None:
    """Before what came earlier and is still being answered, with no assistant needed."""
    chat.assistant.held = True
    assert await chat.batch(chat.message("how much is it?")) == 200
    assert await chat.batch(chat.message("i want to kill myself")) == 200
    while await chat.courier.once():
        pass
    assert "988" in texts(chat.graph.sent)[0]
    assert chat.alerted == 1
    chat.assistant.held = False
    await chat.settle()


async def test_danger_is_said_once_when_nothing_can_be_stored(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meta is asked to send it again; what was said is not said a second time."""
    works, down = addresses.conversation, True

    def conversation(*given: Any) -> str:
        if down:
            raise StorageDownError("away")
        return works(*given)

    monkeypatch.setattr(addresses, "conversation", conversation)
    monkeypatch.setattr("gateway.intake.REPEAT_SECONDS", (60.0,))
    danger, other = chat.message("i want to kill myself"), chat.message("hello", OTHER)
    assert [await chat.batch(danger, other), await chat.batch(danger, other)] == [503, 503]
    await chat.settle()
    mine = [t for t in chat.graph.sent if t["recipient"]["id"] == PERSON]
    assert len(mine) == 1
    assert "988" in texts(mine)[0]
    assert len(chat.graph.sent) == 2  # the other one knows too
    down = False
    assert await chat.batch(danger, other) == 200
    await chat.settle()
    assert [s.author for s in chat.history()][:2] == ["visitor", "guide"]
    assert len([t for t in chat.graph.sent if t["recipient"]["id"] == PERSON]) == 1


async def test_receipts_are_asked_for_again_while_the_database_is_away(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> None:
        raise StorageDownError("away")

    monkeypatch.setattr(Threads, "within", away)
    assert await chat.post(captured("delivery")) == 503


async def test_the_sender_sees_that_it_was_read_and_that_somebody_writes(chat: Chat) -> None:
    chat.assistant.held = True
    assert await chat.batch(chat.message("hello")) == 200
    while chat.channel._tasks:
        await asyncio.wait(chat.channel._tasks)
    chat.assistant.held = False
    await chat.settle()
    assert chat.graph.actions == [(PERSON, "mark_seen"), (PERSON, "typing_on")]


async def test_nobody_writes_for_the_guide_while_staff_answer(chat: Chat) -> None:
    await chat.says("hello")
    with chat.core.transaction() as session:
        session.get_one(Conversation, chat.conversation()).owner = "staff"
    chat.graph.actions.clear()
    chat.channel._taken(PERSON)
    await chat.settle()
    assert chat.graph.actions == [(PERSON, "mark_seen")]


KEYS = [
    *("sender", "recipient", "id", "message", "mid", "text", "attachments", "quick_reply"),
    *("payload", "postback", "title", "delivery", "mids", "is_echo", "metadata", "sticker_id"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS) | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "sender": st.just({"id": PERSON}) | JSON,
            "recipient": st.just({"id": STAND_IN_PAGE}) | JSON,
        },
        optional={"message": JSON, "postback": JSON, "delivery": JSON, "read": JSON},
    )
    | JSON,
    max_size=4,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.fixed_dictionaries(
        {
            "object": st.just("page"),
            "entry": st.lists(
                st.fixed_dictionaries({"messaging": EVENTS}, optional={"standby": JSON}) | JSON,
                max_size=3,
            ),
        }
    )
    | JSON
)
async def test_whatever_meta_sends_breaks_nothing(chat: Chat, content: Any) -> None:
    assert await chat.post(json.dumps(content).encode()) in {200, 400}


@given(body=st.binary(max_size=200))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    events.read(body)
