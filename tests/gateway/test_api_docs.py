"""The described interface is the one that is served."""

import re

import yaml
from openapi_spec_validator import validate
from starlette.routing import Route

from care.settings import ROOT, Settings
from gateway.app import create_app

DESCRIBED = yaml.safe_load((ROOT / "gateway" / "openapi.yml").read_text(encoding="utf-8"))
NOT_OF_THE_INTERFACE = ("/desk", "/openapi.yml", "/safety", "/channels", "/dev")


def served(settings: Settings) -> set[tuple[str, str]]:
    return {
        (method.lower(), route.path)
        for route in create_app(settings).routes
        if isinstance(route, Route)
        if route.path != "/" and not route.path.startswith(NOT_OF_THE_INTERFACE)
        for method in (route.methods or set()) - {"HEAD"}
    }


def test_the_description_is_valid_openapi() -> None:
    validate(DESCRIBED)


def test_every_route_is_described_and_every_description_is_served(settings: Settings) -> None:
    described = {(m, path) for path, methods in DESCRIBED["paths"].items() for m in methods}
    assert described == served(settings)


def test_every_error_code_is_in_the_documentation() -> None:
    source = (ROOT / "gateway" / "channels" / "web.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'RefusedError\(\d+, "(\w+)"', source))
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert codes
    assert {code for code in codes if f"`{code}`" not in text} == set()
