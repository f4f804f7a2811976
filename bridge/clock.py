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


def slept() -> float:
    """Return the seconds, since some moment, for which the machine slept and `now` stood still.

    Linux and macOS have a clock that counts sleep beside the one that does not. Elsewhere this is always 0:
    on Windows `now` itself counts on through sleep.
    """
    for asleep, awake in (("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"), ("CLOCK_MONOTONIC", "CLOCK_UPTIME_RAW")):
        if hasattr(time, asleep) and hasattr(time, awake):
            whole = time.clock_gettime(getattr(time, asleep))
            return whole - time.clock_gettime(getattr(time, awake))
    return 0.0
