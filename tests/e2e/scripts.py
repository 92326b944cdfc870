"""The conversations in `tests/conversations/`, as data, and what each of their turns must bring."""

from collections.abc import Sequence
from typing import Any

import yaml

from care.settings import ROOT
from care.transcript import Said

FOLDER = ROOT / "tests" / "conversations"
CASES: dict[str, dict[str, Any]] = {
    f"{path.stem}: {case['name']}": case
    for path in sorted(FOLDER.rglob("*.yml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
}


# Kinds that are held on every channel, beside every seventh topic.
FILES = {
    "contact", "conversation", "crisis_next_other", "crisis_next_self", "data", "detects", "late",
    "people", "spanish", "talk",
}  # fmt: skip
TOPICS = [name for name in CASES if name.startswith("topics: ")][::7]
# By phone "stop", "quit" and "cancel" end the messages, and the answer is short from the first.
NOT_BY_PHONE = {
    "detects: in a STOP message",
    "detects: after a whole STOP message",
    "talk: a call is asked for beside a question, and the question is answered first",
    "talk: an answer is said again, simpler, with more and with its sources",
}
# What was typed before an answer is no button to press again there.
NOT_BY_TEXT = {
    "late: the yes to delete",
    "late: the skip of another question asks the present one again",
}
EVERYWHERE = [name for name in CASES if name.split(":")[0] in FILES or name in TOPICS]
ON_MESSENGER = [name for name in EVERYWHERE if name not in NOT_BY_PHONE]
BY_TEXT = [name for name in ON_MESSENGER if name not in NOT_BY_TEXT]


def check(turn: dict[str, Any], said: Sequence[Said], channel: str) -> None:
    """Which texts were said, and what stands in them: `by_text` where a text message is shorter."""
    replies = [message for message in said if message.author != "visitor"]
    assert [message.response for message in replies] == turn["replies"]
    everything = "\n".join(message.text for message in replies)
    by_text = turn.get("by_text") if channel == "sms" else None
    for words in by_text or turn.get("contains", []):
        assert words in everything
    for words in turn.get("lacks", []):
        assert words not in everything
