"""Text messages: what somebody with a phone sends, and what they get."""

import uuid
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from sqlalchemy import func, select

from care import addresses, deliveries, retention, wording
from care.addresses import Address
from care.models import Conversation, Delivery, Message, OptEvent, Ticket
from care.settings import Settings
from gateway.app import create_app
from gateway.channels.sms import signature
from gateway.channels.sms.webhooks import MESSAGES, STATUS
from gateway.dev.fake_twilio import inbound
from tests.fakes import FakeAssistant
from tests.gateway.conftest import Gateway
from tests.texter import PERSON, Texter

ANSWER = "You said:"
GREETING = "Hi. I'm the automated guide"
STOPPED, STARTED = "You will get no more texts", "You will get our answers here again"


@pytest.fixture
def phone(gateway: Gateway) -> Iterator[Texter]:
    texter = Texter.at(gateway.url, gateway.core.settings)
    yield texter
    texter.client.close()


def count(gateway: Gateway, model: type) -> int:
    with gateway.core.snapshot() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def conversation(gateway: Gateway, texter: Texter) -> str:
    ours = texter.account.numbers[0]
    return addresses.conversation(gateway.core, Address("sms", texter.number, ours))


def states(gateway: Gateway, texter: Texter) -> list[str]:
    found = deliveries.of_conversation(gateway.core, conversation(gateway, texter))
    return [delivery.state for _, delivery in sorted(found.items())]


def test_a_text_is_answered_after_the_greeting_and_choices_are_numbered(phone: Texter) -> None:
    answer = phone.send("what does it cost")
    assert (answer.status_code, "<Message>" in answer.text) == (200, False)
    greeting, said = phone.wait_for(2)
    assert greeting.startswith(GREETING)
    assert "STOP to end" in greeting
    assert said.startswith(f"{ANSWER} what does it cost")
    assert said.endswith("Or reply:\n1 Talk to a person")


@pytest.mark.parametrize("reply", ["1.", "The first one", "talk to a person!"])
def test_a_choice_is_picked_by_number_place_or_words(
    gateway: Gateway, phone: Texter, reply: str
) -> None:
    phone.send("hello there")
    phone.wait_for(2)
    phone.send(reply)
    phone.wait_for(3)
    assert gateway.assistant.asked[-1]["label"] == "request_human"


def test_a_number_without_such_a_choice_is_plain_text(gateway: Gateway, phone: Texter) -> None:
    phone.send("hello there")
    phone.wait_for(2)
    phone.send("7")
    assert phone.wait_for(3)[-1].startswith(f"{ANSWER} 7")
    assert gateway.assistant.asked[-1]["label"] is None


def test_a_typed_intent_is_plain_text(gateway: Gateway, phone: Texter) -> None:
    phone.send('/request_callback{"contact_name": "x"}')
    phone.wait_for(2)
    assert gateway.assistant.asked[-1]["label"] is None


def test_the_assistant_never_learns_the_number(gateway: Gateway, phone: Texter) -> None:
    phone.send("hello there")
    phone.wait_for(2)
    assert PERSON[2:] not in repr(gateway.assistant.asked)


def test_without_the_right_signature_nothing_is_looked_at(gateway: Gateway, phone: Texter) -> None:
    fields = inbound(phone.account, PERSON, "I want to die", "SM1")
    url = gateway.url + MESSAGES
    for signed in ("", "wrong", "é", "A" * 28):
        headers = {signature.HEADER.encode(): signed.encode()}
        assert httpx.post(url, data=fields, headers=headers).status_code == 403
    assert httpx.post(url, data=fields).status_code == 403
    assert (count(gateway, Conversation), count(gateway, Ticket)) == (0, 0)


def test_a_signature_holds_for_one_body_one_page_and_one_account(
    gateway: Gateway, phone: Texter
) -> None:
    fields = inbound(phone.account, PERSON, "hello", "SM1")
    good = signature.sign(phone.account.token, phone.account.public_url + MESSAGES, fields.items())
    assert phone.post(MESSAGES, {**fields, "Body": "other"}, good).status_code == 403
    assert phone.post(STATUS, fields, good).status_code == 403
    assert phone.post(f"{MESSAGES}?x=1", fields, good).status_code == 403
    assert phone.post(MESSAGES, {**fields, "AccountSid": "AC1"}).status_code == 403
    assert count(gateway, Message) == 0


def test_the_same_message_again_is_answered_once(gateway: Gateway, phone: Texter) -> None:
    for _ in range(3):
        assert phone.send("hello there", sid="SMsame").status_code == 200
    phone.send("and this")
    assert [body[:12] for body in phone.wait_for(3)] == [
        GREETING[:12],
        ANSWER + " he",
        ANSWER + " an",
    ]
    assert len(gateway.assistant.asked) == 2


