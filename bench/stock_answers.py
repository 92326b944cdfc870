"""What stock Rasa understood, in the guide's labels and the evaluation's terms."""

from collections.abc import Mapping
from typing import Any, Final

from assistant.eval_rows import Row
from assistant.metrics import Judged
from bench.stock_project import label_of

FALLBACK: Final = "nlu_fallback"
RETRIEVAL: Final = "faq"
Ranking = tuple[tuple[str, float], ...]


def judged(row: Row, parse: Mapping[str, Any], ms: float) -> Judged:
    answer = answer_of(parse)
    # It asks to put it another way, and offers nothing.
    offered = () if answer == "unsure" else (answer,)
    return Judged.of(row, answer, ranking_of(parse), offered, ms)


def answer_of(parse: Mapping[str, Any]) -> str:
    intent = str(parse["intent"]["name"] or FALLBACK)
    if intent == FALLBACK:
        return "unsure"
    if intent == RETRIEVAL:
        return str(parse["response_selector"][RETRIEVAL]["response"]["intent_response_key"])
    return label_of(intent)


def ranking_of(parse: Mapping[str, Any]) -> Ranking:
    """Both of its classifiers in one list: a topic is as likely as `faq` times the topic."""
    found: list[tuple[str, float]] = []
    for entry in parse["intent_ranking"]:
        name, confidence = str(entry["name"]), float(entry["confidence"])
        if name == RETRIEVAL:
            topics = parse["response_selector"][RETRIEVAL]["ranking"]
            found += [(t["intent_response_key"], confidence * t["confidence"]) for t in topics]
        elif name != FALLBACK:
            found.append((label_of(name), confidence))
    return tuple(sorted(found, key=lambda pair: -pair[1]))
