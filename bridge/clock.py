"""The one clock of the bridge."""

from __future__ import annotations

import time


def now() -> float:
    """Return seconds on the clock that stamps every arrival and dates every send.

    It is monotonic and shared by all processes of a machine. `time.perf_counter` is it, not
    `time.monotonic`: the two are one clock on Linux and macOS, but on Windows before Python 3.13 the
    latter moves in steps of 15.6 ms.
    """
    return time.perf_counter()
