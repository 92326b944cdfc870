"""What the assistant's process may print: warnings and errors with ids, never with words.

Rasa writes what a visitor wrote into its DEBUG lines and into some warnings, so its level is
fixed, keys that are not known to be harmless are dropped, and tracebacks are not printed.
"""

import importlib
import logging
import os
import sys
import warnings
from collections.abc import MutableMapping
from typing import Any

import structlog

# Known noise of pinned libraries, each by its message; anything new is still shown.
SILENCED: tuple[str, ...] = (
    r"pkg_resources is deprecated as an API",
    r"Deprecated call to `pkg_resources.declare_namespace",
    r"'\w+' deprecated - use '\w+'",  # pyparsing's new names, in packaging and matplotlib
    r"Deprecated API features detected! These feature\(s\) are not compatible",
    r"distutils Version classes are deprecated",
    r"the load_module\(\) method is deprecated",
    r"(Importing )?'(click\.utils\.\w+|BaseCommand|parser\.split_arg_string)' is deprecated",
    r".*Slot auto-fill has been removed in 3\.0",
    r".*The following duplicated intents have been found",  # data/ and domain.yml name them both
    r".*You have defined training data with examples for training a response selector",
)
# One message is a small sum; more threads only get in each other's way.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
SAFE_KEYS = frozenset(
    ("event", "level", "timestamp", "conversation", "message_id", "action", "why", "logger")
)
FIXED_LEVELS = {"rasa": logging.WARNING, "sanic.root": logging.WARNING}


def prepare() -> None:
    """Call before Rasa is imported."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")
    # Rasa sends nothing home and asks nothing on the first run.
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["SQLALCHEMY_SILENCE_UBER_WARNING"] = "1"
    os.environ["LOG_LEVEL"] = "WARNING"  # no progress bars
    _silence()
    importlib.import_module("sanic")  # shows every deprecation from here on, so once more:
    _silence()
    logging.captureWarnings(False)
    _plain_logging()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_safe_keys,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _silence() -> None:
    for message in SILENCED:
        warnings.filterwarnings("ignore", message=message)


def keep_safe_keys(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor: drops every key that could carry what somebody wrote."""
    return {key: value for key, value in line.items() if key in SAFE_KEYS}


class WithoutTraceback(logging.Formatter):
    """Says what failed and where, by the exception's type; its message may quote a visitor."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  (the name is the library's)
        return f"({ei[0].__name__})" if ei and ei[0] else ""

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        return ""


def _plain_logging() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WithoutTraceback("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name, level in FIXED_LEVELS.items():
        logging.getLogger(name).setLevel(level)
