"""The environment of stock Rasa: apart from the guide's own, from its own lock file."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.processes import BenchError
from bench.system import ROOT

LOCK: Final = ROOT / "requirements" / "stock.lock"
ENVIRONMENT: Final = ROOT / ".venv" / "stock"
PYTHON: Final = ENVIRONMENT / "bin" / "python"
# Rasa 3.6.21 admits no newer one.
VERSION: Final = "3.10"


def install() -> None:
    """Builds .venv/stock, unless it was built from this very lock file."""
    done = ENVIRONMENT / "installed-from"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if done.is_file() and done.read_text("ascii") == wanted:
        return
    print("Installing stock Rasa into .venv/stock (2.7 GB, some minutes) ...", flush=True)
    _run([_find_python(), "-m", "venv", "--clear", str(ENVIRONMENT)])
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    _run([*pip, "--no-deps", "--require-hashes", "--requirement", str(LOCK)])
    done.write_text(wanted, "ascii")


def _find_python() -> str:
    for candidate in _candidates():
        command = [candidate, "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]
        found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        # A pyenv shim exists for versions that are not chosen, and then fails.
        if found.returncode == 0 and found.stdout.strip() == VERSION:
            return candidate
    raise BenchError(
        f"Stock Rasa needs Python {VERSION}: put python{VERSION} on the PATH or install it "
        f"with pyenv (pyenv install {VERSION}); the guide itself does not need it."
    )


def _candidates() -> Iterator[str]:
    on_path = shutil.which(f"python{VERSION}")
    if on_path:
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for python in sorted(pyenv.glob(f"versions/{VERSION}.*/bin/python"), reverse=True):
        yield str(python)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BenchError(f"installing stock Rasa failed:\n{done.stderr[-2000:]}")
