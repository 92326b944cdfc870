"""Logs: one JSON line an event, with ids and never with words."""

import logging
import sys

import structlog

NOISY = (
    "uvicorn",
    "httpx",
    "httpcore",
    "sse_starlette",
    "asyncio",
    "multipart",
    "alembic",
)  # they log addresses, or what nobody needs to read, at INFO


def configure(level: str) -> None:
    """Logs to standard error at `level`; libraries from WARNING up, without tracebacks' locals."""
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(stream=sys.stderr, level=number, format="%(message)s", force=True)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
