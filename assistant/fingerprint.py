"""Is the trained model still the one that its inputs would give?"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

FILE = "fingerprint.json"
INPUTS = ("config.yml", "domain.yml", "requirements/rasa.lock")
FOLDERS = (("data", "*.yml"), ("assistant", "*.py"))
# These run beside the model or only after it; a change in them needs no training.
NOT_TRAINED = frozenset(
    (
        "action_server.py",
        "channel.py",
        "connector.py",
        "corrections.py",
        "engine.py",
        "eval_plot.py",
        "eval_report.py",
        "eval_rows.py",
        "evaluate.py",
        "fingerprint.py",
        "launch.py",
        "loading.py",
        "metrics.py",
        "once.py",
        "parse_rows.py",
        "quiet.py",
        "questions.py",
        "requests.py",
        "rules.py",
        "runner.py",
        "server.py",
        "tracker_store.py",
        "trimming.py",
        "understanding.py",
    )
)
NOT_TRAINED_FOLDERS = ("data/interface", "data/desk")  # what the window says, what staff use


def of(root: Path) -> str:
    """One hash over the content of everything that the model is made from."""
    return _hash(root, _inputs(root))


def of_code() -> str:
    """One hash over the code that decides what training gives."""
    folder = Path(__file__).resolve().parent
    return _hash(folder, (path for path in sorted(folder.glob("*.py")) if _matters(path)))


def _hash(root: Path, paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.relative_to(root)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _matters(path: Path) -> bool:
    return path.name not in NOT_TRAINED


def _beside(path: Path, root: Path) -> bool:
    return any(path.is_relative_to(root / folder) for folder in NOT_TRAINED_FOLDERS)


def _inputs(root: Path) -> Iterator[Path]:
    yield from (root / name for name in INPUTS if (root / name).exists())
    for folder, pattern in FOLDERS:
        paths = sorted((root / folder).rglob(pattern))
        trained = (path for path in paths if not _beside(path, root))
        yield from (path for path in trained if _matters(path))


def stored(models: Path) -> str | None:
    try:
        return str(json.loads((models / FILE).read_text("utf-8"))["inputs"])
    except (OSError, ValueError, KeyError):
        return None


def store(models: Path, value: str) -> None:
    (models / FILE).write_text(json.dumps({"inputs": value}) + "\n", encoding="utf-8")
