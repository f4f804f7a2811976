"""Chance in a performance: the noise by which decisions are drawn.

A phrase has noise for two bars, which it repeats, so that it keeps its rhythm and another phrase has its own;
but in each bar some of it is renewed, since a rest that noise asks for is not to stay for the whole phrase.
Whether a part lays out is a matter of whole bars: each has a mood, which drifts from phrase to phrase and
less from two bars to the next two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models.roll import BAR, PARTS, PITCHES, WINDOW

RENEWED = 0.3
# Drummers hear what they play and repeat it without being made to.
KIT_RENEWED = 0.3
# The share of a mood that is the phrase's: real parts lay out for four or eight bars more often than for one.
LASTING = 0.6
MOOD_BARS = 2
# Hands slip seldom: no note is an accident.
FARTHEST = 2.2
_GATE, _HOLD, _PITCH = 0, 1, slice(2, None)

Array = NDArray[np.float32]


class Origin(NamedTuple):
    """Whose noise a bar has: a bar's of a phrase; its own, or an earlier one's that is played again."""

    phrase: int
    bar: int


class Hands(NamedTuple):
    """Normal numbers, none beyond `FARTHEST`, for the steps of a window: level float32[4,32], the same for a
    bar; together float32[4,32], of all that is struck at once; single float32[4,32,128]."""

    level: Array
    together: Array
    single: Array


class Chance(NamedTuple):
    """Logistic noise of scale 1 for the steps of a window: gate and hold float32[4,32], pitch
    float32[4,32,128], and kit float32[32,128], of each drum by itself; mood float32[4,32], 0..1 and each as
    likely, how much a part wants to play; and the variation 0..1 that says how much of it counts. Hands vary
    whatever the variation.

    Noise as large as this, added to a logit, makes a cut at one half a draw by the probability itself.
    """

    gate: Array
    pitch: Array
    hold: Array
    kit: Array
    mood: Array
    variation: float
    hands: Hands

    @classmethod
    def of(cls, seeds: tuple[int, ...], step: int, variation: float) -> Chance:
        """The chance of a window that begins at a step of the performance, of the phrase of these seeds."""
        bars = range(step // BAR, (step + WINDOW - 1) // BAR + 1)
        steps = slice(step % BAR, step % BAR + WINDOW)
        return cls._joined([_bar(seeds, bar) for bar in bars], steps, variation)

    @classmethod
    def again(cls, seed: int, origins: Sequence[Origin], variation: float) -> Chance:
        """The chance of a window whose two bars have noise of these origins; seed: the performance's."""
        bars = [_bar((seed, origin.phrase), origin.bar) for origin in origins]
        return cls._joined(bars, slice(0, WINDOW), variation)

    @classmethod
    def _joined(cls, bars: Sequence[_Bar], steps: slice, variation: float) -> Chance:
        noise = np.concatenate([bar.noise for bar in bars], 1)[:, steps]
        kit = np.concatenate([bar.kit for bar in bars])[steps]
        mood = np.repeat(np.stack([bar.mood for bar in bars], 1), BAR, 1)[:, steps]
        rows = zip(*(bar.hands for bar in bars), strict=True)
        hands = Hands(*(np.concatenate(row, 1)[:, steps] for row in rows))
        return cls(noise[..., _GATE], noise[..., _PITCH], noise[..., _HOLD], kit, mood, variation, hands)

    @classmethod
    def none(cls) -> Chance:
        """Nothing is left to chance."""
        gate, hold = (np.zeros((PARTS, WINDOW), np.float32) for _ in range(2))
        kit, mood = np.zeros((WINDOW, PITCHES), np.float32), np.ones((PARTS, WINDOW), np.float32)
        each = np.zeros((PARTS, WINDOW, PITCHES), np.float32)
        return cls(gate, each, hold, kit, mood, 0.0, Hands(gate, gate, each))


class _Bar(NamedTuple):
    """The chance of 16 steps, counted from the performance's first: noise float32[4,16,130], kit
    float32[16,128], mood float32[4]; hands, level and together float32[4,16] and single float32[4,16,128]."""

    noise: Array
    kit: Array
    mood: Array
    hands: Hands


@lru_cache(maxsize=64)
def _bar(seeds: tuple[int, ...], bar: int) -> _Bar:
    parts, drums = (PARTS, BAR, 2 + PITCHES), (BAR, PITCHES)
    return _Bar(
        _partly(seeds, bar, 7, parts, RENEWED),
        _partly(seeds, bar, 8, drums, KIT_RENEWED),
        _mood(seeds, bar),
        _hands(seeds, bar),
    )


def _partly(seeds: tuple[int, ...], bar: int, kind: int, shape: tuple[int, ...], renewed: float) -> Array:
    """Noise that the phrase repeats every two bars, but for such a share that is the bar's own."""
    of_phrase = np.random.default_rng([*seeds, kind, bar % 2])
    of_bar = np.random.default_rng([*seeds, kind, 2 + bar])
    held, new = (rng.logistic(size=shape) for rng in (of_phrase, of_bar))
    return np.where(of_bar.random(shape) < renewed, new, held).astype(np.float32)


def _hands(seeds: tuple[int, ...], bar: int) -> Hands:
    """Half of what varies is the phrase's, which repeats the accents of its two bars as it does their
    rhythm."""
    of_phrase = np.random.default_rng([*seeds, 10, bar % 2])
    of_bar = np.random.default_rng([*seeds, 10, 2 + bar])
    shape = (PARTS, BAR)
    level, together = (
        math.sqrt(0.5) * (of_phrase.standard_normal(size) + of_bar.standard_normal(size))
        for size in ((PARTS, 1), shape)
    )
    every = np.repeat(level, BAR, 1), together, of_bar.standard_normal((*shape, PITCHES))
    return Hands(*(np.clip(each, -FARTHEST, FARTHEST).astype(np.float32) for each in every))


def _mood(seeds: tuple[int, ...], bar: int) -> Array:
    """float32[4], each evenly spread over 0..1: the rank of a normal number, the phrase's and two bars'."""
    of_phrase = np.random.default_rng([*seeds, 9, 0]).standard_normal(PARTS)
    of_bars = np.random.default_rng([*seeds, 9, 1 + bar // MOOD_BARS]).standard_normal(PARTS)
    level = math.sqrt(LASTING) * of_phrase + math.sqrt(1 - LASTING) * of_bars
    return np.array([(1 + math.erf(each / math.sqrt(2))) / 2 for each in level], np.float32)
