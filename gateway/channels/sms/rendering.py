"""One line as text messages: folded, with its choices as a numbered list, cut where needed."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from care import gsm, menus, wording
from care.transcript import Line, Said

SOFT, HARD = 320, 1600  # Twilio refuses more than 1,600 (21617)
MOST_SOFT = 5  # parts; what needs more comes in longer ones
NUMBERING = len("(10/10) ")
CRISIS = "utter_crisis"


def parts(said: Said) -> list[str]:
    """The text messages of a line, in order; numbered if there are several."""
    text, after = gsm.fold(said.text.strip()), gsm.fold(_after(said))
    whole = f"{text}\n{after}" if after else text
    if gsm.length(whole) <= SOFT:
        return [whole]
    if _is_danger(said) and gsm.length(text) <= SOFT:
        return [text, *gsm.split(after, SOFT)]  # nothing of it may be cut
    pieces = _cut(text, after, SOFT)
    if len(pieces) > MOST_SOFT:
        pieces = _cut(text, after, HARD)
    if len(pieces) == 1 or _is_danger(said):
        return pieces
    return [f"({n}/{len(pieces)}) {piece}" for n, piece in enumerate(pieces, start=1)]


def _cut(text: str, after: str, limit: int) -> list[str]:
    """A list of choices stays whole, in a text of its own if it does not fit behind the last."""
    room = limit - NUMBERING
    pieces = gsm.split(text, room)
    if not after:
        return pieces
    if gsm.length(f"{pieces[-1]}\n{after}") <= room:
        return [*pieces[:-1], f"{pieces[-1]}\n{after}"]
    return [*pieces, *gsm.split(after, room)]


def _after(said: Said) -> str:
    """What stands below the text: numbers and pages it does not name, and what can be chosen."""
    lines = [*_links(said.text, said.buttons)]
    offered = menus.choices(said.buttons)
    if not (_is_danger(said) and any(not b["payload"].startswith("/") for b in offered)):
        lines += _listed(offered, wording.is_spanish(said.response))
    return "\n".join(lines)


def _listed(offered: list[Mapping[str, str]], spanish: bool) -> list[str]:
    if not offered:
        return []
    lead = _words()["lead_es" if spanish else "lead"]
    return [lead, *(f"{n} {button['title']}" for n, button in enumerate(offered, start=1))]


def _links(text: str, buttons: Iterable[Mapping[str, str]]) -> list[str]:
    digits = _digits(text)
    found = []
    for button in buttons:
        scheme, _, rest = button.get("url", "").partition(":")
        number = _digits(rest)[-10:]
        if scheme in {"tel", "sms"} and number not in digits:
            title = button["title"]
            found.append(title if number in _digits(title) else f"{title}: {rest}")
        elif scheme == "https" and (page := rest.strip("/")) not in text:
            found.append(f"{button['title']}: {page}")
    return found


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _is_danger(said: Said) -> bool:
    return (said.response or "").startswith(CRISIS)


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = wording.load_yaml(wording.DATA / "channels" / "words.yml")
    return words


def in_one(line: Line) -> str:
    """What can be said in the answer to Twilio's own request: a single text."""
    return gsm.split(gsm.fold(line.text), HARD)[0]
