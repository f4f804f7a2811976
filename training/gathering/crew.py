"""Tasks done on all cores, so that a crash or an endless task costs that task only."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Lost:
    """A task that came to nothing, and why."""

    reason: str


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(
    work: Callable[[T], R], tasks: Sequence[T], processes: int, seconds: float
) -> Iterator[tuple[int, R | Lost]]:
    """The index and result of each task, in their order, from so many processes.

    work: a function of a module, which raises nothing that is meant to be seen; seconds: what a task may
    take. The processes are spawned, on every system alike, and end when nobody listens any more.
    """
    pool = ProcessPool(max_workers=min(max(processes, 1), max(len(tasks), 1)), context=get_context("spawn"))
    try:
        results = pool.map(work, tasks, timeout=seconds).result()
        for index in range(len(tasks)):
            yield index, _next(results, seconds)
    finally:
        pool.stop()
        pool.join()


def _next(results: Iterator[R], seconds: float) -> R | Lost:
    try:
        return next(results)
    except TimeoutError:
        return Lost(f"took longer than {seconds:g} seconds")
    except ProcessExpired:
        return Lost("its reader crashed")
