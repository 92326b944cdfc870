"""Runs in stock Rasa's own environment: parses texts with one model, in one process.

`python bench/stock_parse.py MODEL.tar.gz TEXTS.json PARSES.json`; a parse is {"parse", "ms"}.
"""

import asyncio
import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

WARM_UP = 5


async def parsed(model: str, texts: list[str]) -> list[dict[str, Any]]:
    # Imported here: the benchmark's own environment has no Rasa.
    from rasa.core.agent import Agent  # noqa: PLC0415
    from rasa.utils.log_utils import configure_structlog  # noqa: PLC0415

    configure_structlog(logging.INFO)  # as its server; else it spends time on every message
    agent = Agent.load(model)
    # The first messages pay for what is built lazily; the guide's are not counted either.
    for text in texts[:WARM_UP]:
        await agent.parse_message(text)
    found = []
    for text in texts:
        began = time.perf_counter()
        # A leading slash would name an intent.
        parse = await agent.parse_message(text.lstrip("/ \n\t"))
        found.append({"parse": kept(parse), "ms": (time.perf_counter() - began) * 1000})
    return found


def kept(parse: dict[str, Any]) -> dict[str, Any]:
    return {key: parse[key] for key in ("intent", "intent_ranking", "response_selector")}


def main() -> None:
    model, texts, parses = sys.argv[1:]
    found = asyncio.run(parsed(model, json.loads(Path(texts).read_text("utf-8"))))
    # Confidences are numpy's numbers.
    Path(parses).write_text(json.dumps(found, default=float), "utf-8")


if __name__ == "__main__":
    main()
