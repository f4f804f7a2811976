"""Workers that each do one task at a time, so that a crash or an endless task costs that task only.

The processes are spawned, on every system alike, and take no notice of Ctrl-C: who asked for the work does,
and sends them home.
"""

from __future__ import annotations

import os
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")
SPAWN = get_context("spawn")


@dataclass(frozen=True)
class Lost:
    """A task that came to nothing, and why."""

    reason: str


@dataclass
class _Hand(Generic[T, R]):
    """A worker, the line to it, and the task it is at: its index (-1 for none) and when its time is up."""

    process: BaseProcess
    line: Connection
    task: int = -1
    until: float = 0.0


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(
    work: Callable[[T], R], tasks: Sequence[T], processes: int, seconds: float
) -> Iterator[tuple[int, R | Lost]]:
    """The index and result of each task, as they are done, from so many processes.

    work: a function of a module, which raises nothing that is meant to be seen; seconds: what a task may
    take.
    """
    waiting = deque(range(len(tasks)))
    hands: list[_Hand[T, R]] = []
    try:
        hands = [_hire(work) for _ in range(min(max(processes, 1), len(tasks)))]
        while waiting or any(hand.task >= 0 for hand in hands):
            for hand in hands:
                if waiting and hand.task < 0:
                    _give(hand, tasks, waiting.popleft(), seconds)
            yield from _gather(hands, work, seconds)
    finally:
        for hand in hands:
            hand.process.kill()
        for hand in hands:
            hand.process.join()
            hand.line.close()


def _gather(
    hands: list[_Hand[T, R]], work: Callable[[T], R], seconds: float
) -> Iterator[tuple[int, R | Lost]]:
    """What is done, or lost, by the time anything is; who is lost is replaced."""
    busy = [hand for hand in hands if hand.task >= 0]
    ready = wait([hand.line for hand in busy], max(min(h.until for h in busy) - time.monotonic(), 0))
    for hand in busy:
        if hand.line in ready:
            result = _answer(hand)
        elif time.monotonic() >= hand.until:
            result = Lost(f"took longer than {seconds:g} seconds")
        else:
            continue
        task, hand.task = hand.task, -1
        if isinstance(result, Lost):
            hand.process.kill()
            hand.process.join()
            hand.line.close()
            hands[hands.index(hand)] = _hire(work)
        yield task, result


def _answer(hand: _Hand[T, R]) -> R | Lost:
    try:
        answer: R | Lost = hand.line.recv()
    except (EOFError, OSError):
        return Lost("its reader crashed")
    return answer


def _give(hand: _Hand[T, R], tasks: Sequence[T], task: int, seconds: float) -> None:
    hand.task, hand.until = task, time.monotonic() + seconds
    try:
        hand.line.send(tasks[task])
    except OSError:
        hand.until = 0.0  # it is gone, which `_gather` finds out


def _hire(work: Callable[[T], R]) -> _Hand[T, R]:
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=_serve, args=(work, theirs), daemon=True)
    with _deaf():
        process.start()
    theirs.close()
    return _Hand(process, ours)


@contextmanager
def _deaf() -> Iterator[None]:
    """What is started in here does not hear Ctrl-C, not even while it is starting (where a system can do
    so)."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(work: Callable[[T], R], line: Connection) -> None:
    """A worker's life: a task in, a result out, until the line is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            task = line.recv()
        except EOFError:
            return
        line.send(work(task))
