import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from assistant.details import ContactDetails, details


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("You can call Maria Lopez tomorrow", "name", "Maria Lopez"),
        ("tomorrow morning is best", "time", "tomorrow morning"),
        ("I live in Denver", "place", "Denver"),
    ],
)
def test_details_of_a_contact_are_found(text: str, entity: str, value: str) -> None:
    found = [(d["entity"], d["value"]) for d in details(text)]
    assert (entity, value) in found


def test_positions_are_those_of_the_text() -> None:
    text = "Please ask for Maria Lopez"
    for found in details(text):
        assert text[found["start"] : found["end"]] == found["value"]


@pytest.mark.parametrize("expects", [None, "requested_topic", "contact_reach", ["contact_name"]])
def test_where_no_name_or_time_is_asked_for_nobody_looks(expects: object) -> None:
    message = Message({TEXT: "I am Maria Lopez", "metadata": {"expects": expects}})
    ContactDetails().process([message])
    assert message.get(ENTITIES) == []
