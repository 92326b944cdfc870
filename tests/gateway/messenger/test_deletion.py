"""Meta's callback to delete somebody's data."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest

from care import deletion_requests, retention
from care.cipher import Cipher, new_key
from care.db import Core, now
from care.models import ChannelAddress, DeletionRequest, Message
from care.rotation import rotate
from gateway.channels.messenger.deletion import CALLBACK
from gateway.dev.fake_graph import RefusedError
from tests.gateway.messenger.kit import OTHER, PERSON, Chat, signature

APP_USER = "7777777"


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def signed(chat: Chat, user: Any = APP_USER, secret: str | None = None, **more: Any) -> str:
    told = {"algorithm": "HMAC-SHA256", "issued_at": 1795800000, "user_id": user, **more}
    payload = encoded(json.dumps(told).encode())
    digest = signature(secret or chat.account.secret, payload.encode()).removeprefix("sha256=")
    return f"{encoded(bytes.fromhex(digest))}.{payload}"


async def ask(chat: Chat, given: str) -> tuple[int, dict[str, str]]:
    answer = await chat.meta.post(CALLBACK, data={"signed_request": given})
    return answer.status_code, answer.json() if answer.content else {}


async def test_all_of_that_person_goes_and_nobody_elses(chat: Chat) -> None:
    await chat.says("my secret words")
    await chat.says("words of another", OTHER)
    conversation = chat.conversation()
    chat.graph.page_ids[APP_USER] = PERSON
    status, told = await ask(chat, signed(chat))
    assert status == 200
    assert chat.history() == []
    assert len(chat.history(OTHER)) > 0
    assert conversation in chat.assistant.forgotten
    with chat.core.snapshot() as session:
        assert session.query(ChannelAddress).count() == 1
        assert session.query(Message).filter_by(conversation_id=conversation).count() == 0
        row = session.query(DeletionRequest).one()
        assert (row.person, row.done_at is None) == (b"", False)
    assert told["url"] == f"{chat.account.public_url}{CALLBACK}/{told['confirmation_code']}"
    shown = await chat.meta.get(told["url"].removeprefix(chat.account.public_url))
    assert (shown.status_code, "is deleted" in shown.text) == (200, True)


async def test_that_it_was_done_is_shown_for_ninety_days(chat: Chat) -> None:
    _, told = await ask(chat, signed(chat))
    for days, shown in ((89, deletion_requests.DONE), (91, None)):
        retention.purge(chat.core, now() + timedelta(days=days))
        assert deletion_requests.state(chat.core, told["confirmation_code"]) == shown


async def test_whoever_writes_again_begins_anew(chat: Chat) -> None:
    await chat.says("hello")
    old = chat.conversation()
    chat.graph.page_ids[APP_USER] = PERSON
    await ask(chat, signed(chat))
    assert await chat.says("hello again")
    assert chat.conversation() != old


async def test_what_cannot_be_looked_up_now_is_done_later(chat: Chat) -> None:
    await chat.says("my secret words")
    chat.graph.page_ids[APP_USER] = PERSON
    chat.graph.fail.append(RefusedError(2))
    status, told = await ask(chat, signed(chat))
    assert status == 200
    assert chat.history() != []
    path = f"{CALLBACK}/{told['confirmation_code']}"
    assert "not done yet" in (await chat.meta.get(path)).text
    await chat.channel.keep_house()
    assert chat.history() == []
    assert "is deleted" in (await chat.meta.get(path)).text


async def test_the_id_of_the_page_itself_is_known_without_asking(chat: Chat) -> None:
    await chat.says("my secret words")
    await ask(chat, signed(chat, user=PERSON))
    assert chat.history() == []


@pytest.mark.parametrize("forged", ["", "x", ".", "..", "\u00fc.\u00fc", "AAAA.e30", "A.", "=.="])
async def test_what_meta_did_not_sign_deletes_nothing(chat: Chat, forged: str) -> None:
    await chat.says("hello")
    assert await ask(chat, forged) == (403, {})
    assert chat.history() != []


async def test_a_wrong_secret_algorithm_or_person_deletes_nothing(chat: Chat) -> None:
    await chat.says("hello")
    for given in (
        signed(chat, user=PERSON, secret="another"),
        signed(chat, user=PERSON, algorithm="none"),
        signed(chat, user=7),
        signed(chat, user="1; drop"),
        signed(chat, user=""),
    ):
        assert await ask(chat, given) == (403, {})
    assert chat.history() != []


async def test_nobody_learns_anything_from_a_code_they_do_not_have(chat: Chat) -> None:
    for code in ("0" * 32, "x", "%00", "0" * 31 + "G"):
        assert (await chat.meta.get(f"{CALLBACK}/{code}")).status_code == 404


def test_whom_it_is_about_is_sealed_and_rotated(core: Core, database_dump: Any) -> None:
    code, _ = deletion_requests.ask(core, "messenger", PERSON)
    assert PERSON.encode() not in database_dump()
    old = core.settings.data_keys.get_secret_value()
    both = Core(core.settings, core.engine, Cipher.from_keys(f"{new_key('fresh')},{old}"))
    assert rotate(both) == 1
    assert rotate(both) == 0
    assert deletion_requests.state(both, code) == deletion_requests.PENDING
    (request,) = deletion_requests.waiting(both, "messenger")
    assert request.person == PERSON
