"""Starts process trees, waits for them, measures their memory and stops them."""

import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import psutil

STOP_SECONDS: Final = 15.0
POLL_SECONDS: Final = 0.05
PSS: Final = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


class BenchError(Exception):
    """What was to be measured did not start or did not answer."""


class Trees:
    """The process trees of one system: each command is the root of one."""

    def __init__(self, log: Path):
        self._log = log
        self._roots: list[psutil.Popen] = []

    def spawn(self, command: Sequence[str], folder: Path, settings: Mapping[str, str]) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            self._roots.append(
                psutil.Popen(
                    list(command),
                    cwd=folder,
                    env=dict(settings),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Asks again and again; a tree that ended or too long a wait is an error."""
        deadline = time.monotonic() + seconds
        while not ready():
            ended = next((root for root in self._roots if root.poll() is not None), None)
            if ended or time.monotonic() > deadline:
                why = (
                    f"ended with code {ended.poll()}" if ended else f"not ready in {seconds:.0f} s"
                )
                raise BenchError(f"{why}; its last words:\n{self._last_words()}")
            time.sleep(POLL_SECONDS)

    def memory(self) -> int:
        """Bytes of all processes; pages that several share are counted once (PSS)."""
        return sum(_pss(process) for process in self._processes())

    def stop(self) -> None:
        """Roots first, so that a supervisor ends its own children; then whatever is left."""
        processes = self._processes()
        for root in self._roots:
            if root.poll() is None:
                root.terminate()
        _, left = psutil.wait_procs(processes, timeout=STOP_SECONDS)
        for process in left:
            process.kill()
        psutil.wait_procs(left, timeout=STOP_SECONDS)
        self._roots.clear()

    def _processes(self) -> list[psutil.Process]:
        found: list[psutil.Process] = []
        for root in self._roots:
            try:
                found += [root, *root.children(recursive=True)]
            except psutil.NoSuchProcess:
                continue
        return found

    def _last_words(self) -> str:
        return "\n".join(self._log.read_text("utf-8", "replace").splitlines()[-15:])


def _pss(process: psutil.Process) -> int:
    try:
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text("ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = PSS.search(rollup)
    return int(found[1]) * 1024 if found else 0
