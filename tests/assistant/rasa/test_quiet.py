import io
import logging

import pytest

from assistant import quiet

SAID = "my name is Ottokar"


def test_unknown_keys_are_dropped_from_a_log_line() -> None:
    line = quiet.keep_safe_keys(None, "error", {"event": "x", "text": SAID, "rasa_event": [SAID]})
    assert line == {"event": "x"}


def test_a_traceback_is_its_type_only() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(quiet.WithoutTraceback("%(message)s"))
    try:
        raise ValueError(SAID)
    except ValueError:
        record = logging.getLogger("x").makeRecord(
            "x", logging.ERROR, "f", 1, "failed", (), __import__("sys").exc_info()
        )
    handler.emit(record)
    assert stream.getvalue() == "failed\n(ValueError)\n"


@pytest.mark.parametrize("name", ["rasa.core.processor", "rasa.engine.graph", "rasa.shared.core"])
def test_rasa_never_logs_below_warning(name: str) -> None:
    assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    assert not logging.getLogger(name).isEnabledFor(logging.DEBUG)
