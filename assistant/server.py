"""The assistant's server: Rasa's channels on loopback, with the strict agent behind them."""

import gc
import os
import threading
from pathlib import Path

import rasa.shared.utils.io
from rasa.core.channels import channel
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig, read_endpoint_config
from sanic import Sanic

from assistant import details
from assistant.action_server import ActionServer
from assistant.connector import GuideInput
from assistant.engine import GuideAgent
from assistant.tracker_store import EncryptedTrackerStore

COLLECT_AFTER = 50_000  # new objects; a turn makes some thousands
HOST = "127.0.0.1"
CONNECTOR = f"{GuideInput.__module__}.{GuideInput.__name__}"


class ServerError(Exception):
    """The server cannot start; the message says why."""


def serve(model: Path, root: Path, port: int) -> None:
    app = create_app(model, root)
    app.run(host=HOST, port=port, access_log=False, motd=False, debug=False)


def create_app(model: Path, root: Path) -> Sanic:
    app = Sanic("assistant", configure_logging=False)
    channel.register([_input_channel(root / "credentials.yml")], app, route="/webhooks/")
    # Before the port answers, so that "listening" means "ready".
    app.ctx.agent = load_agent(model, root / "endpoints.yml")
    _spare_the_collector()
    app.register_listener(_load_the_rest, "after_server_start")
    return app


def _load_the_rest(*_: object) -> None:
    """What only the contact form needs, while the first messages are answered."""
    threading.Thread(target=details.language, daemon=True).start()


def _spare_the_collector() -> None:
    """What is loaded now stays for good: searching it for garbage made one turn in ten slow."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


def load_agent(model: Path, endpoints: Path) -> GuideAgent:
    return GuideAgent.of(
        model,
        tracker_store=_tracker_store(endpoints),
        action_endpoint=ActionServer.of(_endpoint(endpoints, "action_endpoint")),
    )


def _input_channel(credentials: Path) -> GuideInput:
    content = rasa.shared.utils.io.read_config_file(credentials)
    return GuideInput.from_credentials(content.get(CONNECTOR))


def _tracker_store(endpoints: Path) -> EncryptedTrackerStore:
    return EncryptedTrackerStore(Domain.empty(), _endpoint(endpoints, "tracker_store"))


def _endpoint(path: Path, name: str) -> EndpointConfig:
    found = read_endpoint_config(str(path), name)
    if found is None:
        raise ServerError(f"{path.name}: '{name}' is missing")
    if "${" in str(found.url):
        key = os.path.basename(str(found.url)).strip("${}")
        raise ServerError(f"{key} is not set")
    return found
