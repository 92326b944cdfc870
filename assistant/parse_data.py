"""What Rasa keeps of a message that was understood, in the shape that its dialogue reads."""

from collections.abc import Sequence
from typing import Any

from assistant.labels import INFORM, NOT_OFFERED, UNSURE, intent_of, is_crisis, is_retrieval

RANKED = 10
OFFERED = 3

Ranking = Sequence[tuple[str, float]]


def intent_data(label: str, confidence: float, ranking: Ranking) -> dict[str, Any]:
    """`intent`, `intent_ranking` and, for labels like `faq/iop_cost`, `response_selector`."""
    intent: dict[str, Any] = {"name": intent_of(label), "confidence": confidence}
    data: dict[str, Any] = {
        "intent": intent,
        "intent_ranking": [{"name": name, "confidence": value} for name, value in ranking[:RANKED]],
        "response_selector": {},
    }
    if is_retrieval(label):
        intent["full_retrieval_intent_name"] = label
        data["response_selector"] = _selected(label, confidence)
    return data


def _selected(label: str, confidence: float) -> dict[str, Any]:
    # No answers here: they come from the domain, which may change without new training.
    response = {
        "responses": [],
        "confidence": confidence,
        "intent_response_key": label,
        "utter_action": f"utter_{label}",
    }
    intent = intent_of(label)
    return {
        "all_retrieval_intents": [intent],
        intent: {"response": response, "ranking": [_ranked(label, confidence)]},
    }


def _ranked(label: str, confidence: float) -> dict[str, Any]:
    return {"intent_response_key": label, "confidence": confidence}


def pressed(label: str, text: str) -> dict[str, Any]:
    """A button that the guide offered: nothing to guess."""
    ranking = [(label, 1.0)]
    return {"text": text, "entities": [], **intent_data(label, 1.0, ranking)}


def label_in(data: dict[str, Any]) -> str:
    """The full label: `faq/iop_cost` where Rasa's intent says `faq`."""
    intent = data["intent"]
    return str(intent.get("full_retrieval_intent_name") or intent.get("name") or UNSURE)


def summary(data: dict[str, Any]) -> dict[str, Any]:
    """The part of the parse that the assistant's callers see."""
    ranking = [
        {"label": entry["name"], "confidence": entry["confidence"]}
        for entry in data.get("intent_ranking", [])
    ]
    return {
        "label": label_in(data),
        "confidence": float(data["intent"].get("confidence") or 0.0),
        "ranking": ranking,
        "second": data.get("second"),
        "beside": data.get("beside") or [],
        "unclear": bool(data.get("unclear")),
    }


def offered(parse: dict[str, Any]) -> list[str]:
    """The labels a visitor gets: the answer or two, with topics beside it as buttons; when unsure
    the likeliest as buttons.
    """
    if parse["label"] not in (UNSURE, INFORM):
        second = [parse["second"]] if parse["second"] else []
        return [parse["label"], *second, *parse["beside"]]
    likely = [entry["label"] for entry in parse["ranking"]]
    return [name for name in likely if name not in NOT_OFFERED and not is_crisis(name)][:OFFERED]
