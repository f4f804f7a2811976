"""Means over songs, of which some have no number to give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from statistics import pstdev


def mean(values: Sequence[float]) -> float:
    """The mean of those that are numbers; not a number if none is."""
    known = [value for value in values if not isnan(value)]
    return sum(known) / len(known) if known else float("nan")


def deviation(values: Sequence[float]) -> float:
    """The deviation of those that are numbers; not a number if there are fewer than two."""
    known = [value for value in values if not isnan(value)]
    return pstdev(known) if len(known) > 1 else float("nan")


def means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each figure over the rows that have it as a number."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: mean([row[name] for row in rows if name in row]) for name in names}
