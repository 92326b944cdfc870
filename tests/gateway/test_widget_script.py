"""The chat window's script as it is served: small, up to date, in both languages."""

import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from care.settings import ROOT, Settings
from gateway import widget
from gateway.app import create_app
from tests.gateway.conftest import Gateway
from tools import wording

WIDGET = ROOT / "widget"
MOST_BYTES = 18 * 1024
MADE_OF_PARTS = {
    f"{name}_{part}"
    for names, parts in (
        (("end", "forget", "save"), ("title", "text", "yes")),
        (("sound", "calm"), ("on", "off")),
        (("offline", "unreachable"), ("title",)),
        (("waiting", "refused"), ("again",)),
    )
    for name in names
    for part in parts
}
ENGLISH, SPANISH = (widget.languages()[code] for code in ("en", "es"))


def sources_hash() -> str:
    """As build.mjs makes it: over all that decides what the bundle is."""
    sources = [path for path in (WIDGET / "src").rglob("*") if path.is_file()]
    kept = [path for path in sources if not path.name.endswith(".test.ts")]
    total = hashlib.sha256()
    for name in sorted(
        path.relative_to(WIDGET).as_posix()
        for path in [*kept, WIDGET / "build.mjs", WIDGET / "package-lock.json"]
    ):
        total.update(f"{name}\0".encode() + (WIDGET / name).read_bytes() + b"\0")
    return total.hexdigest()


def test_the_bundle_is_built_from_these_sources() -> None:
    first = widget.BUNDLE.read_text(encoding="utf-8").splitlines()[0]
    assert sources_hash() in first, "run `make widget`"


def test_the_lock_file_names_no_registry() -> None:
    lock = (WIDGET / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
    packages = json.loads(lock)["packages"]
    assert all(row["integrity"] for name, row in packages.items() if name)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_browser_loads_at_most_18_kilobytes(gateway: Gateway, language: str) -> None:
    address = f"{gateway.url}/widget.js?language={language}"
    with httpx.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert len(packed) <= MOST_BYTES
    assert gzip.decompress(packed) == httpx.get(address).content


def test_the_script_may_be_kept_and_is_asked_for_anew(gateway: Gateway) -> None:
    first = httpx.get(f"{gateway.url}/widget.js")
    assert first.headers["cache-control"] == "public, max-age=300"
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    asked = {"If-None-Match": first.headers["etag"]}
    assert httpx.get(f"{gateway.url}/widget.js", headers=asked).status_code == 304


def test_it_holds_the_settings_and_nothing_secret(gateway: Gateway) -> None:
    script = httpx.get(f"{gateway.url}/widget.js?language=es").text
    assert '"tel":"+18669290179"' in script
    assert "Ayuda ahora" in script
    assert gateway.core.settings.session_key.get_secret_value() not in script


def test_an_unknown_language_is_english_and_no_page_of_its_own(gateway: Gateway) -> None:
    assert "Get help now" in httpx.get(f"{gateway.url}/widget.js?language=../x").text
    assert httpx.get(f"{gateway.url}/chat/texts/xx").json()["error"]["code"] == "unknown_language"
    assert httpx.get(f"{gateway.url}/chat/texts/es").json()["end"] == "Terminar el chat"


def test_both_languages_say_the_same_things() -> None:
    assert list(ENGLISH) == list(SPANISH)
    for key, text in ENGLISH.items():
        assert text.strip(), key
        assert SPANISH[key].strip(), key
        assert set(wording.PLACEHOLDER.findall(text)) == set(
            wording.PLACEHOLDER.findall(SPANISH[key])
        )
        assert set(wording.ARGUMENT.findall(text)) == set(wording.ARGUMENT.findall(SPANISH[key]))


def test_every_text_is_used_and_every_text_that_is_used_is_there() -> None:
    code = "".join(
        path.read_text(encoding="utf-8") for path in (WIDGET / "src" / "view").glob("*.ts")
    )
    assert {key for key in ENGLISH if f'"{key}"' not in code} - MADE_OF_PARTS == {"language"}
    assert set(re.findall(r'say\(\s*"(\w+)"', code)) <= set(ENGLISH)
    assert set(ENGLISH) >= MADE_OF_PARTS


@pytest.mark.parametrize("key", ENGLISH)
def test_the_words_are_plain(key: str) -> None:
    text = ENGLISH[key]
    assert wording.check_words(text) == []
    if len(text.split()) > 8:
        assert wording.check_reading(text) == []


def test_the_demonstration_is_not_served_in_production(gateway: Gateway) -> None:
    assert httpx.get(f"{gateway.url}/demo").status_code == 200
    settings = gateway.core.settings.model_copy(update={"mode": "production"})
    assert "/demo" not in {getattr(route, "path", "") for route in create_app(settings).routes}


@pytest.mark.parametrize(
    "given",
    [
        {"site_origins": "*"},
        {"site_origins": "https://*.example.org"},
        {"site_origins": "https://example.org/page"},
        {"site_origins": "example.org"},
        {"exit_url": "javascript:alert(1)"},
        {"exit_url": ""},
    ],
)
def test_settings_that_would_open_too_much_stop_the_start(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**given)


def test_the_sources_hold_no_words_for_visitors() -> None:
    """A capital and a blank in a string of the view would be a sentence."""
    for path in Path(WIDGET / "src" / "view").glob("*.ts"):
        if path.name.endswith(".test.ts"):
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        code = [line for line in lines if not line.strip().startswith(("/*", "*", "//"))]
        strings = [part for line in code for part in line.split('"')[1::2]]
        assert [s for s in strings if re.match(r"[A-Z][a-z]+ \w", s)] == [], path.name
