"""Quiet, safe logs for Rasa's process: warnings up, and never a word of a visitor."""

import logging
import sys
import warnings

import structlog

QUIET = ("rasa", "sanic", "sanic.root", "sanic.access", "sanic.error", "apscheduler", "matplotlib")

# Rasa 3.6's own known noise, by name: none of it is for whoever runs the guide.
KNOWN_NOISE: tuple[tuple[str, str], ...] = (
    (r"Deprecated API features detected", r"rasa\..*"),
    (r"'\w+' deprecated - use '\w+'", r"matplotlib\..*"),
    (r"distutils Version classes are deprecated", r"sanic.*"),
    (r"pkg_resources is deprecated", r".*"),
    (r"Deprecated call to `pkg_resources", r".*"),
    (r".*retrieval intents.* but.* ResponseSelector.*", r"rasa\..*"),
    (r"You have defined an assistant that uses retrieval intents.*", r"rasa\..*"),
)


class PlainFormatter(logging.Formatter):
    """Message and exception type only: a traceback or an exception's text may hold words."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[0] if record.exc_info else None
        suffix = f" ({error.__name__})" if error else ""
        return f"{record.levelname.lower()} {record.name}: {record.getMessage()}{suffix}"


def configure() -> None:
    for message, module in KNOWN_NOISE:
        warnings.filterwarnings("ignore", message=message, module=module)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        processors=[_without_details, structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _without_details(
    _logger: object, level: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Rasa puts texts and parse results into fields: only the event's name is kept."""
    return {"level": level, "event": event.get("event")}
