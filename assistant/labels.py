"""Labels such as `faq/iop_cost`, and how Rasa wants them told."""

from typing import Any

from rasa.shared.core.domain import Domain

UTTER = "utter_"
SELECTORS = "response_selector"


def of(parse: dict[str, Any]) -> str:
    """The full label of a parsed message."""
    intent = parse["intent"]
    return str(intent.get("full_retrieval_intent_name") or intent.get("name"))


def is_known(domain: Domain, label: str) -> bool:
    if "/" in label:
        return f"{UTTER}{label}" in domain.responses
    return label in domain.intents


def prediction(label: str, confidence: float, ranking: list[dict[str, Any]]) -> dict[str, Any]:
    """What a message's parse holds for a label: intent, ranking and, for a topic, the answer.

    A retrieval label fills `response_selector` too, as Rasa's ActionRetrieveResponse reads it.
    """
    intent, _, topic = label.partition("/")
    parse: dict[str, Any] = {
        "intent": {"name": intent, "confidence": confidence},
        "intent_ranking": ranking,
    }
    if topic:
        parse["intent"]["full_retrieval_intent_name"] = label
        response = {
            "responses": None,
            "confidence": confidence,
            "intent_response_key": label,
            "utter_action": f"{UTTER}{label}",
        }
        parse[SELECTORS] = {
            "all_retrieval_intents": [intent],
            intent: {"response": response, "ranking": [response]},
        }
    return parse


def pressed(text: str, label: str) -> dict[str, Any]:
    """The parse of a button that the guide itself offered."""
    ranking = [{"name": label, "confidence": 1.0}]
    return {"text": text, "entities": [], **prediction(label, 1.0, ranking)}
