"""What is said in a conversation in danger: which fixed text, after what. No I/O after start.

Texts and patterns are data (`data/crisis/`); every pattern carries examples that it must catch.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from care import wording
from care.safety import Finding, variants

# What the dialogue would say, and the answer that is given in its place in a crisis.
IN_A_CRISIS = {
    "utter_affirm": "stay",
    "utter_deny": "stay",
    "utter_faq/about_guide": "who",
    "utter_goodbye": "bye",
    "utter_greet": "stay",
    "utter_out_of_scope": "stay",
    "utter_request_callback": "stay",
    "utter_share_feelings": "stay",
    "utter_thank": "thanks",
    "utter_unsure": "stay",
    "utter_unsure_twice": "stay",
}
STAYS = ("stay_1", "stay_2", "stay_3")
LONGEST_ANSWER = 120
FULL, SHORTER, NEXT = "utter_crisis", "utter_crisis_again", "utter_crisis_next"

# The names of the guide's texts in a conversation, oldest first.
Spoken = tuple[str, ...]


@dataclass(frozen=True)
class _Row:
    answer: str
    anywhere: bool
    pattern: re.Pattern[str]


def danger_text(found: Finding, spoken: Spoken) -> str:
    """The fixed reply to a danger: whole, then shorter, in turn."""
    other = "_other" if _whom(found, spoken) == "other" else ""
    return _varied((f"{FULL}{other}/{found.kind}", f"{SHORTER}{other}/{found.kind}"), spoken)


def answer_to(kind: str, spoken: Spoken, text: str) -> str | None:
    """In a crisis: the fixed text for an answer such as "no"; None for anything else."""
    if len(text) > LONGEST_ANSWER:
        return None
    in_crisis = bool(spoken) and spoken[-1].startswith(FULL)
    messages = list(variants(text))
    for row in _answers():
        if (in_crisis or row.anywhere) and any(row.pattern.fullmatch(m) for m in messages):
            return _reply(row.answer, kind, spoken)
    return None


def instead(kind: str, responses: Sequence[str | None], spoken: Spoken) -> str | None:
    """In a crisis: the text in place of a guess, a refusal, an unasked form or a repetition.

    `responses` are the texts that the dialogue would say.
    """
    for response in responses:
        if response in IN_A_CRISIS:
            return _reply(IN_A_CRISIS[response], kind, spoken)
    return _reply("stay", kind, spoken) if tuple(responses) == spoken[-1:] else None


def call_buttons(kind: str, spoken: Spoken) -> tuple[dict[str, str], ...]:
    """The numbers to call in this crisis."""
    buttons = wording.text(_name(STAYS[0], kind, _whom_so_far(spoken))).buttons
    return tuple(button for button in buttons if button.get("url", "").startswith("tel:"))


def _reply(answer: str, kind: str, spoken: Spoken) -> str:
    """The text for an answer; never the one that was said last."""
    about, last = _whom_so_far(spoken), spoken[-1] if spoken else ""
    if answer in {"yes", "no", "unsure"} and _asks_whether_safe(last):
        answer = f"safe_{answer}"
    if answer != "stay" and (name := _name(answer, kind, about)) != last:
        return name
    return _varied([_name(stay, kind, about) for stay in STAYS], spoken)


def _name(answer: str, kind: str, about: str) -> str:
    """The most specific text there is for an answer."""
    names = [f"{NEXT}/{kind}_{answer}", f"{NEXT}/{answer}"]
    if about == "other":
        names.insert(0, f"{NEXT}_other/{kind}_{answer}")
    return next(name for name in names if wording.known(name))


def _varied(names: Sequence[str], spoken: Spoken) -> str:
    """Of some texts the first that was not said yet, else the one said longest ago."""
    last_said = {name: place for place, name in enumerate(spoken)}
    return min(names, key=lambda name: last_said.get(name, -1))


def _whom(found: Finding, spoken: Spoken) -> str:
    """Who is in danger; what does not say stays with whom the same danger was about before."""
    same = found.about == "any" and _last_danger(spoken).endswith(f"/{found.kind}")
    return _whom_so_far(spoken) if same else found.about


def _whom_so_far(spoken: Spoken) -> str:
    return "other" if _last_danger(spoken).partition("/")[0].endswith("_other") else "self"


def _last_danger(spoken: Spoken) -> str:
    """The last reply to a danger."""
    families = {name: name.partition("/")[0].removesuffix("_other") for name in spoken}
    return next((n for n in reversed(spoken) if families[n] in {FULL, SHORTER}), "")


def _asks_whether_safe(name: str) -> bool:
    return wording.known(name) and _next()["question"] in wording.text(name).text


@cache
def _next() -> dict[str, Any]:
    data: dict[str, Any] = wording.load_yaml(wording.DATA / "crisis" / "next.yml")
    return data


@cache
def _answers() -> list[_Row]:
    beside = _next()["beside"]
    return [
        _Row(
            answer=row["answer"],
            anywhere=row["after"] == "any",
            pattern=re.compile(f"(?:(?:{beside}) )*(?:{row['pattern']})(?: (?:{beside}))*"),
        )
        for row in _next()["answers"]
    ]
