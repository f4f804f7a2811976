"""Which process is meant: a number alone is given to another process some time after the first has ended."""

from __future__ import annotations

import os
from typing import NamedTuple

import psutil

CLOSE = 2.0
"""Seconds by which a process seems to have begun earlier or later when the system's clock is set."""


class Identity(NamedTuple):
    """pid; began: when the system says that it began, in seconds since 1970."""

    pid: int
    began: float


def own() -> Identity:
    """This process."""
    return Identity(os.getpid(), psutil.Process().create_time())


def alive(who: Identity) -> bool:
    """Whether it still runs, and not another one of its number."""
    try:
        found = psutil.Process(who.pid)
        return bool(found.status() != psutil.STATUS_ZOMBIE and abs(found.create_time() - who.began) <= CLOSE)
    except psutil.Error:
        return False


def works(pid: int, told: float) -> bool:
    """Whether a process runs that was there when it told something last, in seconds since 1970."""
    try:
        found = psutil.Process(pid)
        return bool(found.status() != psutil.STATUS_ZOMBIE and found.create_time() <= told + CLOSE)
    except (psutil.Error, ValueError):
        return False
