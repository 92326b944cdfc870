"""What the page /safety says, gathered from the data and settings that the guide itself goes by."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from care import ladder, wording
from care.settings import Settings

PAGE_WORDS = wording.DATA / "safety_page.yml"
RESOURCES = wording.DATA / "resources.yml"
# Written by `make eval-safety PAGE=1` together with docs/safety-scorecard.md.
SCORECARD = Path(__file__).parent / "scorecard.json"
CRISIS = "utter_crisis/"
TEXTS_IN_DANGER = ("utter_crisis", "utter_alerted")


def values(settings: Settings) -> dict[str, Any]:
    return {
        "kinds": _kinds(settings),
        "texts": _review(),
        "alerts": _alerts(settings),
        "resources": _resources(),
        "scorecard": _scorecard(),
        "report_email": settings.report_email,
        "day": day,
        "after": after,
    }


def in_100(rate: float) -> str:
    """0.963 as "96.3", 0.99 as "99"."""
    return f"{100 * rate:.1f}".removesuffix(".0")


def day(written: str) -> str:
    """2026-11-24 as "November 24, 2026"."""
    read = date.fromisoformat(written)
    return f"{read:%B} {read.day}, {read.year}"


def after(minutes: int | None) -> str:
    if minutes is None:
        return "when the call is due"
    if minutes == 0:
        return "at once"
    return f"after {minutes} minutes" if minutes < 120 else f"after {minutes // 60} hours"


def capitalize_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def host(address: str) -> str:
    return urlsplit(address).netloc.removeprefix("www.")


def _kinds(settings: Settings) -> list[dict[str, str]]:
    """Each kind of danger in plain words, and the first reply to it in both languages."""
    words: dict[str, str] = wording.load_yaml(PAGE_WORDS)["kinds"]
    return [
        {
            "id": kind,
            "name": name,
            "text": wording.fill(wording.text(CRISIS + kind).text, settings.spoken),
            "spanish": wording.fill(
                wording.text(CRISIS + kind + wording.SPANISH).text, settings.spoken
            ),
        }
        for kind, name in words.items()
    ]


def _review() -> dict[str, Any]:
    """How many texts for danger there are and are signed; all were read on this day or later."""
    names = [n for prefix in TEXTS_IN_DANGER for n in wording.family(prefix)]
    about = [wording.text(name).metadata for name in names]
    return {
        "count": len(about),
        "signed": sum(row["clinical_review"] != "pending" for row in about),
        "reviewed_on": min(row["reviewed_on"] for row in about),
    }


def _alerts(settings: Settings) -> dict[str, Any]:
    """After how many minutes staff are told; `reach` is what this installation really does."""
    named = {r.name for r in ladder.every_recipient(settings)}
    reach = "nobody" if not named else "console" if named == {ladder.CONSOLE} else "staff"
    minutes = {
        kind: [
            None if step.after is None else int(step.after.total_seconds() // 60)
            for step in ladder.steps(kind)
        ]
        for kind in ("urgent", "callback")
    }
    return {"reach": reach, **minutes}


@cache
def _resources() -> list[dict[str, str]]:
    """Each help number with its link, if a browser can follow one."""
    rows: list[dict[str, str]] = wording.load_yaml(RESOURCES)
    return [{**row, "href": _href(row)} for row in rows]


def _href(row: dict[str, str]) -> str:
    number = row["number"]
    if row["kind"] == "chat":
        return f"https://{number}"
    digits = "".join(c for c in number.translate(_keypad()) if c.isdigit())
    digits = {10: f"+1{digits}", 11: f"+{digits}"}.get(len(digits), digits)
    return f"{'sms' if row['kind'] == 'text' else 'tel'}:{digits}"


@cache
def _keypad() -> dict[int, str]:
    """Letters such as those of 1-800-QUIT-NOW as digits, as a telephone's keys have them."""
    keys = ("ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ")
    return {ord(letter): str(digit) for digit, key in enumerate(keys, start=2) for letter in key}


@cache
def _scorecard() -> dict[str, Any]:
    card: dict[str, Any] = json.loads(SCORECARD.read_text(encoding="utf-8"))
    return card


FILTERS = {"in_100": in_100, "host": host, "capitalize_first": capitalize_first}
