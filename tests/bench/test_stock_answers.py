"""What stock Rasa understood, in the guide's terms."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.eval_rows import Row
from assistant.evaluate import flat
from assistant.metrics import brief, summary
from bench import stock_environment, stock_eval
from bench.stock_answers import answer_of, judged, ranking_of
from bench.stock_project import intent_of, label_of

ROW = Row("a.csv", 2, "how much", "faq/iop_cost")


def parse(intent: str, *ranking: tuple[str, float]) -> dict[str, Any]:
    topics = [
        {"intent_response_key": "faq/iop_cost", "confidence": 0.75},
        {"intent_response_key": "faq/iop_schedule", "confidence": 0.25},
    ]
    return {
        "intent": {"name": intent, "confidence": 0.8},
        "intent_ranking": [{"name": name, "confidence": value} for name, value in ranking],
        "response_selector": {"faq": {"response": topics[0], "ranking": topics}},
    }


def test_a_label_survives_the_way_to_an_intent_and_back() -> None:
    for label in ("crisis/overdose", "greet", "request_human"):
        assert label_of(intent_of(label)) == label


def test_the_answer_to_a_topic_is_the_selectors() -> None:
    assert answer_of(parse("faq")) == "faq/iop_cost"
    assert answer_of(parse("crisis_suicide")) == "crisis/suicide"


def test_its_fallback_is_unsure_and_offers_nothing() -> None:
    found = judged(ROW, parse("nlu_fallback", ("nlu_fallback", 0.3), ("faq", 0.2)), 1.0)
    assert (found.answer, found.offered) == ("unsure", ())
    assert brief([found])["top3"]["value"] == 1


def test_the_ranking_weighs_topics_by_how_likely_a_topic_is_at_all() -> None:
    found = ranking_of(parse("faq", ("faq", 0.8), ("crisis_overdose", 0.3)))
    assert [name for name, _ in found] == ["faq/iop_cost", "crisis/overdose", "faq/iop_schedule"]
    assert found[0][1] == pytest.approx(0.6)


def test_both_systems_stand_side_by_side_if_they_saw_the_same_rows() -> None:
    stock = {"epochs": 1, **flat(summary([judged(ROW, parse("faq", ("faq", 1)), 9.0)]))}
    guide = {"rows": 1, "top1_accepted": {"value": 0.5}, "p50_ms": 3.0}
    table = stock_eval.beside(stock, guide)
    assert "| top1_accepted            | 1.000      | 0.500 |" in table
    assert "| p50_ms                   | 9.000      | 3.000 |" in table
    assert "make eval" in stock_eval.beside(stock, {**guide, "rows": 2})
    assert "make eval" in stock_eval.beside(stock, {})


def test_the_command_writes_its_figures_beside_the_guides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("text,label\nhow much,faq/iop_cost\nhello,greet\n")
    answers = [{"parse": parse(name, (name, 0.9)), "ms": 2.0} for name in ("faq", "thank")]
    monkeypatch.setattr(stock_environment, "install", lambda: None)
    monkeypatch.setattr(stock_eval, "parses", lambda model, texts: answers[: len(texts)])
    arguments = [str(rows), "--model", str(tmp_path / "m.tar.gz"), "--out", str(tmp_path)]
    assert stock_eval.main(arguments) == 0
    found = json.loads((tmp_path / "eval-stock.json").read_text())
    assert (found["rows"], found["top1_accepted"]["value"]) == (2, 0.5)
    assert "Beside the guide" in capsys.readouterr().out


def test_a_model_that_is_not_there_ends_with_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("text,label\nhello,greet\n")
    monkeypatch.setattr(stock_environment, "install", lambda: None)
    assert stock_eval.main([str(rows), "--model", str(tmp_path / "none.tar.gz")]) == 2
    assert "no such model" in capsys.readouterr().err
