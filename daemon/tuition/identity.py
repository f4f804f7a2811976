"""Whether the process that a run's record names still works, where no page has begun it."""

from __future__ import annotations

import psutil

CLOSE = 2.0
"""Seconds by which a process seems to have begun earlier or later when the system's clock is set."""


def works(pid: int, told: float) -> bool:
    """Whether a process runs that was there when it told something last, in seconds since 1970."""
    try:
        found = psutil.Process(pid)
        return bool(found.status() != psutil.STATUS_ZOMBIE and found.create_time() <= told + CLOSE)
    except (psutil.Error, ValueError):
        return False
