"""The gateway and the action server under the product's own supervisor, killed at random."""

import asyncio
import configparser
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from care.settings import ROOT, Settings

STOP_SECONDS = 30

Moment = Callable[[], Awaitable[None]]


@dataclass
class Supervised:
    process: "subprocess.Popen[bytes]"
    killed: Counter[str] = field(default_factory=Counter)

    async def kill_at_random(self, name: str, port: int, moments: Iterable[Moment]) -> None:
        """SIGKILL: nothing is flushed, finished or said goodbye to."""
        for moment in moments:
            await _until_it_listens(port)
            await moment()
            with suppress(psutil.Error):
                for child in psutil.Process(self.process.pid).children():
                    if child.cmdline()[-1:] == [name]:
                        child.kill()
                        self.killed[name] += 1


async def _until_it_listens(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return


@contextmanager
def supervised(settings: Settings, folder: Path) -> Iterator[Supervised]:
    """`supervisord.conf` as it is, without the assistant; its output is in `output.log`."""
    config = configparser.RawConfigParser()
    config.read(ROOT / "supervisord.conf")
    config.remove_section("program:assistant")
    with (folder / "supervisord.conf").open("w") as file:
        config.write(file)
    command = [sys.executable, "-m", "supervisor.supervisord", "-c", folder / "supervisord.conf"]
    with (folder / "output.log").open("wb") as log:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env={**os.environ, **_environment(settings, folder)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Supervised(process)
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _environment(settings: Settings, folder: Path) -> dict[str, str]:
    given = settings.model_dump(exclude_unset=True)
    plain = {
        key: value.get_secret_value() if hasattr(value, "get_secret_value") else value
        for key, value in given.items()
    }
    return {
        **{f"GUIDE_{key.upper()}": str(value) for key, value in plain.items()},
        "GUIDE_RUN_DIR": str(folder),
        "GUIDE_APP_PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
    }
