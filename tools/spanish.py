"""Checks on a Spanish text: what it must say and in which order, what it must never say, length."""

import re
from collections.abc import Sequence
from typing import Final

from tools import wording
from tools.content import Response

SUFFIX: Final = "_es"
LONGER: Final = 1.2  # Spanish needs a fifth more words
SMS_LIMIT: Final = 320
FIRST: Final = re.compile(r"utter_crisis(_other)?/(\w+)_es")
AGAIN: Final = re.compile(r"utter_crisis_again(_other)?/\w+_es")
NEXT: Final = re.compile(r"utter_crisis_next(_other)?/\w+_es")
LIFE_HANGS_ON_911: Final = {"overdose", "withdrawal", "medical", "violence", "child"}
QUESTIONS: Final = {
    "web": "¿Está a salvo ahora mismo?",
    "sms": "¿Se encuentra a salvo ahora mismo?",
}
NO_PERSON: Final = {"web": "Soy un guía automático", "sms": "Soy un programa"}
BANNED: Final = re.compile(
    # words that judge or frighten
    r"\b(?:drogadict[oa]s?|adict[oa]s?|alcohólic[oa]s?|borrach[oa]s?|yonquis?|vicios?|limpi[oa]s?"
    r"|suci[oa]s?|abuso de (?:drogas|sustancias)|cometi[óo] suicidio|intento fallido"
    # what is never promised, denied or played down
    r"|prométame|júreme|quede entre nosotros|guard\w+ el secreto|cálmese|no es para tanto"
    r"|no puedo hablar de eso|no estará pensando|la ayuda va en camino|entiendo cómo se siente"
    r"|oprima 3"
    # nobody is addressed as a child is
    r"|tú|tus?|te|ti|contigo|llama al|oprime)\b",
    re.IGNORECASE,
)


def is_spanish(response: Response) -> bool:
    return response.name.endswith(SUFFIX)


def check(response: Response, web_limit: int) -> list[str]:
    """What is wrong with the words of one text."""
    text = response.text
    problems = wording.check_sentences(text)
    problems += [f"word to avoid: {match[0]}" for match in BANNED.finditer(text)]
    problems += _said_in_order(text, _required(response))
    if "988" in text and not re.search(r"oprima 2|AYUDA", text):
        problems.append("988 without 'oprima 2' or AYUDA")
    if response.channel == "sms":
        return problems + wording.check_sms(text, SMS_LIMIT)
    return problems + wording.check_web(text, int(web_limit * LONGER))


def _required(response: Response) -> list[str]:
    """Patterns for what must be said, in this order."""
    channel = "sms" if response.channel == "sms" else "web"
    asks = re.escape(QUESTIONS[channel])
    if first := FIRST.fullmatch(response.name):
        numbers = (
            ["988", "911"]
            if first[2].partition("_")[0] not in LIFE_HANGS_ON_911
            else ["911", "988"]
        )
        return [r"^[^\d?]+\.", *numbers, asks, re.escape(NO_PERSON[channel]), r"\$hotline"]
    if AGAIN.fullmatch(response.name):
        return [r"^[^\d?]+\.", "911", asks]
    return [r"(?s)(?=.*988)(?=.*911)"] if NEXT.fullmatch(response.name) else []


def _said_in_order(text: str, patterns: Sequence[str]) -> list[str]:
    place = 0
    for pattern in patterns:
        found = re.compile(pattern).search(text, place)
        if found is None:
            return [f"not said, or not in its place: {pattern}"]
        place = found.end()
    return []
