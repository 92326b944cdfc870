"""A storm of webhooks on a gateway that is killed again and again.

`python -m tests.gateway.storm [messages]`: people text in order; each webhook is repeated until it
is taken, and again later, beside newer ones; the provider loses answers; the gateway dies at random
moments. In the end each message must have been answered once, in its person's order.
"""

import asyncio
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette

from care.cipher import new_key
from care.settings import ROOT
from gateway.channels.sms.account import Account
from gateway.channels.sms.webhooks import MESSAGES
from gateway.dev.fake_twilio import FakeTwilio, inbound
from tests.postgres import free_port
from tests.texter import Texter

SETTLED_SECONDS = 90
ALIVE = (0.5, 8.0)  # seconds that a gateway serves
AGAIN, LOST = 0.3, 0.03  # shares of repeated webhooks and of lost answers
NUMBER = "+12025550100"


@dataclass
class Storm:
    folder: Path
    messages: int
    seed: int
    crowd: int = 20
    deaths: int = 1000  # at most
    kills: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.port, twilio_port = free_port(), free_port()
        api, here = f"http://127.0.0.1:{twilio_port}", f"http://127.0.0.1:{self.port}"
        self.account = Account("AC1", "token-of-the-storm", (NUMBER,), api, here)
        self.twilio = FakeTwilio(self.account)
        self.calm = threading.Event()
        self.twilio_port = twilio_port

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

    def answers(self, person: str) -> list[str]:
        """What a phone got, by the number of the message that it answers."""
        got = [text.body for text in self.twilio.phone(person) if text.direction != "inbound"]
        return [body.split(".")[0] for body in got if body.startswith("You said")]

    def expected(self, person: str) -> list[str]:
        return [f"You said: message {n}" for n in range(self._share())]

    def people(self) -> list[str]:
        return [f"+1212555{n:04}" for n in range(self.crowd)]

    def _share(self) -> int:
        return self.messages // self.crowd

    async def _everybody(self) -> None:
        async with httpx.AsyncClient(base_url=self.account.public_url, timeout=5) as client:
            await asyncio.gather(*(self._texts(client, person) for person in self.people()))

    async def _texts(self, client: httpx.AsyncClient, person: str) -> None:
        texter = Texter(httpx.Client(), self.account, person)
        for n in range(self._share()):
            await self._until_taken(client, texter, n)
            while self.random.random() < AGAIN:
                await self._until_taken(client, texter, self.random.randint(0, n))
            if self.random.random() < LOST:
                self.twilio.simulate.append(self.random.choice(["cut_off", "broken"]))
        texter.client.close()

    async def _until_taken(self, client: httpx.AsyncClient, texter: Texter, n: int) -> None:
        sid = f"SM{texter.number[2:]}x{n}"
        fields = inbound(self.account, texter.number, f"message {n}", sid)
        while True:
            try:
                answer = await client.post(MESSAGES, data=fields, headers=texter.signed(fields))
                if answer.status_code == 200 and "<Message>" not in answer.text:
                    return
            except (httpx.HTTPError, OSError, AttributeError):  # a dying server breaks more
                pass
            await asyncio.sleep(0.1)

    def _kill_again_and_again(self) -> None:
        while not self.calm.is_set():
            with self._gateway():
                self._wait_until_it_listens()
                last = self.kills >= self.deaths
                self.calm.wait(None if last else self.random.uniform(*ALIVE))
            self.kills += 1

    def _wait_until_it_listens(self) -> None:
        while not self.calm.is_set():
            try:
                httpx.get(f"{self.account.public_url}/openapi.yml", timeout=2)
                return
            except httpx.HTTPError:
                self.calm.wait(0.1)

    @contextmanager
    def _gateway(self) -> Iterator[None]:
        command = [sys.executable, "-m", "tests.gateway.storm_gateway"]
        with (self.folder / "gateway.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment(), stdout=log, stderr=log
            )
        try:
            yield
        finally:
            process.kill()
            process.wait()

    @contextmanager
    def _provider(self) -> Iterator[None]:
        app = Starlette(routes=self.twilio.routes())
        server = uvicorn.Server(uvicorn.Config(app, port=self.twilio_port, log_level="error"))
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
        time.sleep(3)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "GUIDE_DATABASE_URL": f"sqlite:///{self.folder}/guide.db",
            "GUIDE_PORT": str(self.port),
            "GUIDE_DATA_KEYS": self._keys,
            "GUIDE_SESSION_KEY": "session-key-of-the-storm",
            "GUIDE_ASSISTANT_TOKEN": "token",
            "GUIDE_ADDRESS_KEY": "address-key-of-the-storm",
            "GUIDE_ALERTS": "off",
            "GUIDE_PUBLIC_URL": self.account.public_url,
            "GUIDE_TWILIO_ACCOUNT_SID": self.account.sid,
            "GUIDE_TWILIO_AUTH_TOKEN": self.account.token,
            "GUIDE_TWILIO_NUMBERS": NUMBER,
            "GUIDE_TWILIO_API_URL": self.account.api_url,
            "GUIDE_MESSAGES_PER_MINUTE": "100000",
        }

    _keys = new_key("storm")


def main(arguments: list[str]) -> int:
    messages = int(arguments[0]) if arguments else 1000
    with tempfile.TemporaryDirectory() as folder:
        storm, began = Storm(Path(folder), messages, seed=random.randrange(10**6)), time.monotonic()
        print(f"{messages} messages of {storm.crowd} people, seed {storm.seed} ...", flush=True)
        storm.run()
        wrong = [p for p in storm.people() if storm.answers(p) != storm.expected(p)]
        for person in wrong:
            print(f"{person}: {storm.answers(person)}")
        seconds = time.monotonic() - began
        print(f"{storm.kills} deaths, {len(wrong)} people answered wrongly, {seconds:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
