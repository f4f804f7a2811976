"""Real-time priority for the threads that play, where the system allows it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress

LEVELS = {
    "bandmate conductor": 5,
    "bandmate input": 4,
    "bandmate worker": 3,
    "MainThread": 2,
    "bandmate link": 2,
    "bandmate feeder": 1,
    "bandmate studio": 1,
    "bandmate keeper": 1,
    "bandmate signals": 1,
    "bandmate casting": 1,
    "bandmate reload": 1,
}
"""By thread. Above everything that is not real-time, below an audio server and its clients.

The conductor alone would not do: they share one interpreter, and whoever holds it while another program runs
in its place keeps the conductor waiting. So all have one that work while the band plays, however little."""


def claim(threads: Iterable[threading.Thread] | None = None) -> bool:
    """Give those of these threads, all by default, that play their real-time priority; whether that was
    allowed.

    Linux allows it up to the limit RLIMIT_RTPRIO. Elsewhere the scheduler is left alone.
    """
    if sys.platform != "linux":
        return False
    for thread in threading.enumerate() if threads is None else threads:
        level, number = LEVELS.get(thread.name), thread.native_id
        if level is None or number is None:
            continue
        try:
            # What such a thread starts begins without.
            os.sched_setscheduler(number, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(level))
        except OSError:
            return False
    return True


def release(threads: Iterable[threading.Thread] | None = None) -> None:
    """Give it back: these threads, all by default, are like any other again."""
    if sys.platform != "linux":
        return
    for thread in threading.enumerate() if threads is None else threads:
        number = thread.native_id
        if thread.name in LEVELS and number is not None and claimed(number):
            with suppress(OSError):
                os.sched_setscheduler(number, os.SCHED_OTHER, os.sched_param(0))


def claimed(number: int) -> bool:
    """Whether the thread with this native id has a real-time priority of ours."""
    if sys.platform != "linux":
        return False
    try:
        ours = os.sched_getscheduler(number) & ~os.SCHED_RESET_ON_FORK == os.SCHED_FIFO
        return ours and os.sched_getparam(number).sched_priority in LEVELS.values()
    except OSError:
        return False
