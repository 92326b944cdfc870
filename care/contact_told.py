"""What one message tells for a call back, all at once: "im Sam 212 555 0100 after 5".

A phone number or an e-mail address is a reference already (`[phone-1]`). Consent to voicemail and
texts is never read out of a sentence, only a no.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from care import best_time, places, wording

REACH = re.compile(r"\[(?:phone|email)-\d+\]")
NAME_LIMIT = 60
WORDS_OF_A_NAME = 3
WORDS_OF_A_PLAIN_WISH = 14  # a longer story may name a time that is no wish


def told(text: str, entities: Mapping[str, str], names_first: bool = False) -> dict[str, Any]:
    """The form's slots that the message fills. `names_first`: a name was asked for."""
    reach, place = REACH.search(text), places.told(text)
    rest = " ".join(REACH.sub(" ; ", text).split())
    found: dict[str, Any] = {"contact_reach": reach[0]} if reach else {}
    if place:
        found["contact_place"] = str(place)
    if reach or len(rest.split()) <= WORDS_OF_A_PLAIN_WISH:
        when = best_time.span(rest)
        if when:
            found["contact_time"] = rest[slice(*when)]
            rest = f"{rest[: when[0]]} ; {rest[when[1] :]}"
    if name := _name_in(rest, entities, names_first):
        found["contact_name"] = name
    return found | _said_for_sure(rest)


def words_of_a_name(said: str) -> str | None:
    """A name alone, after what people put before it."""
    lead_in = re.match(_words()["name"]["lead_in"], said, re.IGNORECASE)
    name = (said[lead_in.end() :] if lead_in else said).strip(" .,!?\n\t\"'")
    return name if is_name(name) else None


def introductions(text: str) -> Iterator[int]:
    """Where the names begin that people give as their own, in this text."""
    for pattern, sure in (("introduced", True), ("perhaps", False)):
        for named in re.finditer(_words()["name"][pattern], text, re.IGNORECASE):
            if not is_no_name(named[1]) and (sure or _looks_like_a_name(text, named)):
                yield named.start(1)


def is_name(name: str) -> bool:
    plain = name.isprintable() and any(letter.isalpha() for letter in name)
    return plain and len(name) <= NAME_LIMIT


def _name_in(rest: str, entities: Mapping[str, str], names_first: bool) -> str | None:
    for pattern, sure in (("introduced", True), ("perhaps", names_first)):
        named = re.search(_words()["name"][pattern], rest, re.IGNORECASE)
        if named and not is_no_name(named[1]) and (sure or _looks_like_a_name(rest, named)):
            return _with_second_name(rest, named)
    if not names_first:
        return None
    entity = entities.get("name", "")
    if entity and entity in rest and not is_no_name(entity):
        return entity
    first = words_of_a_name(re.split("[,;]", rest, maxsplit=1)[0])
    return (
        first if first and len(first.split()) <= WORDS_OF_A_NAME and not is_no_name(first) else None
    )


def _looks_like_a_name(rest: str, named: "re.Match[str]") -> bool:
    before_the_number = re.match(r"\s*[,;]", rest[named.end() :]) is not None
    return (named[1][0].isupper() and not rest.isupper()) or before_the_number


def _with_second_name(rest: str, named: "re.Match[str]") -> str:
    """A second word is part of the name only if it is written like one."""
    second = re.match(r"\s+([A-Z][\w'-]*)(?=\s*(?:[,;.!]|$))", rest[named.end() :])
    return f"{named[1]} {second[1]}" if second and named[1][0].isupper() else named[1]


def is_no_name(said: str) -> bool:
    return any(re.fullmatch(_words()["name"]["none"], word.lower()) for word in said.split())


def _said_for_sure(rest: str) -> dict[str, Any]:
    said, lowered = _words()["told"], rest.lower().replace("\u2019", "'")
    found: dict[str, Any] = {}
    if re.search(said["no_voicemail"], lowered):
        found["contact_voicemail"] = False
    if re.search(said["no_texts"], lowered):
        found["contact_texting"] = False
    for whom in ("other", "self"):
        if re.search(said[whom], lowered):
            found["contact_for"] = whom
            break
    return found


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = wording.load_yaml(wording.DATA / "contact" / "words.yml")
    return words
