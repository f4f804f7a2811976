"""Chance in a performance: the noise by which decisions are drawn.

A phrase has noise for a bar or two, which it repeats, so that it keeps its rhythm and another phrase has its
own; but in some bars much of it is renewed, since a rest that noise asks for is not to stay for the whole
phrase.
Whether a part lays out is a matter of whole bars: each has a mood, which drifts from phrase to phrase and
less from two bars to the next two. And a performance has a temper: how busy, how legato and how present each
part is in it, and which drums it likes, beside what is usual.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from bandmate.models.drawn import TEMPERS
from bandmate.models.roll import BAR, PARTS, PITCHES, WINDOW

# Players repeat a bar note for note or change it in earnest: so large a share of a phrase's patterns is a bar
# long, such a share of its bars has nothing renewed, and in the others so much is.
ONE_BAR = 0.5
KEPT = 0.75
RENEWED = 0.7
# The share of a mood that is the phrase's: real parts lay out for four or eight bars more often than for one.
LASTING = 0.6
MOOD_BARS = 2
# Hands slip seldom: no note is an accident.
FARTHEST = 2.2
# A temper is normal, of deviation 1, and never further out than this.
EXTREME = 1.8
_GATE, _HOLD, _PITCH = 0, 1, slice(2, None)

Mask = NDArray[np.bool_]
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


class Temper(NamedTuple):
    """What a performance is like from its first bar to its last: parts float32[4,5], how much more than
    usual each strikes, holds its notes, lays out, plays in chords and plays high; kit float32[128], how much
    more each drum is hit."""

    parts: Array
    kit: Array

    @classmethod
    def even(cls) -> Temper:
        """All as usual."""
        return cls(np.zeros((PARTS, TEMPERS), np.float32), np.zeros(PITCHES, np.float32))


class Chance(NamedTuple):
    """Logistic noise of scale 1 for the steps of a window: gate and hold float32[4,32], pitch
    float32[4,32,128], and kit float32[32,128], of each drum by itself; mood float32[4,32], 0..1 and each as
    likely, how much a part wants to play; the performance's temper; the variation 0..1 that says how much
    of it all counts; renewed bool[5,32], whether a bar of each part, and of the kit, has noise that its
    pattern has not; and whether what is asked of the band is constant, so that it may keep to what it played.
    Hands vary whatever the variation.

    Noise as large as this, added to a logit, makes a cut at one half a draw by the probability itself.
    """

    gate: Array
    pitch: Array
    hold: Array
    kit: Array
    mood: Array
    temper: Temper
    variation: float
    hands: Hands
    renewed: Mask
    constant: bool = True

    @classmethod
    def of(cls, seeds: tuple[int, ...], step: int, variation: float) -> Chance:
        """The chance of a window that begins at a step of the performance, of the phrase of these seeds, of
        which all but the last are the performance's."""
        bars = range(step // BAR, (step + WINDOW - 1) // BAR + 1)
        steps = slice(step % BAR, step % BAR + WINDOW)
        return cls._joined([_bar(seeds, bar) for bar in bars], _temper(seeds[:-1]), steps, variation)

    @classmethod
    def again(cls, seed: int, origins: Sequence[Origin], variation: float) -> Chance:
        """The chance of a window whose two bars have noise of these origins; seed: the performance's."""
        bars = [_bar((seed, origin.phrase), origin.bar) for origin in origins]
        return cls._joined(bars, _temper((seed,)), slice(0, WINDOW), variation)

    @classmethod
    def _joined(cls, bars: Sequence[_Bar], temper: Temper, steps: slice, variation: float) -> Chance:
        noise = np.concatenate([bar.noise for bar in bars], 1)[:, steps]
        kit = np.concatenate([bar.kit for bar in bars])[steps]
        mood = np.repeat(np.stack([bar.mood for bar in bars], 1), BAR, 1)[:, steps]
        renewed = np.repeat(np.stack([bar.renewed for bar in bars], 1), BAR, 1)[:, steps]
        rows = zip(*(bar.hands for bar in bars), strict=True)
        hands = Hands(*(np.concatenate(row, 1)[:, steps] for row in rows))
        gate, hold, pitch = (noise[..., kind] for kind in (_GATE, _HOLD, _PITCH))
        return cls(gate, pitch, hold, kit, mood, temper, variation, hands, renewed)

    @classmethod
    def none(cls) -> Chance:
        """Nothing is left to chance."""
        gate, hold = (np.zeros((PARTS, WINDOW), np.float32) for _ in range(2))
        kit, mood = np.zeros((WINDOW, PITCHES), np.float32), np.ones((PARTS, WINDOW), np.float32)
        each = np.zeros((PARTS, WINDOW, PITCHES), np.float32)
        hands, renewed = Hands(gate, gate, each), np.zeros((PARTS + 1, WINDOW), bool)
        return cls(gate, each, hold, kit, mood, Temper.even(), 0.0, hands, renewed)


class _Bar(NamedTuple):
    """The chance of 16 steps, counted from the performance's first: noise float32[4,16,130], kit
    float32[16,128], mood float32[4]; hands, level and together float32[4,16] and single float32[4,16,128];
    renewed bool[5]."""

    noise: Array
    kit: Array
    mood: Array
    hands: Hands
    renewed: Mask


@lru_cache(maxsize=64)
def _bar(seeds: tuple[int, ...], bar: int) -> _Bar:
    *parts, kit = (
        *(_partly(seeds, bar, 20 + part, (BAR, 2 + PITCHES)) for part in range(PARTS)),
        _partly(seeds, bar, 8, (BAR, PITCHES)),
    )
    renewed = np.array([new for _, new in (*parts, kit)])
    noise = np.stack([noise for noise, _ in parts])
    return _Bar(noise, kit[0], _mood(seeds, bar), _hands(seeds, bar), renewed)


@lru_cache(maxsize=8)
def _temper(seeds: tuple[int, ...]) -> Temper:
    rng = default_rng([*seeds, 10])
    drawn = [rng.standard_normal(shape).clip(-EXTREME, EXTREME) for shape in ((PARTS, TEMPERS), PITCHES)]
    return Temper(*(each.astype(np.float32) for each in drawn))


def _partly(seeds: tuple[int, ...], bar: int, kind: int, shape: tuple[int, ...]) -> tuple[Array, bool]:
    """Noise of a pattern that the phrase repeats, every bar or every two; in some bars a share is renewed:
    whether in this one."""
    short = default_rng([*seeds, kind, 1, 1]).random() < ONE_BAR
    of_phrase = default_rng([*seeds, kind, 0 if short else bar % 2])
    of_bar = default_rng([*seeds, kind, 2 + bar])
    held, new = (rng.logistic(size=shape) for rng in (of_phrase, of_bar))
    renewed = bool(of_bar.random() >= KEPT)
    share = RENEWED if renewed else 0.0
    return np.where(of_bar.random(shape) < share, new, held).astype(np.float32), renewed


def _hands(seeds: tuple[int, ...], bar: int) -> Hands:
    """Half of what varies is the phrase's, which repeats the accents of its two bars as it does their
    rhythm."""
    of_phrase = default_rng([*seeds, 10, bar % 2])
    of_bar = default_rng([*seeds, 10, 2 + bar])
    shape = (PARTS, BAR)
    level, together = (
        math.sqrt(0.5) * (of_phrase.standard_normal(size) + of_bar.standard_normal(size))
        for size in ((PARTS, 1), shape)
    )
    every = np.repeat(level, BAR, 1), together, of_bar.standard_normal((*shape, PITCHES))
    return Hands(*(np.clip(each, -FARTHEST, FARTHEST).astype(np.float32) for each in every))


def _mood(seeds: tuple[int, ...], bar: int) -> Array:
    """float32[4], each evenly spread over 0..1: the rank of a normal number, the phrase's and two bars'."""
    of_phrase = default_rng([*seeds, 9, 0]).standard_normal(PARTS)
    of_bars = default_rng([*seeds, 9, 1 + bar // MOOD_BARS]).standard_normal(PARTS)
    level = math.sqrt(LASTING) * of_phrase + math.sqrt(1 - LASTING) * of_bars
    return np.array([(1 + math.erf(each / math.sqrt(2))) / 2 for each in level], np.float32)
