"""How far a long task is, and how long it will take: a bar in a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TextIO

from tqdm import tqdm

EVERY = 30.0


class Progress:
    """What is done of `total` units of a task; tells it on stderr. Used in a `with`.

    done: units done before it begins, as after a resumption; clock: seconds, for tests.
    """

    def __init__(
        self,
        task: str,
        total: int,
        unit: str,
        done: int = 0,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._task, self._total, self._unit, self._done, self._first = task, total, unit, done, done
        self._stream, self._clock = stream or sys.stderr, clock
        self._began = self._told = clock()
        self._figures, self._said = "", done
        terminal = self._stream.isatty()
        self._bar = (
            tqdm(desc=task, total=total, unit=f" {unit}", initial=done, file=self._stream, dynamic_ncols=True)
            if terminal
            else None
        )

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        elif self._done > self._said:
            self._tell()

    def advance(self, units: int = 1, **figures: float) -> None:
        """So many units more; figures such as the loss are shown beside them until others come."""
        self._done += units
        if figures:
            self._figures = ", ".join(f"{name} {value:.4g}" for name, value in figures.items())
        if self._bar is not None:
            self._bar.set_postfix_str(self._figures, refresh=False)
            self._bar.update(units)
        elif self._clock() - self._told >= EVERY:
            self._tell()

    def reach(self, done: int, total: int, **figures: float) -> None:
        """So many units of so many are done, where how many there are is known only now."""
        self._total = total
        if self._bar is not None:
            self._bar.total = total
        self.advance(done - self._done, **figures)

    def say(self, words: str) -> None:
        """A line of its own, above the bar."""
        if self._bar is not None:
            self._bar.write(words, file=self._stream)
        else:
            self._stream.write(words + "\n")
            self._stream.flush()

    def _tell(self) -> None:
        self._told, self._said = self._clock(), self._done
        spent, new = self._told - self._began, self._done - self._first
        left = (self._total - self._done) * spent / new if new else 0.0
        words = f"{self._task}: {self._done} of {self._total} {self._unit}, {_clock(spent)} gone"
        if left > 0:
            words += f", {_clock(left)} left"
        self.say(words + (f", {self._figures}" if self._figures else ""))


def _clock(seconds: float) -> str:
    return str(tqdm.format_interval(seconds))
