"""Cuts of probabilities that are moved, round by round, until what they let through is as it should be."""

from __future__ import annotations

import math

GAIN = 0.8
LEAST_SHARE = 0.01


def moved(cut: float, times: float, edge: float) -> float:
    """A cut raised where there is so many times too much, lowered where that is less than 1; kept an edge
    from 0 and 1."""
    lean = math.log(cut / (1 - cut)) + GAIN * math.log(times)
    return min(max(1 / (1 + math.exp(-lean)), edge), 1 - edge)


def odds(share: float) -> float:
    """A share 0..1 as odds, one near 0 or 1 as a hundredth from there."""
    share = min(max(share, LEAST_SHARE), 1 - LEAST_SHARE)
    return share / (1 - share)