def test_danger_is_answered_first_in_one_short_text(gateway: Gateway, phone: Texter) -> None:
    phone.send("I want to end it")
    (said,) = phone.wait_for(1)
    assert said.startswith(wording.text("utter_crisis/suicide", "sms").text[:40])
    assert len(said) <= 320
    phone.wait(lambda _: count(gateway, Ticket) == 1)  # a machine that stands still stores it later
    assert gateway.assistant.asked == []


def test_danger_is_answered_with_the_assistant_down(gateway: Gateway, phone: Texter) -> None:
    gateway.assistant.mode = "down"
    phone.send("I took all my pills")
    assert "911" in phone.wait_for(1)[0]


@pytest.mark.parametrize("word", ["STOP", "End!", "please stop texting me"])
def test_a_word_to_stop_stops_and_start_begins_again(
    gateway: Gateway, phone: Texter, word: str
) -> None:
    phone.send(word)
    assert STOPPED in phone.wait_for(1)[0]
    phone.send("hello there")
    assert wait_for_states(gateway, 2)[-1] == deliveries.SUPPRESSED
    phone.send("YES")
    assert STARTED in phone.wait_for(2)[1]
    phone.send("hello again")
    assert ANSWER in phone.wait_for(3)[2]


def test_yes_is_an_answer_for_whoever_never_opted_out(phone: Texter) -> None:
    phone.send("YES")
    assert phone.wait_for(2)[1].startswith(f"{ANSWER} YES")


def test_words_in_a_sentence_do_not_stop(gateway: Gateway, phone: Texter) -> None:
    texts = ("I want to quit drinking", "how do i stop", "cancel my insurance?")
    for answers, text in enumerate(texts, start=2):
        phone.send(text)
        assert text in phone.wait_for(answers)[-1]
    assert count(gateway, OptEvent) == 0


def test_stop_in_a_form_stops_and_leaves_the_form(gateway: Gateway, phone: Texter) -> None:
    gateway.assistant.replies = [{"text": "Your name?", "metadata": {"expects": "contact_name"}}]
    phone.send("call me")
    phone.wait_for(2)
    phone.send("Stop")
    assert STOPPED in phone.wait_for(3)[2]
    with gateway.core.snapshot() as session:
        assert session.scalar(select(Conversation.expects)) is None
    assert len(gateway.assistant.asked) == 1


@pytest.mark.parametrize("words", ["This", "call me on this number", "1"])
def test_the_number_that_somebody_texts_from_need_not_be_typed(
    gateway: Gateway, phone: Texter, words: str
) -> None:
    gateway.assistant.replies = [
        {
            "text": "How can we reach you?",
            "buttons": [{"title": "This number", "payload": "This number"}],
            "metadata": {"expects": "contact_reach"},
        }
    ]
    phone.send("call me")
    phone.wait_for(2)
    phone.send(words)
    phone.wait_for(3)
    assert gateway.assistant.asked[-1]["text"] == "[phone-1]"


def test_help_and_pictures_leave_a_form_where_it_was(gateway: Gateway, phone: Texter) -> None:
    gateway.assistant.replies = [{"text": "Your name?", "metadata": {"expects": "contact_name"}}]
    phone.send("call me")
    phone.wait_for(2)
    phone.send("HELP")
    phone.send("", NumMedia="1")
    phone.wait_for(4)
    phone.send("Sam")
    phone.wait(lambda _: gateway.assistant.asked[-1]["text"] == "Sam")
    assert gateway.assistant.asked[-1]["expects"] == "contact_name"
    assert gateway.assistant.forgotten == []


def test_no_log_holds_a_number_or_a_word(phone: Texter, capfd: pytest.CaptureFixture[str]) -> None:
    for happens in ("broken", "undelivered"):
        phone.simulate(happens)
    phone.send("zebulon asks")
    phone.wait_for(2)
    phone.send("STOP")
    phone.wait_for(3)
    out, err = capfd.readouterr()
    assert "delivery_put_off" in out + err
    for secret in (PERSON, PERSON[2:], "zebulon", phone.account.numbers[0], phone.account.token):
        assert secret not in out + err


def test_stop_is_heard_in_a_flood(gateway: Gateway, phone: Texter) -> None:
    for _ in range(gateway.core.settings.messages_per_minute + 3):
        phone.send("out of office")
    phone.send("STOP")
    phone.wait(lambda got: any(STOPPED in text["body"] for text in got))


def test_plain_words_that_the_assistant_understands_stop_too(
    gateway: Gateway, phone: Texter
) -> None:
    gateway.assistant.label = "stop_messages"
    phone.send("i never signed up for any of this")
    assert STOPPED in phone.wait_for(1)[-1] or STOPPED in phone.wait_for(2)[-1]
    assert count(gateway, OptEvent) == 1


