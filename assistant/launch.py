"""Starts Rasa without TensorFlow: `python -m assistant.launch train` or `run --port 5005`."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from assistant import fingerprint, quiet, standins
from assistant.understanding import MODEL

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "models"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    quiet.prepare()
    try:
        return int(options.command(options) or 0)
    except standins.UnavailableComponentError as error:
        return _refuse(str(error))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m assistant.launch")
    commands = parser.add_subparsers(required=True)
    train = commands.add_parser("train", help="train if the inputs changed")
    train.add_argument("--force", action="store_true", help="train even if nothing changed")
    train.set_defaults(command=_train)
    run = commands.add_parser("run", help="serve the trained model on this machine only")
    run.add_argument("--port", type=int, default=5005)
    run.set_defaults(command=_run)
    for command in (train, run):
        command.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
        command.add_argument("--models", type=Path, default=MODELS)
    return parser.parse_args(arguments)


def _train(options: argparse.Namespace) -> int:
    wanted = fingerprint.of(options.root)
    fresh = (options.models / MODEL).exists() and fingerprint.stored(options.models) == wanted
    if fresh and not options.force:
        print("The assistant is trained already; its inputs have not changed.")
        return 0
    print("Training the assistant ...", flush=True)
    started = time.monotonic()
    standins.install()
    from assistant.training import TrainingError, train  # noqa: PLC0415  (after the stand-ins)

    try:
        train(options.root, options.models, options.force)
    except TrainingError as error:
        return _refuse(str(error))
    fingerprint.store(options.models, wanted)
    print(f"Trained in {time.monotonic() - started:.0f} seconds.")
    return 0


def _run(options: argparse.Namespace) -> int:
    model = options.models / MODEL
    if not model.exists():
        return _refuse(f"There is no trained model in {options.models}: run `make train` first.")
    standins.install()
    from assistant.server import ServerError, serve  # noqa: PLC0415  (after the stand-ins)

    standins.check_config(options.root / "config.yml")
    try:
        serve(model, options.root, options.port)
    except ServerError as error:
        return _refuse(str(error))
    return 0


def _refuse(why: str) -> int:
    print(f"assistant: {why}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
