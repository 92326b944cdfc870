"""What the gateway adds to an answer: topics beside it, a warm line, what was picked."""

import pytest

from care import feedback, requests, tickets
from tests.gateway.conftest import Gateway


def test_a_topic_that_may_have_been_meant_instead_is_one_tap_away(gateway: Gateway) -> None:
    gateway.assistant.beside = ["faq/php", "faq/no_such_topic"]
    visitor = gateway.visitor()
    visitor.send("words")
    (answer,) = visitor.wait_for_answers(1)
    payloads = [button.get("payload") or button["url"] for button in answer["buttons"]]
    assert payloads == ["/faq/php", "/request_human", "tel:1-866-929-0179".replace("-", "")]
    visitor.send("that one", button="/faq/php")
    visitor.wait_for_answers(2)
    assert gateway.assistant.asked[-1]["label"] == "faq/php"


def test_a_button_pressed_many_turns_later_is_answered_as_what_it_says(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send("words 0")
    visitor.wait_for_answers(1)
    reply = {"text": "no buttons here", "buttons": [], "response": "utter_thank", "metadata": {}}
    gateway.assistant.replies = [reply]
    for number in range(1, 4):
        visitor.send(f"words {number}")
        visitor.wait_for_answers(number + 1)
    visitor.send("Talk to a person", button="/request_human")
    visitor.wait_for_answers(5)
    assert gateway.assistant.asked[-1]["label"] == "request_human"


def test_the_assistant_knows_how_this_conversations_request_stands(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send("words 0")
    visitor.wait_for_answers(1)
    visit = gateway.assistant.asked[-1]["conversation"]
    tickets.request_callback(gateway.core, visit, "key-1", {"contact_name": "Sam"})
    visitor.send("words 1")
    visitor.wait_for_answers(2)
    requests.cancel(gateway.core, visit)
    visitor.send("words 2")
    visitor.wait_for_answers(3)
    assert [asked["request"] for asked in gateway.assistant.asked] == [None, "open", "over"]


def test_the_yes_to_delete_counts_when_its_own_question_is_deleted(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    visitor.send("Yes, delete it", button="/delete_yes")
    visitor.wait_for_answers(1)
    visitor.send("Yes, send it", button="/contact_send")
    visitor.wait_for_answers(2)
    assert [asked["label"] for asked in gateway.assistant.asked] == ["delete_yes", None]


def test_a_pick_after_did_you_mean_is_kept_as_feedback(gateway: Gateway) -> None:
    buttons = [{"title": "Detox", "payload": "/faq/detox"}, {"title": "PHP", "payload": "/faq/php"}]
    unsure = {"text": "Which?", "buttons": buttons, "response": "utter_unsure", "metadata": {}}
    gateway.assistant.label, gateway.assistant.replies = "unsure", [unsure]
    visitor = gateway.visitor()
    visitor.send("that partial thing")
    visitor.wait_for_answers(1)
    gateway.assistant.replies = None
    visitor.send("PHP", button="/faq/php")
    visitor.wait_for_answers(2)
    assert feedback.counts(gateway.core) == {("faq/detox", "faq/php"): 1}


STORY = "my son took my car again and i am so ashamed that i cried at work, what does it cost"


def test_a_feeling_told_beside_a_question_is_met_before_the_answer(gateway: Gateway) -> None:
    visitor = gateway.visitor()
    for number in range(1, 4):
        visitor.send(f"{STORY} {number}")
        visitor.wait_for_answers(number)
    texts = [answer["text"] for answer in visitor.wait_for_answers(3)]
    first, second, third = (text.split("You said")[0] for text in texts)
    assert first.endswith(".\n\n")
    assert second == ""
    assert third not in ("", first)


@pytest.mark.parametrize("label", ["share_feelings", "thank"])
def test_only_a_topic_s_answer_is_led_by_a_warm_line(gateway: Gateway, label: str) -> None:
    gateway.assistant.label = label
    visitor = gateway.visitor()
    visitor.send(STORY)
    (answer,) = visitor.wait_for_answers(1)
    assert answer["text"].startswith("You said")


def test_in_the_form_and_after_a_danger_no_warm_line_leads(gateway: Gateway) -> None:
    form = {"text": "Name?", "response": "x", "metadata": {"expects": "contact_name"}}
    gateway.assistant.replies = [form]
    asked, endangered = gateway.visitor(), gateway.visitor()
    asked.send("call me")
    asked.wait_for_answers(1)
    endangered.send("i want to kill myself")
    endangered.wait_for_answers(1)
    gateway.assistant.replies = None
    for visitor in (asked, endangered):
        visitor.send(STORY)
        assert visitor.wait_for_answers(2)[1]["text"].startswith("You said")


def test_what_is_kept_is_put_into_its_text_without_the_assistant(gateway: Gateway) -> None:
    reply = {"text": "Kept:\n$kept_all", "response": "utter_my_data_all", "metadata": {}}
    gateway.assistant.replies = [reply]
    visitor = gateway.visitor()
    visitor.send("i am robin@example.com, what do you have on me")
    (answer,) = visitor.wait_for_answers(1)
    assert "robin@example.com, what do you have on me" in answer["text"]
    assert "robin@example.com" not in str(gateway.assistant.asked)
