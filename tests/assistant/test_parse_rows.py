import io
import json
from typing import Any

import pytest

from assistant import parse_rows
from assistant.context import Context
from assistant.understanding import Understanding


class Echo:
    def parse(self, text: str, context: Context) -> dict[str, Any]:
        return {"label": f"{text} after {context.previous}" + "?" * context.doubted}


def test_one_parse_a_line_in_the_same_order(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Understanding, "load", Echo)
    monkeypatch.setattr(
        "sys.stdin", io.StringIO('{"text": "a"}\n{"text": "b", "previous": "c", "doubted": true}\n')
    )
    assert parse_rows.main() == 0
    lines = [json.loads(line)["label"] for line in capsys.readouterr().out.splitlines()]
    assert lines == ["a after None", "b after c?"]


def test_without_a_model_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> Understanding:
        raise FileNotFoundError("guide.tar.gz (run `make train`)")

    monkeypatch.setattr(Understanding, "load", missing)
    assert parse_rows.main() == 2
    assert "make train" in capsys.readouterr().err
