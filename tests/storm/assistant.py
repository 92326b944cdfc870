"""Stands in for Rasa in the storm: two turns of a call-back request, with the real action server.

As the real one does, it leaves a failed turn without a trace, and answers a turn that it finished
before (the gateway may have died meanwhile) with the same words.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.storm.visitors import NAME

REPEATED = 0.2  # of the action calls: sent twice at once
ASKS: dict[str, Any] = {
    "text": "May we keep [phone-1] and call you?",
    "response": "utter_contact_consent",
    "metadata": {"expects": "contact_consent"},
}
SAYS = {
    "utter_ticket_created": "Your request number is {number}.",
    "utter_ticket_exists": "You have a request already: {number}.",
}


@dataclass
class StandIn:
    actions: httpx.AsyncClient
    chance: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    _reach: dict[str, str] = field(default_factory=dict)
    _finished: dict[str, dict[str, Any]] = field(default_factory=dict)

    def app(self) -> Starlette:
        at = "/webhooks/guide"
        return Starlette(
            routes=[
                Route(f"{at}/messages", self._messages, methods=["POST"]),
                Route(f"{at}/health", self._health, methods=["GET"]),
            ]
        )

    async def _health(self, _request: Request) -> Response:
        return JSONResponse({"ready": True})

    async def _messages(self, request: Request) -> Response:
        question = await request.json()
        finished = self._finished.get(question["id"])
        if finished:
            self.counts["turns asked again"] += 1
            return JSONResponse(_answer(finished))
        if question["expects"] is None:
            self._reach[question["conversation"]] = "[phone-1]"
            reply: dict[str, Any] | None = ASKS
        else:
            reply = await self._submit(question)
        if reply is None:
            self.counts["turns failed"] += 1
            return JSONResponse(_answer(None))
        self._finished[question["id"]] = reply
        return JSONResponse(_answer(reply))

    async def _submit(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """None if the action server was not there to the end."""
        times = 2 if self.chance.random() < REPEATED else 1
        self.counts["action calls"] += times
        calls = (self._call(question) for _ in range(times))
        answers = [a for a in await asyncio.gather(*calls) if a is not None]
        if len(answers) < times:
            return None
        said = answers[0]
        words = SAYS[said["response"]].format(number=said["number"])
        return {"text": words, "response": said["response"]}

    async def _call(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """One call as Rasa makes it."""
        message = {"text": question["text"], "intent": {"name": "affirm"}, "entities": []}
        tracker = {
            "sender_id": question["conversation"],
            "slots": {
                "contact_for": "self",
                "contact_name": NAME,
                "contact_reach": self._reach[question["conversation"]],
                "contact_consent": "yes",
            },
            "latest_message": {**message, "message_id": question["id"]},
            "events": [],
        }
        call = {"next_action": "action_submit_contact", "tracker": tracker}
        try:
            answer = await self.actions.post("/webhook", json=call)
        except httpx.HTTPError:
            self.counts["action calls cut"] += 1
            return None
        if not answer.is_success:
            self.counts["action calls refused"] += 1
            return None
        said: dict[str, Any] = answer.json()["responses"][0]
        return said


def _answer(reply: dict[str, Any] | None) -> dict[str, Any]:
    parse = {"label": "request_callback", "confidence": 1.0, "ranking": []}
    return {"parse": parse, "failed": reply is None, "replies": [reply] if reply else []}
