"""A PostgreSQL server of the tests' own, from the machine's packages, on a free loopback port."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SERVER_USER = "postgres"  # the server refuses to run as root


def binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).parent if on_path else None


@contextmanager
def server() -> Iterator[str]:
    """Yields the URL of an empty database; stops the server and removes its files afterwards."""
    folder = binaries()
    if folder is None:
        raise FileNotFoundError("PostgreSQL's initdb is not installed")
    with tempfile.TemporaryDirectory(prefix="guide-pg-") as home:
        if os.geteuid() == 0:
            shutil.chown(home, SERVER_USER)
        data, port = Path(home) / "data", free_port()
        _run([folder / "initdb", "-D", data, "-U", "guide", "-A", "trust", "-E", "UTF8"])
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off"
        control: list[str | Path] = [folder / "pg_ctl", "-D", data, "-w"]
        _run([*control, "-l", Path(home) / "log", "-o", options, "start"])
        try:
            yield f"postgresql+psycopg://guide@127.0.0.1:{port}/postgres"
        finally:
            _run([*control, "-m", "immediate", "stop"])


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
