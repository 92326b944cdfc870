"""The conversations in tests/conversations/ and below, held with the real product."""

from functools import partial
from typing import Any

import pytest
import yaml
from itsdangerous import URLSafeSerializer

from care import addresses, conversations, deliveries, menus
from care.addresses import Address
from care.db import Core
from care.settings import ROOT
from care.transcript import Said
from care.wording import DATA
from tests.e2e.conftest import Product
from tests.texter import Texter
from tests.visitor import Visitor

pytestmark = pytest.mark.e2e

FOLDER = ROOT / "tests" / "conversations"
SCRIPTS = sorted(FOLDER.rglob("*.yml"))
CASES: dict[str, dict[str, Any]] = {
    f"{path.stem}: {case['name']}": case
    for path in SCRIPTS
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
}
ON_SMS = [
    "contact: a call back for oneself, with a question in the middle and a correction",
    "contact: a crisis in the middle ends the asking",
    "conversation: data is deleted after one question",
    "crisis_next_self: thoughts of suicide, taken back, with questions before calling",
    "talk: a correction is answered by what was meant",
]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_conversation(product: Product, case: dict[str, Any]) -> None:
    visitor = product.visitor()
    core = product.core()
    conversation_id = _conversation_id(visitor, product)
    offered: dict[str, str] = {}
    try:
        for turn in case["turns"]:
            seen = conversations.history(core, conversation_id)
            # A button stays on the screen when its line is deleted.
            offered |= {b["title"]: b.get("payload", "") for said in seen for b in said.buttons}
            _act(visitor, turn, offered)
            last = seen[-1].seq if seen else 0
            visitor.wait(partial(_answered, last))
            _check(turn, conversations.history(core, conversation_id, after=last))
    finally:
        core.engine.dispose()


def test_every_topic_has_a_conversation() -> None:
    expected = {f"utter_faq/{path.stem}" for path in (DATA / "topics").glob("*.yml")}
    held = {name for case in CASES.values() for turn in case["turns"] for name in turn["replies"]}
    assert expected - held == set()


@pytest.mark.parametrize("name", ON_SMS)
def test_conversation_by_text_message(product: Product, name: str) -> None:
    """The same conversations on a phone: by the number of a choice where a button is pressed."""
    texter = Texter.at(product.url, product.settings, f"+1212555{ON_SMS.index(name):04}")
    core = product.core()
    ours = texter.account.numbers[0]
    conversation_id = addresses.conversation(core, Address("sms", texter.number, ours))
    try:
        for turn in CASES[name]["turns"]:
            seen = conversations.history(core, conversation_id)
            last = seen[-1].seq if seen else 0
            assert texter.send(_typed(turn, seen)).status_code == 200
            texter.wait(partial(_is_delivered, core, conversation_id, last))
            said = conversations.history(core, conversation_id, after=last)
            _check(turn, [line for line in said if line.response != "utter_start"])
    finally:
        core.engine.dispose()
        texter.client.close()


def _typed(turn: dict[str, Any], seen: list[Said]) -> str:
    """What is texted: the words, or the number of the choice in the list shown last."""
    if "say" in turn:
        return str(turn["say"])
    shown = next(choices for line in reversed(seen) if (choices := menus.choices(line.buttons)))
    titles = [button["title"] for button in shown]
    return str(titles.index(turn["press"]) + 1)


def _is_delivered(core: Core, conversation_id: str, last: int, _: object) -> bool:
    lines = [m for m in conversations.history(core, conversation_id, last) if m.author != "visitor"]
    found = deliveries.of_conversation(core, conversation_id)
    return bool(lines) and all(found[line.seq].state == "delivered" for line in lines)


def _conversation_id(visitor: Visitor, product: Product) -> str:
    token = visitor.client.headers["Authorization"].removeprefix("Bearer ")
    key = product.settings.session_key.get_secret_value()
    return str(URLSafeSerializer(key, salt="web-session").loads(token))


def _act(visitor: Visitor, turn: dict[str, Any], offered: dict[str, str]) -> None:
    if "say" in turn:
        assert visitor.send(str(turn["say"])).status_code == 202
        return
    payload = offered[turn["press"]]
    if payload.startswith("/"):
        visitor.send(turn["press"], button=payload)
    else:
        visitor.send(payload)


def _answered(seen: int, said: list[dict[str, Any]]) -> bool:
    """Something new was said; after a deletion there is less than before."""
    return bool(said and said[-1]["author"] != "visitor" and said[-1]["seq"] > seen)


def _check(turn: dict[str, Any], said: list[Said]) -> None:
    replies = [message for message in said if message.author != "visitor"]
    assert [message.response for message in replies] == turn["replies"]
    everything = "\n".join(message.text for message in replies)
    for words in turn.get("contains", []):
        assert words in everything
    for words in turn.get("lacks", []):
        assert words not in everything
