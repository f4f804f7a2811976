"""Curves of a run, CSV files that grow while they are read: whole lines, and no more than can be seen."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

STEP = "step"
MOST = 400
"""Points of a curve that are told."""
LARGEST = 1 << 26

Curve = dict[str, list[tuple[float, float]]]
"""Points (update, value) by the figure's name."""


def read(path: Path, most: int = MOST) -> Curve:
    """The curves of a file; empty where there is none. A line that is still being written is left out, and so
    is a value that is no number. Of many points each stands for the mean of 2, 4, 8 ... neighbours, so that
    a curve which grows keeps its shape."""
    try:
        if path.stat().st_size > LARGEST:
            return {}
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    names, *rows = [*csv.reader(text[: text.rfind("\n") + 1].splitlines())] or [[]]
    if STEP not in names:
        return {}
    found: Curve = {name: [] for name in names if name != STEP}
    for row in rows:
        cells = dict(zip(names, row, strict=False)) if len(row) == len(names) else {}
        step = _value(cells.get(STEP, ""))
        if step is None:
            continue
        for name, points in found.items():
            value = _value(cells[name])
            if value is not None:
                points.append((step, value))
    return {name: thinned(points, most) for name, points in found.items() if points}


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
