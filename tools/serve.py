"""`make run`: starts the three processes, says when they are ready, stops them on Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import httpx

from care import ladder
from care.errors import SettingsError, StorageDownError
from care.settings import ROOT, Settings
from tools import local

READY_SECONDS = 120
RASA_PYTHON = ROOT / ".venv" / "rasa" / "bin" / "python"


def main() -> int:
    try:
        local.ensure_secrets()
        settings = Settings.load()
        _check_addresses(settings)
    except SettingsError as error:
        return _refuse(f"Settings: {error}")
    ports = (settings.port, settings.assistant_port, settings.actions_port, settings.metrics_port)
    taken = [port for port in ports if port and _used(port)]
    if taken:
        return _refuse(f"Port {taken[0]} is in use. Is the guide running already?")
    process = _start(settings)
    try:
        if _wait_until_ready(settings, process):
            _announce(settings)
        elif process.poll() is None:
            print("Some part is not ready yet; see the lines above. Still trying.", flush=True)
        return process.wait()
    except KeyboardInterrupt:
        print("\nStopping ...", flush=True)
        return 0
    finally:
        _stop(process)


def _check_addresses(settings: Settings) -> None:
    """Raises SettingsError for an address that no alert could go to."""
    if any(r.address != ladder.CONSOLE_ADDRESS for r in ladder.every_recipient(settings)):
        from gateway import senders  # noqa: PLC0415  (takes its time, and most need it not)

        senders.build(settings)


def _start(settings: Settings) -> "subprocess.Popen[bytes]":
    run_dir = Path(os.environ.get("GUIDE_RUN_DIR", ROOT / "var"))
    run_dir.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "GUIDE_RUN_DIR": str(run_dir),
        "GUIDE_APP_PYTHON": sys.executable,
        "GUIDE_RASA_PYTHON": str(RASA_PYTHON),
        "GUIDE_ASSISTANT_PORT": str(settings.assistant_port),
        "GUIDE_ASSISTANT_DATABASE_URL": settings.assistant_database_url,
        "GUIDE_ASSISTANT_TOKEN": settings.assistant_token.get_secret_value(),
        "GUIDE_DATA_KEYS": settings.data_keys.get_secret_value(),
        "GUIDE_ACTIONS_URL": f"{settings.actions_url}/webhook",
    }
    signal.signal(signal.SIGTERM, _interrupt)
    print("Starting the guide ...", flush=True)
    command = [sys.executable, "-m", "supervisor.supervisord", "-c", "supervisord.conf"]
    return subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """Whatever ended this process, nothing that it started is left behind."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # being impatient does not make it quicker
    if process.poll() is None:
        process.terminate()
        process.wait()


def _wait_until_ready(settings: Settings, process: "subprocess.Popen[bytes]") -> bool:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{address(settings)}/readyz", timeout=3).status_code == 200:
                return True
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    return False


def address(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
    return f"http://{host}:{settings.port}"


def _announce(settings: Settings) -> None:
    # Imported here: the parts load while this process has nothing else to do.
    from tools import demo  # noqa: PLC0415

    try:
        accounts = demo.first_run(settings)
    except StorageDownError:
        accounts = {}  # the database went away meanwhile; what runs goes on without it
    print(f"\n  The guide:  {address(settings)}/\n  The desk:   {address(settings)}/desk", end="")
    for name, password in accounts.items():
        print(f"\n    name: {name:<16} password: {password}  (shown once)", end="")
    if demo.SUPERVISOR_NAME in accounts:
        print(f"\n    Its tickets are made up. To remove them: {demo.REMOVE}", end="")
    if settings.mode == "development" and not settings.twilio_account_sid:
        print(f"\n  A phone to try text messages with:  {address(settings)}/dev/phone", end="")
    if settings.is_demonstration:
        print("\n  A demonstration, and it says so: .env does not say who runs it.", end="")
    print("\n  Stop with Ctrl-C.\n", flush=True)


def _used(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _refuse(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
