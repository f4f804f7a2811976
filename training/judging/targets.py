"""What is asked of a band: a figure's bounds, stated outright or as nearness to the real figure."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isnan
from typing import NamedTuple

from bandmate.models.decoding import DRUMS

LEAST_TOLERANCE = 0.01
WHOLE, LITTLE = 0.15, 0.10
RHYTHM = 0.20

MET, WANTED, MISSED = "met", "met, as wanted", "MISSED"


class Target(NamedTuple):
    """least, most: the bounds; within: instead of these, how far the figure may be from the real one, as a
    share of that, though a hundredth is always allowed; as_real: at most the real one; wanted: what would be
    better than the bounds."""

    least: float = -inf
    most: float = inf
    within: float = 0.0
    as_real: bool = False
    wanted: float | None = None

    def bounds(self, real: float) -> tuple[float, float]:
        """The lowest and highest that will do beside the real figure."""
        if self.within:
            room = max(self.within * abs(real), LEAST_TOLERANCE)
            return max(real - room, 0.0), real + room
        return (self.least, real) if self.as_real else (self.least, self.most)

    def verdict(self, value: float, real: float) -> str:
        """Met, met as wanted, or missed, which a figure is too that is not a number where one is asked; empty
        where there is no real figure to be near to."""
        low, high = self.bounds(real)
        if isnan(low) or isnan(high):
            return ""
        if not low <= value <= high:
            return MISSED
        if self.wanted is None:
            return MET
        better = value >= self.wanted if self.most == inf else value <= self.wanted
        return WANTED if better else MET

    def told(self, real: float) -> str:
        """The bounds in a few signs; empty where there is no real figure to be near to."""
        low, high = self.bounds(real)
        wanted = "" if self.wanted is None else f" ({self.wanted:.3g})"
        if isnan(low) or isnan(high):
            return ""
        if high == inf:
            return f"≥ {low:.3g}{wanted}"
        if low == -inf:
            return f"≤ {high:.3g}{wanted}"
        return f"{low:.3g} to {high:.3g}"


class Genre(NamedTuple):
    """What is asked of one genre's melody in harmony, clash, and sensitivity in time and to the melody."""

    in_harmony: float
    wanted: float
    clash: float
    in_time: float
    sensitivity: float


GENRES = {
    "pop": Genre(0.62, 0.675, 0.05, 0.12, 0.20),
    "rock": Genre(0.63, 0.66, 0.07, 0.10, 0.16),
    "jazz": Genre(0.50, 0.577, 0.13, 0.09, 0.12),
    "symphony": Genre(0.52, 0.55, 0.06, 0.10, 0.12),
    "songwriter": Genre(0.66, 0.75, 0.05, 0.15, 0.24),
}

EVERYWHERE = {
    "in_harmony.over_baselines": Target(least=0.0),
    "doubled": Target(0.15, 0.40),
    "unsupported": Target(most=0.05),
    "changes": Target(within=RHYTHM),
    "groove": Target(within=RHYTHM),
    "onsets_apart": Target(most=RHYTHM),
    "silence.longest": Target(most=1.0),
    "told_apart.network_accuracy": Target(most=0.70, wanted=0.60),
    "nearest.pitched_closer": Target(as_real=True),
    "nearest.drums_closer": Target(as_real=True),
    "inference.hop_ms": Target(most=15.0),
    "inference.largest_mb": Target(most=12.0),
    "late_decisions": Target(most=0.0),
}
VOICE_MOVEMENT = Target(most=3.0)


def of(genre: str, parts: Sequence[str], chords: str) -> dict[str, Target]:
    """The targets of a preset by figure; `chords` is the part that plays the chords.

    A genre that nothing is asked of by name has those of all. The first part with pitches is the bass,
    whose 16ths are its own affair.
    """
    asked = GENRES.get(genre)
    fit = {}
    if asked is not None:
        fit = {
            "in_harmony": Target(least=asked.in_harmony, wanted=asked.wanted),
            "clash": Target(most=asked.clash),
            "sensitivity.in_time": Target(least=asked.in_time),
            "sensitivity.in_harmony": Target(least=asked.sensitivity),
        }
    pitched = [part for part in parts if part != DRUMS]
    own = {f"{part}.{figure}": Target(within=WHOLE) for part in parts for figure in ("notes", "empty")}
    own |= {f"{part}.pitch_classes": Target(within=WHOLE) for part in pitched}
    own |= {f"{part}.qualified": Target(within=LITTLE) for part in pitched}
    own |= {f"{part}.one_step": Target(within=LITTLE) for part in pitched[1:]}
    return fit | EVERYWHERE | own | {f"{chords}.movement": VOICE_MOVEMENT}
