"""One answer is not said twice running: what else may be meant, and a person, come in its place."""

from tests.gateway.conftest import Gateway

COST = {
    "text": "An IOP costs less.",
    "response": "utter_faq/iop_cost",
    "buttons": [{"title": "Ways to pay", "payload": "/faq/paying_for_treatment"}],
    "metadata": {},
}


def test_the_same_topic_again_is_no_answer(gateway: Gateway) -> None:
    gateway.assistant.label = "faq/iop_cost"
    gateway.assistant.replies = [COST]
    visitor = gateway.visitor()
    visitor.send("how much is it")
    visitor.wait_for_answers(1)
    visitor.send("no i mean for me")
    again = visitor.wait_for_answers(2)[-1]
    assert again["text"].startswith("What I just said is all I have on that")
    assert [b["title"] for b in again["buttons"]] == ["Ways to pay", "Talk to a person"]
    visitor.send("so how much")
    assert visitor.wait_for_answers(3)[-1]["text"] == "An IOP costs less."


def test_a_button_gets_its_answer_however_often_it_is_pressed(gateway: Gateway) -> None:
    gateway.assistant.label = "faq/iop_cost"
    gateway.assistant.replies = [
        {**COST, "buttons": [{"title": "Cost", "payload": "/faq/iop_cost"}]}
    ]
    visitor = gateway.visitor()
    visitor.send("how much is it")
    visitor.wait_for_answers(1)
    visitor.send("Cost", button="/faq/iop_cost")
    assert visitor.wait_for_answers(2)[-1]["text"] == "An IOP costs less."
