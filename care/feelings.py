"""A longer message that tells how somebody feels is met with one warm line before its answer."""

import re
from collections.abc import Sequence
from functools import cache

from care import wording
from care.safety import normalise
from care.transcript import Said

FEWEST_WORDS = 12
LINES = "utter_heard/"


def told_in(text: str) -> bool:
    """Does somebody tell a story of their own, with a feeling in it?

    Words decide (`data/conversation/feelings.yml`): in such a message the question is so much
    likelier than anything else that the classifier says nothing of the feeling.
    """
    plain = normalise(text)
    feeling, own = _patterns()
    long_enough = len(plain.split()) >= FEWEST_WORDS
    return bool(long_enough and own.search(plain) and feeling.search(plain))


def warm_line(before: Sequence[Said], channel: str) -> str | None:
    """The next line whose turn it is; None if the guide's last line began with one."""
    warm = [wording.text(name, channel).text for name in wording.family(LINES)]
    lines = [said.text for said in before if said.author == "guide"]
    used = [line for line in lines if line.startswith(tuple(warm))]
    if used and lines[-1] == used[-1]:
        return None
    return warm[len(used) % len(warm)]


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = wording.load_yaml(wording.DATA / "conversation" / "feelings.yml")
    feelings = "|".join(f"(?:{pattern})" for pattern in data["feelings"].values())
    return re.compile(rf"\b(?:{feelings})\b"), re.compile(rf"\b(?:{data['own']})\b")