def test_help_names_who_writes_the_price_a_person_and_the_way_out(phone: Texter) -> None:
    phone.send("HELP")
    (said,) = phone.wait_for(1)
    for words in ("Msg & data rates", "STOP", "988", "911", "call "):
        assert words in said


def test_an_opt_out_holds_for_every_number_of_ours(gateway: Gateway, phone: Texter) -> None:
    phone.send("STOP")
    phone.wait_for(1)
    phone.send("hello there", To="+12025550177")
    phone.send("HELP", To="+12025550177")
    texts = phone.wait_for(2)
    assert not any(ANSWER in text for text in texts)
    assert wait_for_states(gateway, 4).count(deliveries.SUPPRESSED) == 2


def states_of(gateway: Gateway) -> list[str]:
    with gateway.core.snapshot() as session:
        return list(session.scalars(select(Delivery.state).order_by(Delivery.id)))


def test_danger_from_a_number_that_opted_out_reaches_staff(gateway: Gateway, phone: Texter) -> None:
    phone.send("STOP")
    phone.wait_for(1)
    phone.simulate("blocked")  # by the carrier
    phone.send("I want to kill myself")
    assert wait_for_states(gateway, 2)[-1] == deliveries.SUPPRESSED
    assert count(gateway, Ticket) == 1
    assert len(phone.got()) == 1


def test_the_reply_to_danger_is_tried_for_whoever_opted_out(phone: Texter) -> None:
    phone.send("STOP")
    phone.wait_for(1)
    phone.send("I want to kill myself")
    assert "988" in phone.wait_for(2)[1]


def wait_for_states(gateway: Gateway, number: int) -> list[str]:
    phone = Texter.at(gateway.url, gateway.core.settings)
    phone.wait(lambda _: len(found := states_of(gateway)) >= number and "queued" not in found)
    phone.client.close()
    return states_of(gateway)


def test_keywords_that_twilio_answered_are_only_written_down(
    gateway: Gateway, phone: Texter
) -> None:
    phone.send("ARRET", OptOutType="STOP")
    phone.send("hello there")
    assert wait_for_states(gateway, 2) == ["suppressed", "suppressed"]
    assert phone.got() == []
    phone.send("BEGIN", OptOutType="START")
    gateway.assistant.label = "faq/detox"
    phone.send("hello there")
    assert ANSWER in phone.wait_for(1)[0]


def test_a_picture_without_words_is_met_kindly(gateway: Gateway, phone: Texter) -> None:
    phone.send("", NumMedia="1", MediaContentType0="image/jpeg", MediaUrl0="https://example.org/x")
    assert "can't see pictures" in phone.wait_for(1)[0]
    phone.send("what is this", NumMedia="1", MediaUrl0="https://example.org/x")
    assert "what is this" in phone.wait_for(3)[2]


def test_what_is_no_message_of_a_person_is_ignored(gateway: Gateway, phone: Texter) -> None:
    fields = inbound(phone.account, PERSON, "hello", "SM1")
    for changed in (
        {"Body": ""},
        {"Body": "  \x00 "},
        {"From": "12345"},
        {"From": ""},
        {"MessageSid": "", "SmsSid": ""},
    ):
        assert phone.post(MESSAGES, {**fields, **changed}).status_code == 200
    assert count(gateway, Conversation) == 0


def test_a_busy_provider_is_tried_again_after_the_time_it_asks_for(
    gateway: Gateway, phone: Texter
) -> None:
    for happens in ("busy", "broken"):
        phone.simulate(happens)
    phone.send("hello there")
    assert len(phone.wait_for(2)) == 2


def test_a_text_whose_answer_was_lost_is_not_sent_twice(gateway: Gateway, phone: Texter) -> None:
    phone.simulate("cut_off")
    phone.send("hello there")
    phone.wait_for(2)
    phone.send("next one")
    assert len(phone.wait_for(3)) == 3


def test_staff_see_what_did_not_arrive(gateway: Gateway, phone: Texter, desk: httpx.Client) -> None:
    phone.simulate("undelivered")
    phone.send("I want to die")
    phone.wait(lambda got: bool(got) and got[0]["status"] == "undelivered")
    wait_for_states(gateway, 1)
    with gateway.core.snapshot() as session:
        number = session.scalar(select(Ticket.number))
    phone.wait(lambda _: states_of(gateway) == ["failed"])
    page = desk.get(f"/desk/tickets/{number}").text
    assert "Did not arrive" in page
    assert "E30003" in page


def test_an_opt_out_that_only_the_carrier_knows_is_learned(gateway: Gateway, phone: Texter) -> None:
    phone.simulate("blocked")
    phone.send("hello there")
    assert wait_for_states(gateway, 2) == ["suppressed", "suppressed"]
    assert count(gateway, OptEvent) == 1


