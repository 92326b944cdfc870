"""A storm of webhooks on a gateway that is killed again and again.

`python -m tests.gateway.storm [messages] [sms|messenger]`: people write in order; each webhook is
repeated until it is taken, and again later, beside newer ones; the provider loses answers; the
gateway dies at random moments. In the end each message must have been answered once, in its
person's order.
"""

import asyncio
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette

from care.cipher import new_key
from tests.gateway import storm_gateway
from tests.gateway.storm_mail import MAILS
from tests.postgres import free_port

SETTLED_SECONDS = 90


@dataclass
class Storm:
    folder: Path
    messages: int
    seed: int
    crowd: int = 20
    deaths: int = 1000  # at most
    channel: str = "sms"
    kills: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.port, self.provider_port = free_port(), free_port()
        self.here = f"http://127.0.0.1:{self.port}"
        api = f"http://127.0.0.1:{self.provider_port}"
        self.mail = MAILS[self.channel](self.random, self.here, api)
        self.calm = threading.Event()

    def run(self) -> None:
        with self._provider():
            killer = threading.Thread(target=self._kill_again_and_again)
            killer.start()
            try:
                asyncio.run(self._everybody())
                self.deaths = self.kills
                self._settle()
            finally:
                self.calm.set()
                killer.join()

    def wrong(self) -> dict[str, list[str]]:
        """Who was not answered once and in order, and what they got."""
        expected = [f"You said: message {n}" for n in range(self._share())]
        got = {person: self.answers(person) for person in self.people()}
        return {person: answers for person, answers in got.items() if answers != expected}

    def answers(self, person: str) -> list[str]:
        """What a person got, by the number of the message that it answers."""
        got = self.mail.bodies(person)
        return [body.split(".")[0] for body in got if body.startswith("You said")]

    def people(self) -> list[str]:
        return self.mail.people(self.crowd)

    def _share(self) -> int:
        return self.messages // self.crowd

    async def _everybody(self) -> None:
        async with httpx.AsyncClient(base_url=self.here, timeout=5) as client:
            await self.mail.write(client, self.people(), self._share())

    def _kill_again_and_again(self) -> None:
        while not self.calm.is_set():
            with self._gateway():
                self._wait_until_it_listens()
                last = self.kills >= self.deaths
                self.calm.wait(None if last else self.random.uniform(*self.mail.alive))
            self.kills += 1

    def _wait_until_it_listens(self) -> None:
        while not self.calm.is_set():
            try:
                httpx.get(f"{self.here}/openapi.yml", timeout=2)
                return
            except httpx.HTTPError:
                self.calm.wait(0.02)

    @contextmanager
    def _gateway(self) -> Iterator[None]:
        log = self.folder / "gateway.log"
        process = storm_gateway.begin(self._settings(), self.mail.lease, log)
        try:
            yield
        finally:
            process.kill()
            process.join()
            process.close()

    @contextmanager
    def _provider(self) -> Iterator[None]:
        app = Starlette(routes=list(self.mail.routes))
        server = uvicorn.Server(uvicorn.Config(app, port=self.provider_port, log_level="critical"))
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            yield
        finally:
            server.should_exit = True
            thread.join()

    def _settle(self) -> None:
        """Until all is answered, and a while longer: nothing more may come."""
        end = time.monotonic() + SETTLED_SECONDS
        while time.monotonic() < end:
            if all(len(self.answers(p)) >= self._share() for p in self.people()):
                break
            time.sleep(0.2)
        time.sleep(1 + self.mail.lease)  # whatever is sent twice is, by then

    def _settings(self) -> dict[str, Any]:
        return {
            "database_url": f"sqlite:///{self.folder}/guide.db",
            "port": self.port,
            "data_keys": self._keys,
            "session_key": "session-key-of-the-storm",
            "assistant_token": "token",
            "address_key": "address-key-of-the-storm",
            "alerts": "off",
            "public_url": self.here,
            "messages_per_minute": 100_000,
            **self.mail.settings,
        }

    _keys = new_key("storm")


def main(arguments: list[str]) -> int:
    messages = int(arguments[0]) if arguments else 1000
    channels = arguments[1:] or list(MAILS)
    return max(_hold(messages, channel) for channel in channels)


def _hold(messages: int, channel: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        seed = random.randrange(10**6)
        storm, began = Storm(Path(folder), messages, seed, channel=channel), time.monotonic()
        who = f"{messages} messages of {storm.crowd} people by {channel}, seed {seed}"
        print(f"{who} ...", flush=True)
        storm.run()
        wrong = storm.wrong()
        for person, answers in wrong.items():
            print(f"{person}: {answers}")
        seconds = time.monotonic() - began
        print(
            f"{storm.kills} deaths, {storm.mail.posted} webhooks taken, "
            f"{len(wrong)} people answered wrongly, {seconds:.0f} s"
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
