"""The last answer once more, simpler, with more beside it, or with its sources."""

import asyncio
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions._core import core
from care import about_answer, conversations
from care.about_answer import Reply


class ActionTalkAboutAnswer(Action):
    def name(self) -> str:
        return "action_talk_about_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        label = tracker.latest_message["intent"]["name"]
        said = await asyncio.to_thread(conversations.history, core(), tracker.sender_id)
        reply = about_answer.reply(said, label, core().settings.spoken)
        dispatcher.utter_message(**_message(reply))
        return []


def _message(reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"buttons": list(reply.buttons), **reply.arguments}
    if reply.sources:
        message["metadata"] = {"sources": list(reply.sources)}
    if reply.text is None:
        return {**message, "response": reply.response}
    # Without `response`, or Rasa would add the text's own buttons to those given.
    return {**message, "text": reply.text, "utter_action": reply.response}
