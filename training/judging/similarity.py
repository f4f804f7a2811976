"""One number 0..1 for how near the figures of some music are to those of real music."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

REACH = 2.0
LEAST_SPREAD = 0.02


class Spread(NamedTuple):
    """A figure over real songs: its mean, and its standard deviation from song to song."""

    mean: float
    deviation: float


def spread(rows: Sequence[Mapping[str, float]]) -> dict[str, Spread]:
    """Mean and deviation of each figure over the songs in which it is a number; others are left out."""
    names = dict.fromkeys(name for row in rows for name in row)
    known = {name: [row[name] for row in rows if not np.isnan(row.get(name, float("nan")))] for name in names}
    return {
        name: Spread(float(np.mean(values)), float(np.std(values)))
        for name, values in known.items()
        if values
    }


def index(mine: Mapping[str, float], real: Mapping[str, Spread]) -> float:
    """1 less the mean, over the real figures, of min(1, |mine - real mean| / (2 deviations)).

    1 where every figure equals the data's mean, 0 where each is two deviations of real songs from it or
    more. A deviation below .02 counts as .02; a figure that is not a number here is as far as can be.
    Raises ValueError without any real figure.
    """
    if not real:
        raise ValueError("there are no figures of real songs to be near to; give at least one song")
    apart = []
    for name, (mean, deviation) in real.items():
        far = abs(mine.get(name, float("nan")) - mean) / (REACH * max(deviation, LEAST_SPREAD))
        apart.append(1.0 if np.isnan(far) else min(1.0, far))
    return float(1 - np.mean(apart))
