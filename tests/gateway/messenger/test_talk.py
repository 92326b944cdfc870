"""A conversation on Messenger as a person has it."""

from datetime import timedelta
from pathlib import Path

from care import conversations, outbox
from care.models import Conversation
from care.transcript import Line
from gateway.channels.messenger.events import fit
from gateway.dev.fake_graph import RefusedError
from tests.gateway.messenger.kit import OTHER, PERSON, Chat, texts, titles


async def test_the_first_answer_says_who_sees_this_chat_and_where_else_to_go(chat: Chat) -> None:
    sent = await chat.says("how much is it?")
    assert "Meta" in texts(sent)[0]
    assert "not a person" in texts(sent)[0]
    assert titles(sent[:1])[-1] == "Call us"
    assert "You said" in texts(sent)[1]
    assert not any("Meta" in text for text in texts(await chat.says("and then?")))


async def test_get_started_is_answered_with_the_greeting_and_its_choices(chat: Chat) -> None:
    event = chat.event(postback={"mid": "m_1", "title": "Get Started", "payload": "get_started"})
    assert await chat.batch(event) == 200
    await chat.settle()
    (greeting,) = chat.graph.sent
    assert "Meta" in texts([greeting])[0]
    assert "Talk to a person" in titles([greeting])
    assert chat.assistant.asked == []


async def press(chat: Chat, payload: str, title: str | None = "Talk to a person") -> None:
    told = {"mid": f"m_{payload}", "payload": payload, **({"title": title} if title else {})}
    assert await chat.batch(chat.event(postback=told)) == 200
    await chat.settle()


async def test_a_button_that_was_offered_is_its_label(chat: Chat) -> None:
    await chat.says("hello")
    await press(chat, "/request_human")
    assert chat.assistant.asked[-1]["label"] == "request_human"


async def test_a_forged_button_is_only_its_words(chat: Chat) -> None:
    await chat.says("hello")
    await press(chat, "/faq/relapse", "Relapse")
    assert (chat.assistant.asked[-1]["label"], chat.assistant.asked[-1]["text"]) == (
        None,
        "Relapse",
    )
    for payload in ('/inform{"name": "x"}', "/restart", "/faq/iop_cost{}"):
        await press(chat, payload, None)
        asked = chat.assistant.asked[-1]
        assert (asked["label"], asked["text"]) == (None, payload)


async def test_what_somebody_else_was_offered_is_no_button_for_me(chat: Chat) -> None:
    conversations.say(chat.core, await begun(chat, OTHER), offer(1))
    await chat.says("hello")
    await press(chat, "/faq/0", "Topic 0")
    assert chat.assistant.asked[-1]["label"] is None


async def begun(chat: Chat, person: str = PERSON) -> str:
    await chat.says("hello", person)
    return chat.conversation(person)


def offer(count: int) -> Line:
    buttons = tuple({"title": f"Topic {n}", "payload": f"/faq/{n}"} for n in range(count))
    return Line("Which topic?", buttons=buttons)


async def test_the_menu_beside_the_chat_is_always_on_offer(chat: Chat) -> None:
    await press(chat, "/who_runs_this", "Who runs this")
    assert chat.assistant.asked[-1]["label"] == "who_runs_this"


async def test_a_number_or_the_words_of_a_choice_pick_it(chat: Chat) -> None:
    conversations.say(chat.core, await begun(chat), offer(5))
    await chat.settle()
    assert titles(chat.graph.sent) == [f"Topic {n}" for n in range(5)]
    await chat.says("2")
    assert chat.assistant.asked[-1]["label"] == "faq/1"


async def test_more_shows_the_choices_that_did_not_fit(chat: Chat) -> None:
    (line,) = conversations.say(chat.core, await begun(chat), offer(20))
    await chat.settle()
    assert titles(chat.graph.sent)[-1] == "More"
    reply = {"payload": f"more:{line.seq}"}
    sent = await chat.says("More", quick_reply=reply)
    assert titles(sent) == [f"Topic {n}" for n in range(12, 20)]
    await chat.says("Topic 15", quick_reply={"payload": "/faq/15"})
    assert chat.assistant.asked[-1]["label"] == "faq/15"


async def test_more_of_nothing_is_a_plain_word(chat: Chat) -> None:
    await chat.says("hello")
    for payload in ("more:1", "more:999", "more:x", "more:"):
        await chat.says("More", quick_reply={"payload": payload})
        assert chat.assistant.asked[-1]["text"] == "More"
        assert chat.assistant.asked[-1]["label"] is None


