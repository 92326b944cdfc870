from pathlib import Path

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from assistant.channel import Replies
from assistant.engine import GuideAgent
from assistant.parse_data import pressed
from assistant.tracker_store import EncryptedTrackerStore
from assistant.trimming import TURNS, trimmed
from care.cipher import CipherError, new_key
from tests.assistant.rasa.conftest import FakeActions

WHO = "0" * 32
SEEDED = "Ottokar Zwiebelfisch"


def turn(text: str) -> list[Event]:
    return [
        UserUttered(text, {"name": "inform", "confidence": 1.0}),
        ActionExecuted("contact_form"),
        BotUttered("What time?", metadata={"utter_action": "utter_ask_contact_time"}),
        ActionExecuted("action_listen"),
    ]


def conversation(domain: Domain, turns: int) -> DialogueStateTracker:
    start: list[Event] = [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        ActionExecuted("action_listen"),
        UserUttered("call me", {"name": "request_callback", "confidence": 1.0}),
        ActionExecuted("contact_form"),
        ActiveLoop("contact_form"),
        SlotSet("contact_name", SEEDED),
        SlotSet("requested_slot", "contact_time"),
        ActionExecuted("action_listen"),
    ]
    events = [*start, *(event for number in range(turns) for event in turn(f"hm {number}"))]
    return DialogueStateTracker.from_events(WHO, events, domain.slots)


@pytest.fixture
def domain(agent: GuideAgent) -> Domain:
    return agent.domain


async def test_slots_and_the_running_form_survive_two_hundred_turns(
    store: EncryptedTrackerStore, domain: Domain
) -> None:
    for turns in (1, 50, 200):
        await store.save(conversation(domain, turns))
        kept = await store.retrieve(WHO)
        assert kept is not None
        assert kept.get_slot("contact_name") == SEEDED
        assert kept.get_slot("requested_slot") == "contact_time"
        assert kept.active_loop_name == "contact_form"
        assert kept.latest_action_name == "action_listen"


async def test_saved_over_and_over_it_stays_small(
    store: EncryptedTrackerStore, domain: Domain
) -> None:
    tracker = conversation(domain, 1)
    sizes = []
    for number in range(60):
        for event in turn(f"still here {number:02}"):
            tracker.update(event, domain)
        await store.save(tracker)
        tracker = await store.retrieve(WHO) or tracker
        sizes.append(len(tracker.events))
    assert max(sizes[20:]) == sizes[-1] <= 5 * TURNS + 12
    assert tracker.get_slot("contact_name") == SEEDED


def test_a_short_conversation_is_kept_as_it_is(domain: Domain) -> None:
    tracker = conversation(domain, 1)
    assert trimmed(tracker, domain) == list(tracker.events)


def test_the_cut_is_at_a_turn_and_the_last_turns_are_whole(domain: Domain) -> None:
    tracker = conversation(domain, 30)
    said = [event.text for event in trimmed(tracker, domain) if isinstance(event, UserUttered)]
    assert said == [f"hm {number}" for number in range(30 - TURNS, 30)]


async def test_the_form_goes_on_after_two_hundred_real_turns(
    agent: GuideAgent, store: EncryptedTrackerStore, actions: FakeActions
) -> None:
    def message(label: str, text: str) -> UserMessage:
        data = pressed(label, text)
        return UserMessage(text, Replies("web"), WHO, data, "web", "1")

    actions.result = {"events": [], "responses": []}
    await agent.processor.turn(message("request_callback", "call me"))
    for _ in range(60):
        await agent.processor.turn(message("faq/cost", "how much"))
    tracker = await store.retrieve(WHO)
    assert tracker is not None
    assert tracker.active_loop_name == "contact_form"
    assert tracker.get_slot("requested_slot") == "contact_name"
    last = message("faq/cost", "how much")
    await agent.processor.turn(last)
    assert [reply["text"] for reply in last.output_channel.collected] == [
        "It costs little.",
        "What name?",
    ]


async def test_nothing_that_was_said_is_readable_in_the_files(
    store: EncryptedTrackerStore, domain: Domain, database: Path
) -> None:
    tracker = conversation(domain, 3)
    tracker.update(UserUttered(f"my name is {SEEDED}"), domain)
    await store.save(tracker)
    store.close()
    raw = b"".join(path.read_bytes() for path in database.parent.glob("assistant.db*"))
    assert WHO.encode() in raw
    for word in (*SEEDED.split(), "contact_name", "call me"):
        assert word.encode() not in raw
        assert word.encode("utf-16-le") not in raw


async def test_a_deleted_conversation_is_gone(store: EncryptedTrackerStore, domain: Domain) -> None:
    await store.save(conversation(domain, 1))
    await store.delete(WHO)
    await store.delete(WHO)
    assert await store.retrieve(WHO) is None
    assert list(await store.keys()) == []


async def test_a_row_opens_with_its_key_and_for_its_conversation_only(
    store: EncryptedTrackerStore,
    domain: Domain,
    database: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await store.save(conversation(domain, 1))
    store._write("1" * 32, store._read(WHO) or b"")
    with pytest.raises(CipherError):
        await store.retrieve("1" * 32)
    monkeypatch.setenv("GUIDE_DATA_KEYS", new_key("other"))
    other = EncryptedTrackerStore(domain, EndpointConfig(f"sqlite:///{database}"))
    with pytest.raises(CipherError):
        await other.retrieve(WHO)
    other.close()


def test_without_a_key_it_does_not_start(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GUIDE_DATA_KEYS", raising=False)
    with pytest.raises(CipherError):
        EncryptedTrackerStore(Domain.empty(), EndpointConfig(f"sqlite:///{database}"))
