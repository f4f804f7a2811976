"""Chance in a performance: the noise by which decisions are drawn.

A phrase has noise for two bars, which it repeats, so that it keeps its rhythm and another phrase has its own;
but in each bar some of it is renewed, since a rest that noise asks for is not to stay for the whole phrase.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models.roll import BAR, PARTS, PITCHES, WINDOW

RENEWED = 0.3
_GATE, _HOLD, _PITCH = 0, 1, slice(2, None)

Array = NDArray[np.float32]


class Origin(NamedTuple):
    """Whose noise a bar has: a bar's of a phrase; its own, or an earlier one's that is played again."""

    phrase: int
    bar: int


class Chance(NamedTuple):
    """Logistic noise of scale 1 for the steps of a window: gate and hold float32[4,32], pitch
    float32[4,32,128]; and the variation 0..1 that says how much of it counts.

    Noise as large as this, added to a logit, makes a cut at one half a draw by the probability itself.
    """

    gate: Array
    pitch: Array
    hold: Array
    variation: float

    @classmethod
    def of(cls, seeds: tuple[int, ...], step: int, variation: float) -> Chance:
        """The chance of a window that begins at a step of the performance, of the phrase of these seeds."""
        bars = range(step // BAR, (step + WINDOW - 1) // BAR + 1)
        noise = np.concatenate([_bar(seeds, bar) for bar in bars], 1)
        return cls._of(noise[:, step % BAR : step % BAR + WINDOW], variation)

    @classmethod
    def again(cls, seed: int, origins: Sequence[Origin], variation: float) -> Chance:
        """The chance of a window whose two bars have noise of these origins; seed: the performance's."""
        bars = [_bar((seed, origin.phrase), origin.bar) for origin in origins]
        return cls._of(np.concatenate(bars, 1), variation)

    @classmethod
    def _of(cls, noise: Array, variation: float) -> Chance:
        return cls(noise[..., _GATE], noise[..., _PITCH], noise[..., _HOLD], variation)

    @classmethod
    def none(cls) -> Chance:
        """Nothing is left to chance."""
        gate, hold = (np.zeros((PARTS, WINDOW), np.float32) for _ in range(2))
        return cls(gate, np.zeros((PARTS, WINDOW, PITCHES), np.float32), hold, 0.0)


@lru_cache(maxsize=64)
def _bar(seeds: tuple[int, ...], bar: int) -> Array:
    """float32[4,16,130], the noise of a group of 16 steps, counted from the performance's first."""
    of_phrase = np.random.default_rng([*seeds, 7, bar % 2])
    of_bar = np.random.default_rng([*seeds, 7, 2 + bar])
    held, new = (rng.logistic(size=(PARTS, BAR, 2 + PITCHES)) for rng in (of_phrase, of_bar))
    return np.where(of_bar.random(held.shape) < RENEWED, new, held).astype(np.float32)