async def test_a_picture_or_a_voice_message_gets_a_kind_word_and_the_numbers(chat: Chat) -> None:
    await chat.says("hello")
    attachment = {"type": "audio", "payload": {"url": "https://cdn.example/a.mp4"}}
    event = chat.event(message={"mid": "m_audio", "attachments": [attachment]})
    assert await chat.batch(event) == 200
    await chat.settle()
    said = texts(chat.graph.sent)[-1]
    assert "say it in words" in said
    assert "988" in said
    assert len(chat.assistant.asked) == 1


async def test_a_picture_leaves_a_form_where_it_was(chat: Chat) -> None:
    await chat.says("hello")
    with chat.core.transaction() as session:
        session.get_one(Conversation, chat.conversation()).expects = "contact_phone"
    event = chat.event(message={"mid": "m_p", "attachments": [{"type": "image", "payload": {}}]})
    assert await chat.batch(event) == 200
    await chat.settle()
    assert conversations.get(chat.core, chat.conversation()).expects == "contact_phone"


async def test_what_needs_no_dialogue_is_for_the_person_who_answers(chat: Chat) -> None:
    await chat.says("hello")
    with chat.core.transaction() as session:
        session.get_one(Conversation, chat.conversation()).owner = "staff"
    event = chat.event(message={"mid": "m_p", "attachments": [{"type": "image", "payload": {}}]})
    assert await chat.batch(event) == 200
    await chat.settle()
    assert not any("say it in words" in text for text in texts(chat.graph.sent))
    assert chat.history()[-1].text == "[attachment]"


async def test_who_wants_no_messages_gets_none_until_they_write_again(chat: Chat) -> None:
    await chat.says("hello")
    chat.assistant.label = "stop_messages"
    stop = chat.message("stop messaging me")
    assert await chat.batch(stop) == 200
    await chat.settle()
    assert "unless you write" in texts(chat.graph.sent)[-1]
    before = len(chat.graph.sent)
    assert await chat.batch(stop) == 200  # Meta sends it again
    conversations.say(chat.core, chat.conversation(), Line("One thing more.", author="staff"))
    await chat.settle()
    assert len(chat.graph.sent) == before
    assert chat.deliveries()[-1] == ("suppressed", "opted_out")
    chat.assistant.label = "faq/iop_cost"
    assert "You said: i am back" in texts(await chat.says("i am back"))[0]


async def test_danger_in_the_title_of_a_button_is_seen(chat: Chat) -> None:
    await press(chat, "x", "i want to kill myself")
    assert chat.alerted == 1


async def test_a_yes_to_a_crisis_text_is_heard_as_typed(chat: Chat) -> None:
    await chat.says("i want to kill myself")
    assert titles(chat.graph.sent) == ["Yes", "No", "Not sure"]
    before = len(chat.graph.sent)
    await press(chat, "No", "No")
    assert len(chat.graph.sent) > before
    assert chat.history()[2].text == "No"


async def test_danger_goes_ahead_of_what_waits(chat: Chat) -> None:
    conversation = await begun(chat)
    conversations.say(chat.core, conversation, Line("slow news"))
    chat.graph.fail.append(RefusedError(613))
    await chat.courier.once()
    conversations.say(chat.core, conversation, Line("still slower"))
    conversations.say(chat.core, conversation, Line("CALL 988", order=outbox.AS_DANGER))
    await chat.settle()
    assert texts(chat.graph.sent)[-1] == "CALL 988"
    chat.later += timedelta(minutes=2)
    await chat.settle()
    assert texts(chat.graph.sent)[-3:] == ["CALL 988", "slow news", "still slower"]


async def test_nothing_stored_shows_who_wrote(chat: Chat) -> None:
    await chat.says("my words are a canary")
    folder = Path(str(chat.core.engine.url.database)).parent
    stored = b"".join(path.read_bytes() for path in folder.glob("guide.db*"))
    assert PERSON.encode() not in stored
    assert b"canary" not in stored


def test_long_ids_are_kept_by_their_hash() -> None:
    assert fit("m_1") == "m_1"
    assert len(fit("m_" + 90 * "x")) == 64
    assert fit("m_" + 90 * "x") != fit("m_" + 91 * "x")
    assert len(fit("\u00fc")) == 64