def test_a_report_that_tells_of_an_opt_out_is_learned_too(gateway: Gateway, phone: Texter) -> None:
    phone.send("hello there")
    phone.wait_for(2)
    wait_for_states(gateway, 2)
    fields = {"AccountSid": phone.account.sid, "MessageSid": "SMx", "MessageStatus": "failed"}
    answer = phone.post(f"{STATUS}?d=1&n=1", {**fields, "ErrorCode": "21610"})
    assert answer.status_code == 204
    assert count(gateway, OptEvent) == 1


def test_reports_about_unknown_messages_change_nothing(phone: Texter) -> None:
    fields = {"AccountSid": phone.account.sid, "MessageSid": "SMx", "MessageStatus": "failed"}
    for query in ("", "?d=99&n=1", "?d=x&n=", "?d=1", "?d=999999999&n=999999999"):
        assert phone.post(STATUS + query, fields).status_code == 204
        other = {**fields, "MessageStatus": "dreaming"}
        assert phone.post(STATUS + query, other).status_code == 200


def test_whoever_deletes_their_data_stays_opted_out(gateway: Gateway, phone: Texter) -> None:
    phone.send("STOP")
    phone.wait_for(1)
    retention.forget(gateway.core, conversation(gateway, phone))
    phone.send("hello there")
    assert wait_for_states(gateway, 2)[-1] == deliveries.SUPPRESSED


@tried(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.dictionaries(
        st.sampled_from(["Body", "From", "To", "MessageSid", "NumMedia", "OptOutType", "x\x00"]),
        st.text(max_size=200),
    ),
    status=st.booleans(),
)
def test_no_signed_request_breaks_the_webhook(
    phone: Texter, fields: dict[str, str], status: bool
) -> None:
    known = inbound(phone.account, PERSON, "hello", f"SM{uuid.uuid4().hex}")
    fields = {name: value.encode("utf-8", "replace").decode() for name, value in fields.items()}
    path = f"{STATUS}?d={fields.get('Body', '')[:3].encode().hex()}" if status else MESSAGES
    assert phone.post(path, {**known, **fields}).status_code < 500


@tried(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), signed=st.text(max_size=40))
def test_no_unsigned_request_breaks_the_webhook(phone: Texter, body: bytes, signed: str) -> None:
    headers = {signature.HEADER: signed.encode("utf-8", "replace").hex()}
    assert phone.client.post(MESSAGES, content=body, headers=headers).status_code == 403


def test_a_flood_is_not_answered_but_danger_in_it_is(gateway: Gateway, phone: Texter) -> None:
    for _ in range(gateway.core.settings.messages_per_minute + 3):
        assert phone.send("out of office").status_code == 200
    phone.send("I want to die")
    phone.wait(lambda got: any("988" in text["body"] and "Hi." not in text["body"] for text in got))
    phone.wait(lambda _: count(gateway, Ticket) == 1)


def test_huge_texts_are_kept_in_part(gateway: Gateway, phone: Texter) -> None:
    assert phone.send("word " * 8000).status_code == 200
    fields = inbound(phone.account, PERSON, "x" * 70_000, "SM2")
    assert phone.post(MESSAGES, fields).status_code == 403  # no text is that long


def test_in_production_there_is_no_phone_and_no_stand_in(settings: Settings) -> None:
    production = settings.model_copy(update={"mode": "production"})
    app = create_app(production, FakeAssistant().client(production))
    paths = [getattr(route, "path", "") for route in app.routes]
    assert not [path for path in paths if "/dev" in path or "/channels/sms" in path]


def test_a_true_account_takes_the_stand_in_away(settings: Settings) -> None:
    real = settings.model_copy(
        update={
            "mode": "production",
            "twilio_account_sid": "AC1",
            "twilio_numbers": ("+12025550100",),
            "public_url": "https://guide.example.org",
        }
    )
    app = create_app(real, FakeAssistant().client(real))
    paths = [getattr(route, "path", "") for route in app.routes]
    assert MESSAGES in paths
    assert not [path for path in paths if "/dev" in path]


def test_behind_a_proxy_the_configured_address_is_signed(settings: Settings) -> None:
    url = "https://guide.example.org/channels/sms/messages"
    fields = [("Body", "x"), ("A", "1")]
    signed = signature.sign("token", url, fields)
    assert signature.is_valid("token", url, fields, signed)
    with_port = "https://guide.example.org:443/channels/sms/messages"
    assert signature.is_valid("token", url, fields, signature.sign("token", with_port, fields))
    assert not signature.is_valid("token", "http://127.0.0.1/channels/sms/messages", fields, signed)
