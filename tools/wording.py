"""Checks on the words of one text: length, reading ease, words to avoid, names and numbers."""

import re
from collections.abc import Iterable
from typing import Final

import syllables

from care import gsm
from tools.labels import ARGUMENTS, PLACEHOLDERS

MAX_SENTENCE_WORDS: Final = 20
MAX_GRADE: Final = 8.0

BANNED: Final = re.compile(
    r"\b(?:addicts?|alcoholics?(?! anonymous)|junkies?|users?|abusers?|drug abuse|habits?"
    r"|clean|dirty|substitution therapy|please note|committed suicide|failed attempt"
    r"|100 ?% confidential|hipaa compliant)\b",
    re.IGNORECASE,
)
NUMBER: Final = re.compile(
    r"(?<![\w-])(?:\+?1[-. ]?)?(?:\(\d{3}\)|\d{3})[-. ]?\d{3}[-. ]?\d{4}(?![\w-])"
    r"|(?<![\w-])1-\d{3}-[A-Z\d-]+\w"
    r"|(?<![\w-])(?:[2-9]11|988|\d{5,6})(?![\w-])"
)
ADDRESS: Final = re.compile(
    r"\b(?:https?://|www\.)\S+\w|\b[\w.@-]+\.(?:gov|org|com|net)(?:/\S*\w)?"
)
ARGUMENT: Final = re.compile(r"\{(\w+)\}")
PLACEHOLDER: Final = re.compile(r"\$([a-zA-Z_]\w*)")


def fill(text: str) -> str:
    """The text with realistic values in place of its placeholders and arguments."""
    named = PLACEHOLDER.sub(
        lambda m: PLACEHOLDERS.get(m[1], m[0]), text.replace("$$", "\0")
    ).replace("\0", "$")
    return ARGUMENT.sub(lambda m: ARGUMENTS.get(m[1], m[0]), named)


def sms_length(text: str) -> int:
    """Length in GSM-7 characters; those of the extension table take two."""
    return len(text) + sum(char in gsm.EXTENDED for char in text)


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence; a line is at least one sentence."""
    # A sentence of its own, with its own full stop.
    plain = text.replace("$who_pays", "x.\n").replace("$$", "")
    for pattern in (PLACEHOLDER, ARGUMENT, ADDRESS, NUMBER):
        plain = pattern.sub("x", plain)
    parts = re.split(r"(?<=[.!?])[\"')]*\s+|\n", plain)
    words = [[w for w in part.split() if re.search(r"\w", w)] for part in parts]
    return [sentence for sentence in words if sentence]


def grade(text: str) -> float:
    """Flesch-Kincaid grade level."""
    by_sentence = sentences(text)
    words = [word for sentence in by_sentence for word in sentence]
    if not words:
        return 0.0
    total = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / len(by_sentence) + 11.8 * total / len(words) - 15.59


def _syllables(word: str) -> int:
    letters = [re.sub(r"[^a-z]", "", part) for part in re.split(r"[-/]", word.lower())]
    return max(1, sum(syllables.estimate(part) for part in letters if part))


def check_words(text: str) -> list[str]:
    problems = [f"word to avoid: {match[0]}" for match in BANNED.finditer(text)]
    if re.search(r"\d\s?%", text):
        problems.append("a percentage: say 'one in four'")
    return problems


def check_sentences(text: str) -> list[str]:
    return [
        f"sentence of {len(words)} words (max {MAX_SENTENCE_WORDS}): {' '.join(words[:6])}..."
        for words in sentences(text)
        if len(words) > MAX_SENTENCE_WORDS
    ]


def check_reading(text: str) -> list[str]:
    problems = check_sentences(text)
    if (level := grade(text)) > MAX_GRADE:
        problems.append(f"reading grade {level:.1f} (max {MAX_GRADE:g})")
    return problems


def check_sms(text: str, limit: int) -> list[str]:
    filled = fill(text)
    strange = sorted(set(filled) - gsm.BASIC - gsm.EXTENDED)
    problems = [f"not GSM-7: {' '.join(map(repr, strange))}"] if strange else []
    if sms_length(filled) > limit:
        problems.append(f"{sms_length(filled)} characters when filled (max {limit})")
    return problems


def check_web(text: str, limit: int) -> list[str]:
    count = sum(len(words) for words in sentences(fill(text)))
    return [f"{count} words (max {limit})"] if count > limit else []


def check_names(text: str) -> list[str]:
    """Placeholders, arguments and stray signs that would break the filling."""
    if "${" in text:
        return ["'${' is read by Rasa as a setting: write $name"]
    bare = text.replace("$$", "")
    problems = [f"unknown ${m[1]}" for m in PLACEHOLDER.finditer(bare) if m[1] not in PLACEHOLDERS]
    problems += [f"unknown {m[0]}" for m in ARGUMENT.finditer(bare) if m[1] not in ARGUMENTS]
    if "$" in PLACEHOLDER.sub("", bare):
        problems.append("a lone $: write $$")
    if re.search(r"[{}]", ARGUMENT.sub("", bare)):
        problems.append("a stray curly brace")
    return problems


def number_key(number: str) -> str:
    """A number without its signs and without the country code."""
    key = re.sub(r"[^0-9A-Z]", "", number.upper())
    return key[1:] if len(key) > 7 and key.startswith("1") else key


def check_numbers(text: str, known: Iterable[str]) -> list[str]:
    keys = {number_key(number) for number in known}
    found = [match[0] for match in NUMBER.finditer(text)]
    return [f"number not in data/resources.yml: {n}" for n in found if number_key(n) not in keys]
