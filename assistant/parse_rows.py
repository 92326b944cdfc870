"""Parses for another process: `python -m assistant.parse_rows < rows`.

Reads one JSON object a line, `{"text", "previous", "doubted"}`, and prints one parse a line, in
that order.
"""

import json
import sys

from assistant.context import Context
from assistant.understanding import Understanding


def main() -> int:
    try:
        understanding = Understanding.load()
    except FileNotFoundError as error:
        print(f"parse_rows: no trained model: {error}", file=sys.stderr)
        return 2
    for line in sys.stdin:
        row = json.loads(line)
        context = Context(previous=row.get("previous"), doubted=bool(row.get("doubted")))
        print(json.dumps(understanding.parse(row["text"], context)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
