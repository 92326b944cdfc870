"""Measures the guide beside stock Rasa; no figure makes it fail, only a system that is silent."""

import argparse
import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from typing import Final

import psutil

from bench import measure, report, stock_rasa
from bench.processes import BenchError
from bench.product import Product
from bench.stock_project import RECOMMENDED_EPOCHS
from bench.system import ROOT, System

RESULT: Final = ROOT / "build" / "bench.json"
# Stock Rasa and the guide at once take less than this.
ROOM_FOR_BOTH: Final = 3 * 10**9


def main() -> int:
    asked = _arguments()
    try:
        systems = _systems(asked)
        if asked.prepare:
            return 0
        began = time.monotonic()
        samples = _measure(systems)
    except BenchError as error:
        print(f"The benchmark could not be run: {error}", file=sys.stderr)
        return 1
    table = report.rows(samples)
    _write(asked, table, samples, time.monotonic() - began)
    print(f"\n{report.markdown(table)}\n\nWritten to {RESULT.relative_to(ROOT)}.")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    add = parser.add_argument
    add("--only", choices=[report.STOCK, report.PRODUCT], help="measure one system")
    add("--prepare", action="store_true", help="install and train stock Rasa, measure nothing")
    add("--epochs", type=int, default=RECOMMENDED_EPOCHS, help="of stock's training; a rehearsal")
    add("--keep-model", action="store_true", help="use stock's newest model, whatever its data")
    return parser.parse_args()


def _systems(asked: argparse.Namespace) -> list[System]:
    systems: list[System] = []
    if asked.only != report.PRODUCT:
        model = stock_rasa.prepare(asked.epochs, asked.keep_model)
        systems.append(stock_rasa.StockRasa(model))
    if asked.only != report.STOCK and not asked.prepare:
        systems.append(Product())
    return systems


def _measure(systems: list[System]) -> report.Samples:
    samples, asked = report.Samples(), measure.questions()
    print("Memory and start, one system at a time ...", flush=True)
    measure.measure_starts(systems, asked, samples)
    together = psutil.virtual_memory().available > ROOM_FOR_BOTH
    print(f"Answers, form turns and long conversations, {_how(together)} ...", flush=True)
    for group in [systems] if together else [[system] for system in systems]:
        measure.measure_turns(group, asked, samples)
    return samples


def _how(together: bool) -> str:
    return "in turn" if together else "one after the other: too little memory for both at once"


def _write(
    asked: argparse.Namespace, table: list[report.Row], samples: report.Samples, seconds: float
) -> None:
    result = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {
            "system": platform.system(),
            "processor": platform.machine(),
            "cores": os.cpu_count(),
            "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
            "load_averages": os.getloadavg(),
        },
        "asked": vars(asked),
        "seconds": round(seconds, 1),
        "samples": samples.counts(),
        "rows": report.as_json(table),
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
