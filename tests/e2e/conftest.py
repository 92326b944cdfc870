"""The whole product as `make run` starts it: supervisor, gateway, Rasa, action server."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest

from care import staff
from care.cipher import new_key
from care.db import Core
from care.settings import ROOT, Settings
from tests.postgres import free_port
from tests.visitor import PATIENCE, Visitor

READY_SECONDS = 150
STOP_SECONDS = 30
STAFF = ("dana", "a long enough password")


Record = Callable[[str, float], None]


@pytest.fixture
def record(record_property: Callable[[str, object], None]) -> Record:
    """Notes how long somebody waited: in the report, and on the console with `-s`."""

    def note(what: str, seconds: float) -> None:
        record_property(what, round(seconds, 2))
        print(f"{what}: {seconds:.2f} s")

    return note


@dataclass
class Product:
    """A running product: its address, its folder, its processes."""

    settings: Settings
    folder: Path
    process: "subprocess.Popen[bytes]"
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    def visitor(self) -> Visitor:
        self.clients.append(httpx.Client(base_url=self.url, timeout=PATIENCE))
        return Visitor.arrive(self.clients[-1])

    def core(self) -> Core:
        return Core.open(self.settings)

    def part(self, name: str) -> psutil.Process:
        """The process of one part: gateway, actions or assistant."""
        for process in psutil.Process(self.process.pid).children(recursive=True):
            if name in process.cmdline():
                return process
        raise AssertionError(f"{name} does not run")

    def kill(self, name: str) -> None:
        process = self.part(name)
        process.kill()
        process.wait(STOP_SECONDS)

    @contextmanager
    def hung(self, name: str) -> Iterator[None]:
        """One part takes connections and never answers."""
        process = self.part(name)
        process.suspend()
        try:
            yield
        finally:
            process.resume()

    def wait_until_ready(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            assert self.process.poll() is None, self.output()
            try:
                if httpx.get(f"{self.url}/readyz", timeout=3).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        raise AssertionError(f"not ready within {READY_SECONDS} s\n{self.output()}")

    def output(self) -> str:
        return (self.folder / "output.log").read_text(encoding="utf-8", errors="replace")


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    with started(
        folder,
        database_url=f"sqlite:///{folder}/guide.db",
        assistant_database_url=f"sqlite:///{folder}/assistant.db",
    ) as running:
        core = running.core()
        staff.set_password(core, *STAFF)
        core.engine.dispose()
        yield running


@contextmanager
def started(folder: Path, database_url: str, assistant_database_url: str) -> Iterator[Product]:
    """A product of its own, ready; stopped at the end."""
    settings = Settings(
        data_keys=new_key("e2e1"),
        session_key=secrets.token_hex(),
        assistant_token=secrets.token_hex(),
        database_url=database_url,
        assistant_database_url=assistant_database_url,
        port=free_port(),
        assistant_port=free_port(),
        actions_port=free_port(),
        messages_per_minute=1000,
        sessions_per_minute=1000,
        demo_tickets="off",
        log_level="debug",
    )
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.serve"],
            cwd=ROOT,
            env={**os.environ, **_environment(settings), "GUIDE_RUN_DIR": str(folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    running = Product(settings, folder, process)
    try:
        running.wait_until_ready()
        yield running
    finally:
        for client in running.clients:
            client.close()
        process.terminate()
        process.wait(STOP_SECONDS)


def _environment(settings: Settings) -> dict[str, str]:
    names = {"data_keys", "session_key", "assistant_token"}
    secret = {name: getattr(settings, name).get_secret_value() for name in names}
    plain = settings.model_dump(exclude=names, exclude_unset=True)
    return {f"GUIDE_{key.upper()}": str(value) for key, value in {**plain, **secret}.items()}
