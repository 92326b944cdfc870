"""What Messenger shows before and beside the chat: `python -m tools.messenger_profile [--apply]`.

Compares the Page's profile with data/channels/messenger_profile.yml and shows the difference; with
`--apply` it is put in place. `--persona NAME PICTURE_ADDRESS` makes what staff's lines are shown
under, and prints its id for GUIDE_MESSENGER_PERSONA.
"""

import argparse
import difflib
import json
import sys
from collections.abc import Iterator
from typing import Any, Final

import httpx

from care import wording
from care.errors import SettingsError
from care.settings import Settings
from gateway.channels.messenger import account, graph
from gateway.channels.messenger.account import Account
from tools import wording as words
from tools.labels import BUTTON_LABELS, LABELS

FILE: Final = wording.DATA / "channels" / "messenger_profile.yml"
PROPERTIES: Final = ("get_started", "greeting", "ice_breakers", "persistent_menu")
LIMITS: Final = {"text": 160, "title": 30, "payload": 1000, "question": 80}
MOST: Final = {"ice_breakers": 4, "persistent_menu": 20}
TITLE: Final = 20
PAGE: Final = "$page"
SECONDS: Final = 20

Profile = dict[str, Any]


class RefusedError(Exception):
    """Meta refused; the text is its code."""


def check_files(files: Profile, numbers: list[str]) -> list[str]:
    """The profile, and the short forms of titles that are too long."""
    names = [f"data/channels/{name}.yml" for name in ("messenger_profile", "messenger")]
    short = (files.get(names[1]) or {}).get("short_titles", {})
    return [f"{names[0]}: {p}" for p in check(files.get(names[0]), numbers)] + [
        f"{names[1]}: no short form of {title!r}: {to!r}"
        for title, to in short.items()
        if not 1 <= len(str(to)) <= TITLE < len(title)
    ]


def check(profile: object, numbers: list[str]) -> list[str]:
    """Meta's limits, and ours on words and on where a button leads."""
    if not isinstance(profile, dict) or set(profile) != set(PROPERTIES):
        return [f"holds {', '.join(PROPERTIES)} and nothing else"]
    problems = []
    for name in ("greeting", "ice_breakers", "persistent_menu"):
        locales = [row.get("locale") for row in profile[name]]
        if locales.count("default") != 1 or len(set(locales)) != len(locales):
            problems.append(f"{name}: needs one row for the locale default, and one a locale")
    for name, most in MOST.items():
        for row in profile[name]:
            if not 1 <= len(row["call_to_actions"]) <= most:
                problems.append(f"{name}: 1 to {most} items")
    for key, text in _texts(profile):
        if not text.strip() or len(text) > LIMITS[key]:
            problems.append(f"{key} not a text of 1 to {LIMITS[key]} characters: {text[:40]!r}")
        problems += _problems(key, text, numbers)
    return problems


def _problems(key: str, text: str, numbers: list[str]) -> list[str]:
    if key == "payload":
        known = not text.startswith("/") or text[1:] in LABELS | BUTTON_LABELS
        return [] if known else [f"leads to an unknown label: {text}"]
    return [
        *words.check_words(text),
        *words.check_sentences(text),
        *words.check_numbers(text, numbers),
    ]


def _texts(tree: object) -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key in LIMITS:
                yield key, str(value)
            yield from _texts(value)
    elif isinstance(tree, list):
        for each in tree:
            yield from _texts(each)


def wanted(profile: Profile, public_url: str) -> Profile:
    """With the address of the web page, or without what needs it."""
    menus = [
        {
            **row,
            "call_to_actions": [i for i in map(_placed(public_url), row["call_to_actions"]) if i],
        }
        for row in profile["persistent_menu"]
    ]
    return {**profile, "persistent_menu": menus}


def _placed(public_url: str) -> Any:
    def placed(item: Profile) -> Profile | None:
        if item.get("url") != PAGE:
            return item
        return {**item, "url": public_url} if public_url.startswith("https://") else None

    return placed


def difference(there: Profile, ours: Profile) -> list[str]:
    return [
        line
        for name in PROPERTIES
        for line in difflib.unified_diff(
            _lines(there.get(name)), _lines(ours.get(name)), f"Page: {name}", f"file: {name}", n=1
        )
    ]


def _lines(value: object) -> list[str]:
    if not value:
        return []
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).splitlines()


class Page:
    """The Page's side of it."""

    def __init__(self, account: Account, transport: httpx.BaseTransport | None = None):
        self._account = account
        self._client = httpx.Client(timeout=SECONDS, transport=transport)

    def profile(self) -> Profile:
        fields = {"fields": ",".join(PROPERTIES)}
        answer = self._call("GET", "/me/messenger_profile", params={**fields, **self._proof()})
        found: Profile = {}
        for row in answer.get("data") or []:
            found |= {name: value for name, value in row.items() if name in PROPERTIES}
        return found

    def set(self, there: Profile, ours: Profile) -> None:
        """Only what differs, as Meta counts calls; a menu needs its Get Started button first."""
        changed = {
            name: ours[name] for name in PROPERTIES if _lines(there.get(name)) != _lines(ours[name])
        }
        if changed:
            self._call("POST", "/me/messenger_profile", json={**changed, **self._proof()})

    def persona(self, name: str, picture: str) -> str:
        body = {"name": name, "profile_picture_url": picture, **self._proof()}
        return str(self._call("POST", f"/{self._account.page}/personas", json=body)["id"])

    def _proof(self) -> dict[str, str]:
        return {"access_token": self._account.token, "appsecret_proof": self._account.proof}

    def _call(self, method: str, path: str, **more: Any) -> Profile:
        try:
            answer = self._client.request(method, f"{self._account.graph_url}{path}", **more)
            content = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise RefusedError(type(error).__name__) from None
        if not isinstance(content, dict) or "error" in content or not answer.is_success:
            told = content if isinstance(content, dict) else {}
            raise RefusedError(str(graph.refusal(answer.status_code, told, answer.headers)))
        return content


def run(page: Page, public_url: str, apply: bool) -> int:
    """What `main` does once it knows the Page."""
    there, ours = page.profile(), wanted(wording.load_yaml(FILE), public_url)
    lines = difference(there, ours)
    print("\n".join(lines) or "The Page shows what the file says.")
    if lines and apply:
        page.set(there, ours)
        print("Put in place.")
    elif lines:
        print("Nothing was changed; --apply puts it in place.")
    return 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.messenger_profile")
    parser.add_argument("--apply", action="store_true", help="put the file in place")
    parser.add_argument("--persona", nargs=2, metavar=("NAME", "PICTURE_ADDRESS"))
    asked = parser.parse_args(arguments)
    try:
        settings = Settings.load()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    found = account.of(settings)
    if not settings.messenger_page_id or found is None:
        print("GUIDE_MESSENGER_PAGE_ID is not set.", file=sys.stderr)
        return 2
    page = Page(found)
    try:
        if asked.persona:
            print(page.persona(*asked.persona))
            return 0
        return run(page, found.public_url, asked.apply)
    except RefusedError as error:
        print(f"Meta refused: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
