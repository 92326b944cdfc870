"""What a message means by the trained model: the server's own path, without a server."""

from pathlib import Path
from typing import Any, Protocol

from assistant import parse_data, quiet, standins
from assistant.context import ALONE, Context

MODEL = "guide.tar.gz"


class _Processor(Protocol):
    def understand(self, text: str, context: Context) -> dict[str, Any]: ...


class Understanding:
    def __init__(self, processor: _Processor):
        self._processor = processor

    @classmethod
    def load(cls, models: Path = Path("models")) -> "Understanding":
        """Raises FileNotFoundError if nothing has been trained yet."""
        path = models / MODEL
        if not path.exists():
            raise FileNotFoundError(f"{path} (run `make train`)")
        quiet.prepare()
        standins.install()
        from assistant.engine import GuideAgent  # noqa: PLC0415  (after the stand-ins)

        return cls(GuideAgent.of(path).processor)

    def parse(self, text: str, context: Context = ALONE) -> dict[str, Any]:
        """`offered` is what the visitor gets: one answer, or two or three topics to choose from."""
        found = parse_data.summary(self._processor.understand(text, context))
        return {**found, "offered": parse_data.offered(found)}
