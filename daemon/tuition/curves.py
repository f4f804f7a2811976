"""Curves of a run, CSV files that grow while they are read: whole lines, and no more than can be seen."""

from __future__ import annotations

import csv
import math
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path

STEP = "step"
MOST = 400
"""Points of a curve that are told."""
LARGEST = 1 << 26
KEPT = 16
"""Files whose points are remembered, those that were asked for last."""

Curve = dict[str, list[tuple[float, float]]]
"""Points (update, value) by the figure's name."""


class Curves:
    """Curve files, each read on from where it was read to; one at a time, from any thread."""

    def __init__(self) -> None:
        self._files: OrderedDict[Path, Growing] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, path: Path, most: int = MOST) -> Curve:
        """The curves of a file; empty where there is none. Of many points each stands for the mean of 2, 4,
        8 ... neighbours, so that a curve which grows keeps its shape."""
        with self._lock:
            file = self._files.setdefault(path, Growing(path))
            self._files.move_to_end(path)
            while len(self._files) > KEPT:
                self._files.popitem(last=False)
            return {name: thinned(points, most) for name, points in file.read().items() if points}


class Growing:
    """One file. A line that is still being written is left for later, and a value that is no number is left
    out; a file that was written anew is read anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mark, self._offset = (0, 0), 0
        self._names: list[str] = []
        self._found: Curve = {}

    def read(self) -> Curve:
        """All of its points by now."""
        try:
            with self._path.open("rb") as file:
                status = os.fstat(file.fileno())
                mark = status.st_dev, status.st_ino
                if mark != self._mark or status.st_size < self._offset:
                    self._mark, self._offset, self._names, self._found = mark, 0, [], {}
                file.seek(self._offset)
                data = file.read(LARGEST)
        except OSError:
            return {}
        data = data[: data.rfind(b"\n") + 1]
        self._offset += len(data)
        self._take(csv.reader(data.decode("utf-8", "replace").splitlines()))
        return self._found

    def _take(self, rows: Iterable[list[str]]) -> None:
        for row in rows:
            if not self._names:
                self._names = row
                self._found = {name: [] for name in row if name != STEP}
            elif STEP in self._names and len(row) == len(self._names):
                cells = dict(zip(self._names, row, strict=True))
                step = _value(cells[STEP])
                for name, points in self._found.items() if step is not None else ():
                    value = _value(cells[name])
                    if value is not None and step is not None:
                        points.append((step, value))


def thinned(points: Sequence[tuple[float, float]], most: int) -> list[tuple[float, float]]:
    """At most so many points: means of as many neighbours as it takes, a power of two."""
    size = 1
    while len(points) > most * size:
        size *= 2
    if size == 1:
        return list(points)
    groups = [points[k : k + size] for k in range(0, len(points), size)]
    return [(_mean(x for x, _ in group), _mean(y for _, y in group)) for group in groups]


def _mean(values: Iterable[float]) -> float:
    kept = list(values)
    return sum(kept) / len(kept)


def _value(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
