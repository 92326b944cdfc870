"""The storm's visitors: each asks for a call, and goes on as the page does until it is promised."""

import asyncio
import json
import random
import re
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx

PAUSE_SECONDS = 0.2
ANSWER_SECONDS = 60.0
SENT_TWICE = 0.2  # of the messages: at the same time, with the same id
NAME = "Zebulon"
NUMBER = re.compile(r"R-[0-9A-Z]{6}")


@dataclass(frozen=True)
class Promised:
    """What one visitor was told, and what for."""

    phone: str
    number: str
    said: tuple[str, ...]


async def ask_for_a_call(client: httpx.AsyncClient, place: int, chance: random.Random) -> Promised:
    """One conversation. Every request is repeated until it is taken; an id is never a new one."""
    phone = f"+1212{5550000 + place:07d}"
    token = (await _until_taken(client, "/chat/sessions", {}, {}))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    await _send(client, headers, f"Please call me at {phone[2:]}", chance)
    await _answer_with(client, headers, re.compile("May we keep"))
    await _send(client, headers, "Yes, send it", chance)
    number = await _answer_with(client, headers, NUMBER)
    said = (await _until_taken(client, "/chat/history", headers))["messages"]
    return Promised(phone, number, tuple(f"{m['author']}: {m['text']}" for m in said))


async def _send(
    client: httpx.AsyncClient, headers: dict[str, str], text: str, chance: random.Random
) -> None:
    body = {"id": uuid.uuid4().hex, "text": text}
    times = 2 if chance.random() < SENT_TWICE else 1
    await asyncio.gather(
        *(_until_taken(client, "/chat/messages", headers, body) for _ in range(times))
    )


async def _until_taken(
    client: httpx.AsyncClient,
    path: str,
    headers: dict[str, str],
    body: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Without a body it asks, with one it sends."""
    method = "GET" if body is None else "POST"
    while True:
        try:
            answer = await client.request(method, path, headers=headers, json=body)
            if answer.is_success:
                return dict(answer.json())
        except httpx.HTTPError:
            pass
        await asyncio.sleep(PAUSE_SECONDS)


async def _answer_with(
    client: httpx.AsyncClient, headers: dict[str, str], words: re.Pattern[str]
) -> str:
    """Listens to the event stream, and opens it anew when it breaks."""
    while True:
        try:
            async for message in _events(client, headers):
                found = words.search(message["text"]) if message["author"] == "guide" else None
                if found:
                    return found[0]
        except (httpx.HTTPError, json.JSONDecodeError):
            pass
        await asyncio.sleep(PAUSE_SECONDS)


async def _events(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> AsyncIterator[dict[str, Any]]:
    async with client.stream("GET", "/chat/events", headers=headers, timeout=30) as stream:
        kind = ""
        async for line in stream.aiter_lines():
            if line.startswith("event:"):
                kind = line.removeprefix("event:").strip()
            elif line.startswith("data:") and kind == "message":
                yield json.loads(line.removeprefix("data:"))
