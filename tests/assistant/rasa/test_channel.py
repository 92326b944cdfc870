from typing import Any

from assistant.channel import Replies


def reply(text: str, *payloads: str, sources: tuple[str, ...] = ()) -> dict[str, Any]:
    buttons = [{"title": payload, "payload": payload} for payload in payloads]
    return {
        "text": text,
        "buttons": buttons,
        "response": f"utter_{text}",
        "metadata": {"sources": list(sources), "expects": None},
    }


def joined(*replies: dict[str, Any]) -> list[dict[str, Any]]:
    channel = Replies("web")
    channel.collected = list(replies)
    channel.join()
    return channel.collected


def test_two_answers_become_one_reply_with_a_way_to_a_person() -> None:
    one = reply("one", "/faq/a", "/faq/b", "/request_human", sources=("S",))
    two = reply("two", "/faq/b", "/faq/c", "/request_human", sources=("S", "NIDA"))
    (both,) = joined(one, two)
    assert both["text"] == "one\n\ntwo"
    assert both["response"] == "utter_one"
    assert [b["payload"] for b in both["buttons"]] == ["/faq/a", "/faq/b", "/request_human"]
    assert both["metadata"]["sources"] == ["S", "NIDA"]


def test_what_is_not_two_answers_stays_as_it_is() -> None:
    one, two, three = reply("one"), reply("two"), reply("three")
    assert joined() == []
    assert joined(one) == [one]
    assert joined(one, two, three) == [one, two, three]
