"""Trains the model with Rasa, and says how far it is."""

import contextlib
import io
import logging
import os
import sys
import tempfile
from pathlib import Path

from rasa.engine.exceptions import GraphComponentException
from rasa.model_training import train as rasa_train
from rasa.shared.exceptions import RasaException

from assistant import standins
from assistant.encoder import EncoderError
from assistant.understanding import MODEL

CACHE_MEGABYTES = "200"


class TrainingError(Exception):
    """Training did not give a model; the message says why."""


class Progress(logging.Handler):
    """Turns Rasa's "Starting to train component" lines into short steps."""

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if message.startswith("Starting to train component"):
            print(f"  {message.split(chr(39))[1]} ...", file=sys.__stdout__, flush=True)


def train(root: Path, models: Path, force: bool = False) -> Path:
    """Without `force`, Rasa takes unchanged components from its cache."""
    standins.check_config(root / "config.yml")
    os.environ.setdefault("RASA_MAX_CACHE_SIZE", CACHE_MEGABYTES)
    models.mkdir(parents=True, exist_ok=True)
    _show_progress()
    said = io.StringIO()  # Rasa names a scratch folder as the result; shown only on failure
    try:
        with contextlib.redirect_stdout(said):
            result = _trained(root, models, force)
    except (RasaException, GraphComponentException, EncoderError) as error:
        raise TrainingError(str(error)) from error
    except SystemExit:
        result = None
    if result is None:
        raise TrainingError(f"Rasa made no model. {said.getvalue()}")
    return result


def _trained(root: Path, models: Path, force: bool) -> Path | None:
    """Beside the old model first, so that a running server never meets half a file."""
    with tempfile.TemporaryDirectory(dir=models) as scratch:
        result = rasa_train(
            domain=str(root / "domain.yml"),
            config=str(root / "config.yml"),
            training_files=str(root / "data"),
            output=scratch,
            fixed_model_name=MODEL.removesuffix(".tar.gz"),
            force_training=force,
        )
        if not result.model:
            return None
        os.replace(result.model, models / MODEL)
    return models / MODEL


def _show_progress() -> None:
    hooks = logging.getLogger("rasa.engine.training.hooks")
    hooks.setLevel(logging.INFO)
    hooks.propagate = False
    hooks.addHandler(Progress())
