"""What a visitor says about the guide's last answer: once more, simpler, more, how do you know.

Only approved texts are said: the answer itself, its short variant, its next questions, its sources.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from care import wording
from care.transcript import Said

# Texts in danger are said again whole, whatever was asked about them.
IN_DANGER = "utter_crisis"
ANSWERS = (
    IN_DANGER,
    "utter_faq/",
    "utter_request_human",
    "utter_share_feelings",
    "utter_out_of_scope",
    "utter_who_runs_this",
    "utter_delete_my_data",
    "utter_stop_messages",
)
MISSES = {"utter_unsure", "utter_unsure_twice", "utter_nothing_yet"}
RELATED = 2
TO_A_PERSON = "/request_human"

Button = dict[str, str]


@dataclass(frozen=True)
class Reply:
    """One approved text: by its name, with `arguments`; or as it was said before, by `text`."""

    response: str
    text: str | None = None
    buttons: tuple[Button, ...] = ()
    sources: tuple[str, ...] = ()
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Talk:
    """What the guide has said: its last line, its last answer, and everything before."""

    said: Sequence[Said]
    last: Said
    answer: Said
    spoken: dict[str, str]


def reply(said: Sequence[Said], label: str, spoken: dict[str, str]) -> Reply:
    """What to say to `label`, of the four in this module's first line. `spoken`: the settings."""
    lines = [line for line in said if line.author == "guide"]
    answer = next((line for line in reversed(lines) if _is_an_answer(line)), None)
    if lines and lines[-1].response in MISSES:
        return Reply("utter_unsure_twice")
    if answer is None:
        return Reply("utter_nothing_yet")
    talk = Talk(said, lines[-1], answer, spoken)
    if label == "say_again" or _name(answer).startswith(IN_DANGER):
        return Reply(_name(answer), answer.text, answer.buttons, answer.sources)
    return _MOVES[label](talk) or Reply("utter_no_more")


def _is_an_answer(line: Said) -> bool:
    """Also not one whose text has left the data since."""
    return _name(line).startswith(ANSWERS) and wording.has(_name(line))


def _simpler(talk: Talk) -> Reply | None:
    """The short variant, unless that is what was just said."""
    short = wording.text(_name(talk.answer), "sms").text
    known = wording.fill(short, talk.spoken) in talk.last.text
    if known or talk.last.response == "utter_say_simpler":
        return None
    buttons, sources = talk.answer.buttons, talk.answer.sources
    return Reply("utter_say_simpler", None, buttons, sources, {"answer": short})


def _more(talk: Talk) -> Reply | None:
    """The next questions that are still open."""
    questions = _open_questions(talk)
    if not questions or talk.last.response == "utter_tell_more":
        return None
    return Reply("utter_tell_more", buttons=(*questions, *_a_person()))


def _sources(talk: Talk) -> Reply | None:
    """Where the answer comes from, and when it was last reviewed."""
    if talk.last.response == "utter_how_known":
        return None
    about = wording.text(_name(talk.answer)).metadata
    ids = talk.answer.sources or tuple(about["sources"])
    arguments = {"sources": wording.sources(ids), "reviewed": _in_words(about["reviewed_on"])}
    buttons = (*_open_questions(talk), *_a_person())
    return Reply("utter_how_known", None, buttons, ids, arguments)


def _open_questions(talk: Talk) -> list[Button]:
    """The answer's own next topics that were neither pressed nor answered in this conversation."""
    buttons = wording.text(_name(talk.answer)).buttons
    pressed = {message.button for message in talk.said if message.author == "visitor"}
    return [
        button
        for button in buttons
        if (target := button.get("payload", "")).startswith("/faq/")
        and target not in pressed
        and not _answered(talk, f"utter_{target[1:]}")
    ][:RELATED]


def _answered(talk: Talk, name: str) -> bool:
    """An answer may also stand second, behind another."""
    texts = {wording.fill(wording.text(name, c).text, talk.spoken) for c in ("web", "sms")}
    lines = [line for line in talk.said if line.author == "guide"]
    return any(s.response == name or any(text in s.text for text in texts) for s in lines)


def _a_person() -> list[Button]:
    buttons = wording.text("utter_nothing_yet").buttons
    return [button for button in buttons if button.get("payload") == TO_A_PERSON]


def _name(answer: Said) -> str:
    return answer.response or ""


def _in_words(day: str) -> str:
    read = date.fromisoformat(day)
    return f"{read:%B} {read.day}, {read.year}"


_MOVES: dict[str, Any] = {"say_simpler": _simpler, "tell_more": _more, "how_known": _sources}
