"""Arrows point one way: actions, gateway and desk use care; assistant stands alone."""

import ast
from pathlib import Path

import pytest

from care.settings import ROOT

OURS = {"actions", "assistant", "care", "desk", "evaluation", "gateway", "tools"}
MAY_USE = {
    "care": {"care"},
    "actions": {"actions", "care"},
    "desk": {"desk", "care"},
    "gateway": {"gateway", "desk", "care"},
    "assistant": {"assistant"},
}
NOT_IN_CARE = {"rasa", "rasa_sdk", "starlette", "fastapi", "sanic", "jinja2", "uvicorn"}
SHARED_WITH_ASSISTANT = {"care.cipher"}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


@pytest.mark.parametrize("package", MAY_USE)
def test_packages_use_only_what_they_may(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        for name in imports(path) - (SHARED_WITH_ASSISTANT if package == "assistant" else set()):
            top = name.split(".")[0]
            assert top not in OURS or top in MAY_USE[package], f"{path} imports {name}"


def test_the_core_knows_neither_rasa_nor_a_web_framework() -> None:
    for path in (ROOT / "care").rglob("*.py"):
        assert not {n.split(".")[0] for n in imports(path)} & NOT_IN_CARE, path


def test_what_the_assistant_shares_depends_on_nothing_of_ours() -> None:
    used = imports(ROOT / "care" / "cipher.py")
    assert not {name.split(".")[0] for name in used} & OURS


def test_custom_actions_hold_no_sql_and_no_environment() -> None:
    for path in (ROOT / "actions").glob("*.py"):
        if not path.name.startswith("_"):
            assert not {n.split(".")[0] for n in imports(path)} & {"sqlalchemy", "os"}, path
