import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event, SlotSet

from assistant import once


@pytest.fixture(autouse=True)
def prepared() -> None:
    once.prepare()
    once.prepare()


def test_a_good_answer_passes_and_a_bad_one_is_refused() -> None:
    action = RemoteAction("any", None)
    assert action._validate_action_result({"events": [], "responses": []})
    for bad in ({"events": 5}, {"responses": ["text"]}, [], None):
        with pytest.raises(ValidationError):
            action._validate_action_result(bad)


def test_events_are_found_by_their_names() -> None:
    assert Event.resolve_by_type("slot") is SlotSet
    assert Event.resolve_by_type("slot") is SlotSet
    with pytest.raises(ValueError, match="no such event"):
        Event.resolve_by_type("no such event")
