"""The evaluation's figures, its CSV reading and its command line, without a model."""

import json
import sys
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant import evaluate, metrics
from assistant.context import ALONE, Context
from assistant.eval_rows import KINDS, LABELS, RISKS, RowError, read_files, read_rows

HELD_OUT = Path(__file__).parents[1] / "understanding"
COST, HOURS, FAMILY = "faq/iop_cost", "faq/iop_schedule", "faq/iop_family"


def judged(label: str, answer: str, **more: Any) -> metrics.Judged:
    fields: dict[str, Any] = {
        "file": "a.csv",
        "line": 2,
        "accept": (),
        "risk": "now" if label.startswith("crisis/") else "none",
        "kind": "normal",
        "ranking": ((answer, 0.9),),
        "offered": (answer,),
        "ms": 1.0,
    }
    return metrics.Judged(label=label, answer=answer, **{**fields, **more})


def value(rows: list[metrics.Judged], name: str) -> tuple[object, int]:
    rate = metrics.rates(rows)[name]
    return rate["value"], rate["n"]


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (92, 100, 0.850, 0.959)],
)
def test_wilson_as_published(hits: int, n: int, low: float, high: float) -> None:
    assert metrics.wilson(hits, n) == pytest.approx((low, high), abs=5e-4)


def test_a_rate_of_nothing_is_null() -> None:
    assert metrics.rate(0, 0) == {"value": None, "low": None, "high": None, "n": 0}


def test_top1_counts_accepted_labels_apart() -> None:
    rows = [judged(COST, COST), judged(COST, HOURS, accept=(HOURS,)), judged(COST, FAMILY)]
    assert value(rows, "top1_strict") == (pytest.approx(1 / 3), 3)
    assert value(rows, "top1_accepted") == (pytest.approx(2 / 3), 3)


def test_top3_looks_no_further_than_the_third() -> None:
    others = ((HOURS, 0.4), (FAMILY, 0.3))
    third = judged(COST, "unsure", ranking=(*others, (COST, 0.2)))
    fourth = judged(COST, "unsure", ranking=(*others, ("greet", 0.2), (COST, 0.1)))
    assert value([third, fourth], "top3") == (0.5, 2)


def test_out_of_scope_may_be_refused_or_unsure() -> None:
    rows = [judged("out_of_scope", a) for a in ("out_of_scope", "unsure", COST, "greet")]
    assert value(rows, "oos_recall") == (0.5, 4)
    assert value(rows, "in_scope_rejection") == (None, 0)


def test_in_scope_rejection_spares_accepted_refusals() -> None:
    rows = [
        judged(COST, "unsure"),
        judged(COST, "out_of_scope"),
        judged(COST, "out_of_scope", accept=("out_of_scope",)),
        judged("crisis/suicide", "crisis/suicide"),
    ]
    assert value(rows, "in_scope_rejection") == (0.5, 4)


def test_any_crisis_answer_finds_a_crisis() -> None:
    rows = [
        judged("crisis/suicide", "crisis/overdose"),
        judged("crisis/violence", "share_feelings"),
    ]
    assert value(rows, "crisis_recall") == (0.5, 2)


def test_false_alarms_leave_unclear_rows_out() -> None:
    rows = [
        judged(COST, "crisis/suicide"),
        judged(COST, COST),
        judged("share_feelings", "crisis/suicide", risk="maybe"),
        judged("share_feelings", "crisis/suicide", accept=("crisis/suicide",)),
        judged(COST, COST, kind="hard_negative"),
    ]
    assert value(rows, "crisis_false_alarms") == (pytest.approx(1 / 3), 3)
    assert value(rows, "crisis_false_alarms_hard") == (0.0, 1)


def test_followups_and_doubles() -> None:
    rows = [
        judged(COST, COST, kind="followup"),
        judged(COST, HOURS, kind="followup"),
        judged(COST, COST, kind="multi", accept=(HOURS,), offered=(COST, HOURS)),
        judged(COST, COST, kind="multi", accept=(HOURS,)),
    ]
    assert value(rows, "followup_accepted") == (0.5, 2)
    assert value(rows, "multi_both") == (0.5, 2)


def test_only_an_answer_without_anything_right_is_confidently_wrong() -> None:
    rows = [
        judged(COST, HOURS),
        judged(COST, HOURS, accept=(HOURS,)),
        judged(COST, HOURS, offered=(HOURS, COST)),
        judged(COST, "unsure", offered=(HOURS, FAMILY)),
        judged("out_of_scope", COST),
    ]
    assert value(rows, "confident_wrong") == (pytest.approx(2 / 5), 5)


def test_percentiles_are_nearest_rank() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert metrics.percentile(values, 0.5) == 50
    assert metrics.percentile(values, 0.95) == 95
    assert metrics.percentile([7.0], 0.95) == 7
    assert metrics.percentile([], 0.5) is None


def test_f1_per_label() -> None:
    rows = [judged(COST, COST), judged(COST, "unsure"), judged(HOURS, COST)]
    found = metrics.per_label(rows)
    assert found[COST] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "n": 2}
    assert found[HOURS]["f1"] == 0
    assert "unsure" not in found


def test_confusions_are_worst_first_and_say_where() -> None:
    rows = [judged(HOURS, COST), judged(COST, HOURS), judged(COST, HOURS, line=9)]
    first, second = metrics.confusions(rows)
    assert (first["label"], first["answer"], first["count"]) == (COST, HOURS, 2)
    assert first["rows"] == ["a.csv:2", "a.csv:9"]
    assert second["count"] == 1


