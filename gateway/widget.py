"""The chat window's script: the bundle built from widget/, with this guide's settings around it."""

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
from starlette.requests import Request
from starlette.responses import Response

from care import wording
from care.privacy import REGION
from care.settings import Settings

BUNDLE = Path(__file__).parent / "widget.js"
INTERFACE = wording.DATA / "interface"
DEFAULT = "en"
CACHE_SECONDS = 300


@dataclass(frozen=True)
class Script:
    """The script in one language, as it goes over the wire."""

    plain: bytes
    packed: bytes
    tag: str

    @classmethod
    def of(cls, settings: Settings, language: str) -> "Script":
        given = json.dumps(_settings(settings, language), separators=(",", ":"))
        _, _, bundle = BUNDLE.read_text(encoding="utf-8").partition("\n")
        plain = f"(function(GUIDE){{{bundle}}})({given})".encode()
        tag = f'"{hashlib.sha256(plain).hexdigest()[:32]}"'
        return cls(plain, gzip.compress(plain, 9, mtime=0), tag)


class Scripts:
    """Serves the script; what it says is the same for everybody, so that it may be kept a while."""

    def __init__(self, settings: Settings):
        self._scripts = {code: Script.of(settings, code) for code in languages()}

    async def serve(self, request: Request) -> Response:
        language = request.query_params.get("language", DEFAULT)
        script = self._scripts.get(language, self._scripts[DEFAULT])
        headers = {
            "Cache-Control": f"public, max-age={CACHE_SECONDS}",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "ETag": script.tag,
            "Vary": "Accept-Encoding",
        }
        if script.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        packed = "gzip" in request.headers.get("accept-encoding", "")
        if packed:
            headers["Content-Encoding"] = "gzip"
        body = script.packed if packed else script.plain
        return Response(body, media_type="text/javascript", headers=headers)


@cache
def languages() -> dict[str, dict[str, str]]:
    """What the window says, by language: data/interface/."""
    return {path.stem: wording.load_yaml(path) for path in sorted(INTERFACE.glob("*.yml"))}


def texts(settings: Settings, language: str) -> dict[str, str] | None:
    found = languages().get(language)
    return found and {key: wording.fill(text, settings.spoken) for key, text in found.items()}


def callable_number(number: str) -> str:
    """A telephone number as an address of it has it."""
    parsed = phonenumbers.parse(number, REGION)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _settings(settings: Settings, language: str) -> dict[str, Any]:
    return {
        "hotline": {"shown": settings.hotline, "tel": callable_number(settings.hotline)},
        "exit": settings.exit_url,
        "language": language,
        "languages": {code: words["language"] for code, words in languages().items()},
        "texts": texts(settings, language),
    }
