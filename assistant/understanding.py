"""What a message means by the trained model: the server's own path, without a server."""

from pathlib import Path
from typing import Any, Protocol

from assistant import parse_data, quiet, standins

MODEL = "guide.tar.gz"


class _Processor(Protocol):
    def understand(
        self,
        text: str,
        expects: str | None = None,
        previous: str | None = None,
        doubted: bool = False,
    ) -> dict[str, Any]: ...


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

    def parse(
        self,
        text: str,
        expects: str | None = None,
        previous: str | None = None,
        doubted: bool = False,
    ) -> dict[str, Any]:
        """`offered` is what the visitor gets: one answer, or two or three topics to choose from."""
        found = parse_data.summary(self._processor.understand(text, expects, previous, doubted))
        return {**found, "offered": parse_data.offered(found)}