def test_calibration_error() -> None:
    sure = [judged(COST, COST, ranking=((COST, 0.95),))] * 3
    wrong = judged(COST, HOURS, ranking=((HOURS, 0.95),))
    certain = judged(COST, COST, ranking=((COST, 1.0),))
    found = metrics.calibration([*sure, wrong, certain])
    assert found["bins"][9]["n"] == 5
    assert found["ece"] == pytest.approx(abs(0.96 - 0.8))
    assert metrics.calibration([])["ece"] is None


def test_held_out_rows_are_as_many_as_promised() -> None:
    rows = read_files(sorted(HELD_OUT.glob("*.csv")))
    normal = [row.label for row in rows if row.kind == "normal"]
    assert set(normal) == LABELS
    assert min(normal.count(label) for label in LABELS) >= 14
    assert normal.count("out_of_scope") >= 160
    assert sum(row.label.startswith("crisis/") and row.risk == "now" for row in rows) >= 160
    kinds = [row.kind for row in rows]
    assert kinds.count("hard_negative") >= 110
    assert kinds.count("followup") >= 64
    assert kinds.count("multi") >= 64
    assert {row.risk for row in rows} <= set(RISKS)
    assert set(kinds) == set(KINDS)


def test_two_columns_are_enough(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text('\ufefftext,label\n"how much,\nabout",faq/iop_cost\n', encoding="utf-8")
    (row,) = read_rows(path)
    assert (row.label, row.accept, row.risk, row.kind, row.previous) == (
        COST,
        (),
        "none",
        "normal",
        None,
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"text,label\n", "no rows"),
        (b"text,accept\nhi,greet\n", "column missing: label"),
        (b"text,label\nhi,faq/iop_costs\n", "unknown label 'faq/iop_costs' (did you mean faq/iop_"),
        (b"text,label,accept\nhi,greet,zzz\n", "unknown label 'zzz'"),
        (b"text,label\n\xff\xfe,greet\n", "not UTF-8"),
        (b"text,label\n,greet\n", "the text is empty"),
        (b"text,label\nhi,there,greet\n", "more cells than columns"),
        (b"text,label,kind\nhi,greet,odd\n", "kind is 'odd'"),
        (b"text,label,risk\nhi,greet,high\n", "risk is 'high'"),
        (b"text,label,kind\nhi,greet,followup\n", "previous"),
        (b"text,label,kind\nhi,greet,multi\n", "second question"),
    ],
)
def test_bad_input_ends_with_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    assert evaluate.main([str(path), "--out", str(tmp_path)]) == 2
    assert message in capsys.readouterr().err


def test_a_missing_file_ends_with_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate.main([str(tmp_path / "none.csv")]) == 2
    assert "cannot be read" in capsys.readouterr().err
    with pytest.raises(RowError, match="no CSV files"):
        evaluate.held_out(tmp_path)


class Fake:
    """Stands for the model: knows one word, and keeps what it was asked."""

    asked: list[tuple[str, str | None]] = []  # noqa: RUF012

    @classmethod
    def load(cls, models: Path) -> "Fake":
        if models.name == "empty":
            raise FileNotFoundError("nothing here")
        return cls()

    def parse(self, text: str, context: Context = ALONE) -> Mapping[str, Any]:
        assert context.expects is None
        self.asked.append((text, context.previous))
        label = COST if "much" in text else "unsure"
        ranking = [{"label": COST, "confidence": 0.8}, {"label": HOURS, "confidence": 0.1}]
        return {"label": label, "confidence": 0.8, "ranking": ranking, "offered": [COST]}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[Fake]:
    module = types.ModuleType("assistant.understanding")
    module.__dict__["Understanding"] = Fake
    monkeypatch.setitem(sys.modules, "assistant.understanding", module)
    monkeypatch.setattr(Fake, "asked", [])
    return Fake


def test_the_command_writes_both_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fake: type[Fake]
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "text,label,kind,previous\n"
        "how much,faq/iop_cost,,\n"
        "and when,faq/iop_schedule,followup,faq/iop_cost\n"
        "eggs,out_of_scope,,\n"
    )
    assert evaluate.main([str(path), "--out", str(tmp_path / "build")]) == 0
    printed = capsys.readouterr().out
    found = json.loads((tmp_path / "build/eval.json").read_text())
    assert found["rows"] == 3
    assert found["top1_accepted"]["value"] == pytest.approx(1 / 3)
    assert found["oos_recall"] == {**metrics.rate(1, 1)}
    assert found["followup_accepted"]["n"] == 1
    assert found["p95_ms"] >= found["p50_ms"] >= 0
    assert "| top1_accepted" in printed
    assert printed == (tmp_path / "build/eval.md").read_text()
    assert ("and when", COST) in fake.asked


def test_no_model_ends_with_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fake: type[Fake]
) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("text,label\nhi,greet\n")
    assert evaluate.main([str(path), "--models", str(tmp_path / "empty")]) == 2
    assert "no trained model" in capsys.readouterr().err
    assert not fake.asked


def test_a_row_about_a_request_is_read_where_one_is_open(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("text,label,accept\na,request_cancel,\nb,goodbye,request_status\nc,thank,\n")
    assert [row.request for row in read_rows(path)] == ["open", "open", None]


def test_a_parted_topic_is_accepted_in_either_part_but_not_as_a_second_question(
    tmp_path: Path,
) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(
        "text,label,accept,kind\na,faq/privacy,,\nb,faq/detox,faq/privacy,multi\nc,faq/detox,,\n"
    )
    accepted = [row.accept for row in read_rows(path)]
    assert accepted == [("faq/treatment_privacy",), ("faq/privacy",), ()]
