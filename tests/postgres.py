"""A PostgreSQL server of the tests' own, from the machine's packages, on a free loopback port."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

SERVER_USER = "postgres"  # the server refuses to run as root


def binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).parent if on_path else None


@dataclass(frozen=True)
class Server:
    """A server that can be stopped and started again in mid-test."""

    home: Path
    port: int

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://guide@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -k {self.home} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._control("-l", self.home / "log", "-o", options, "start")

    def stop(self) -> None:
        """At once, as a crash would: open connections are cut."""
        self._control("-m", "immediate", "stop")

    @contextmanager
    def hung(self) -> Iterator[None]:
        """It takes connections and never answers, on those already open too."""
        number = int((self.home / "data" / "postmaster.pid").read_text().split()[0])
        main = psutil.Process(number)
        stopped = [main, *main.children(recursive=True)]
        for process in stopped:
            process.suspend()
        try:
            yield
        finally:
            for process in stopped:
                process.resume()

    def runs(self) -> bool:
        return (self.home / "data" / "postmaster.pid").exists()

    def _control(self, *command: str | Path) -> None:
        _run([_folder() / "pg_ctl", "-D", self.home / "data", "-w", *command])


@contextmanager
def server() -> Iterator[Server]:
    """Yields a running server with an empty database; removes its files afterwards."""
    with tempfile.TemporaryDirectory(prefix="guide-pg-") as home:
        if os.geteuid() == 0:
            shutil.chown(home, SERVER_USER)
        running = Server(Path(home), free_port())
        data = running.home / "data"
        _run([_folder() / "initdb", "-D", data, "-U", "guide", "-A", "trust", "-E", "UTF8"])
        running.start()
        try:
            yield running
        finally:
            if running.runs():
                running.stop()


def _folder() -> Path:
    folder = binaries()
    if folder is None:
        raise FileNotFoundError("PostgreSQL's initdb is not installed")
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _run(command: list[str | Path]) -> None:
    user = pwd.getpwnam(SERVER_USER).pw_uid if os.geteuid() == 0 else None
    subprocess.run(
        [str(part) for part in command],
        check=True,
        user=user,
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
