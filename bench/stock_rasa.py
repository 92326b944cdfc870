"""Stock Rasa: its server with the REST channel, and its own action server."""

import os
import subprocess
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import httpx

from bench import stock_environment, stock_project
from bench.processes import BenchError, Trees
from bench.system import ANSWER_SECONDS, BUILD, READY_SECONDS, ROOT, Answer

PROJECT: Final = ROOT / "build" / "stock"
PORT: Final = 5305
ACTIONS_PORT: Final = 5355
LANGUAGE_ONLY: Final = ("nlu", "--nlu", "data", "--domain", "domain.yml")
SETTINGS: Final = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "STOCK_ACTIONS_URL": f"http://127.0.0.1:{ACTIONS_PORT}/webhook",
}


def prepare(epochs: int = stock_project.RECOMMENDED_EPOCHS, keep: bool = False) -> Path:
    """Installs, assembles and trains what is not there yet; returns the trained model.

    With `keep`, a model that is there serves although data/ has changed since.
    """
    stock_environment.install()
    models = PROJECT / "models"
    trained = sorted(models.glob("*.tar.gz"), key=lambda model: model.stat().st_mtime)
    if keep and trained:
        return trained[-1]
    name = stock_project.assemble(ROOT / "data", PROJECT, epochs)
    if not (models / f"{name}.tar.gz").is_file():
        train(PROJECT, name)
    return models / f"{name}.tar.gz"


def train(project: Path, name: str, part: Sequence[str] = ()) -> None:
    """Trains all of a project into models/NAME.tar.gz, or only a `part` of it."""
    log = BUILD / "stock-train.log"
    print(f"Training stock Rasa; 100 epochs take hours ({log.relative_to(ROOT)}) ...", flush=True)
    # Nice: whoever works on this machine meanwhile comes first.
    command = ["nice", "-n", "10", str(stock_environment.PYTHON), "-m", "rasa", "train", *part]
    command += ["--fixed-model-name", name, "--out", "models"]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        done = subprocess.run(  # noqa: S603
            command,
            cwd=project,
            env=environment(),
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        raise BenchError(f"training stock Rasa failed; see {log.relative_to(ROOT)}")


class StockRasa:
    name = "stock"

    def __init__(self, model: Path):
        self._model = model
        self._trees = Trees(BUILD / "stock.log")
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{PORT}", timeout=ANSWER_SECONDS, trust_env=False
        )

    def start(self) -> None:
        python = str(stock_environment.PYTHON)
        server = ["run", "--model", str(self._model), "--port", str(PORT), "-i", "127.0.0.1"]
        actions = ["--actions", "actions", "--port", str(ACTIONS_PORT)]
        self._trees.spawn([python, "-m", "rasa_sdk", *actions], PROJECT, environment())
        self._trees.spawn([python, "-m", "rasa", *server], PROJECT, environment())
        self._trees.wait_until(self._ready, READY_SECONDS)

    def stop(self) -> None:
        self._trees.stop()

    def memory(self) -> int:
        return self._trees.memory()

    def converse(self) -> "StockConversation":
        return StockConversation(self._client)

    def _ready(self) -> bool:
        return all(
            _healthy(url) for url in (f"http://127.0.0.1:{ACTIONS_PORT}/health", self._home())
        )

    def _home(self) -> str:
        return f"http://127.0.0.1:{PORT}/webhooks/rest/"


class StockConversation:
    def __init__(self, client: httpx.Client):
        self._client = client
        self._sender = uuid.uuid4().hex

    def say(self, text: str) -> Answer:
        message = {"sender": self._sender, "message": text}
        began = time.perf_counter()
        response = self._client.post("/webhooks/rest/webhook", json=message)
        seconds = time.perf_counter() - began
        replies: list[dict[str, Any]] = response.raise_for_status().json()
        if not replies:
            raise BenchError("stock Rasa said nothing")
        return Answer(tuple(str(reply.get("text", "")) for reply in replies), seconds)

    def ask_for_a_call(self) -> Answer:
        return self.say("/request_callback")

    def close(self) -> None:
        """Nothing is open: a conversation is a name."""


def environment() -> dict[str, str]:
    return {**os.environ, **SETTINGS}


def _healthy(url: str) -> bool:
    try:
        return httpx.get(url, timeout=ANSWER_SECONDS, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
