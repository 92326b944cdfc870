"""Python's garbage collector in a process that serves for long."""

import gc

COLLECT_AFTER = 50_000  # new objects; a turn makes some thousands


def spare() -> None:
    """What is loaded now stays for good: searching it for garbage made a turn wait 50 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
