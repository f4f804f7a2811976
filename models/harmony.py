"""The chord plan: which triads there are, and which to choose when the ear is unsure.

A chord is a number: 0..11 the major triad on that pitch class, 12..23 the minor one, 24 none.
The ear's answers are flat (the likeliest chord often has a third of the probability), so the choice
goes by expected fit, not by the likeliest: the tones shared with what might be right, plus the melody
expected over them, over eight beats to come, with a price for changing on weak beats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

CHORDS = 25
NONE = 24
HORIZON = 8
FAITH = 0.8
"""What it counts, in expected overlap, that a chord was surely played at this place before."""
HARM = 0.5
"""What a chord tone a semitone from the melody takes away, beside the 1 that the melody in a chord adds."""
BESIDE = 0.5
"""How far a tone foreign to the chord is unwanted for each tone of the melody that it lies beside, as a share
of how far that one is expected."""
LEFT = 0.25
"""How far the tones of a chord that is left are unwanted where the next one begins."""
NAMES = ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")

Array = NDArray[np.float32]


def _tones() -> Array:
    table = np.zeros((CHORDS, 12), np.float32)
    for root in range(12):
        for quality, third in enumerate((4, 3)):
            table[12 * quality + root, [root, (root + third) % 12, (root + 7) % 12]] = 1
    return table


TONES: Array = _tones()
_OVERLAP: Array = (TONES @ TONES.T / 3).astype(np.float32)


def _beside(tones: Array) -> Array:
    """float32[n,12]: what lies a semitone below and above each pitch class, summed."""
    return np.asarray(np.roll(tones, 1, 1) + np.roll(tones, -1, 1), np.float32)


_SUITS: Array = TONES - HARM * _beside(TONES)


def symbol(chord: int) -> str:
    """A chord as musicians write it: `C`, `F♯m`, `N.C.` for none."""
    if chord == NONE:
        return "N.C."
    return NAMES[chord % 12] + ("m" if chord >= 12 else "")


def moved(chords: NDArray[np.int_], up: int) -> NDArray[np.int_]:
    """Chords, none of them none, so many semitones higher."""
    return np.asarray(12 * (chords // 12) + (chords + up) % 12)


def rows(chords: NDArray[np.int_]) -> Array:
    """float32[n, 24] of n chords: the chord's pitch classes (12) and its bass's (12); none is all zeros."""
    out = np.zeros((len(chords), 24), np.float32)
    out[:, :12] = TONES[chords]
    sounding = np.flatnonzero(chords != NONE)
    out[sounding, 12 + chords[sounding] % 12] = 1
    return out


@dataclass(frozen=True)
class Reluctance:
    """The price of changing the chord, in expected overlap (1 is a whole triad).

    first: on beat 1; middle: in the middle of the bar; weak: on other beats; revise: once one of the two
    strong beats has begun; revise_weak: once another has. A negative price invites a change. The values
    were chosen on pop songs that the ear never saw, for a harmonic rhythm like theirs.
    """

    first: float = -0.05
    middle: float = 0.0
    weak: float = 0.3
    revise: float = 0.2
    revise_weak: float = 0.6

    def within(self, beat_in_bar: int, halved: bool = True) -> float:
        """The price of a change after the beat has begun."""
        return self.revise if beat_in_bar == 0 or (halved and beat_in_bar == 2) else self.revise_weak

    def at(self, beat_in_bar: int, halved: bool = True) -> float:
        """The price at a beat of a bar of four, 0 being its first; halved: whether its third is strong."""
        if beat_in_bar == 0:
            return self.first
        return self.middle if halved and beat_in_bar == 2 else self.weak


def utility(
    chord: Array,
    melody: Array,
    evidence: Array | None = None,
    recalled: Array | None = None,
    follow: float = 1.0,
) -> Array:
    """Expected fit float32[beats, 24] of every triad.

    chord: float32[beats, 25] probabilities; melody: float32[beats, 12] expected pitch classes, which count
    `follow` times as much as the tones of the chords, and leave what follows as much weight beside them;
    evidence: float32[12] pitch classes that the player holds down as a chord, if any, or float32[beats, 12],
    by how sure it is that they are each beat's; recalled: float32[beats, 24] 0..1, how sure it is that this
    chord was played at this place before, if any was.
    """
    sharp = chord**1.5
    sharp /= np.maximum(sharp.sum(1, keepdims=True), 1e-9)
    fit = sharp @ _OVERLAP[:, :NONE] + follow * (melody @ _SUITS[:NONE].T)
    outweighs = max(follow, 1.0)
    if evidence is not None and evidence.any():
        fit = fit + outweighs * held(evidence)
    if recalled is not None:
        fit = fit + outweighs * FAITH * recalled[: len(fit)]
    return np.asarray(fit, np.float32)


class Wanted(NamedTuple):
    """What the melody wants of the parts by pitch class, float32[n,12] each: of what they strike, more or
    less than of the chord's tones on average; and of what sounds on, 0 or less."""

    struck: Array
    held: Array


def wanted(
    melody: Array,
    chords: NDArray[np.int_],
    sounding: int,
    coming: Array | None = None,
    lean: float = 1.0,
) -> Wanted:
    """Where the melody is expected and away from what lies beside it, whatever is not the chord's own; and of
    what sounds, as often as something else is expected, an end to what the melody rubs against and to the
    tones of a chord that is left.

    melody: float32[n,12] expected pitch classes of n steps; chords: int[n]; sounding: the chord before them;
    coming: float32[n,12] what is struck is to go with, if not with just this; lean: how many times as much as
    usual, chord tones being wanted no less on average. Nothing is wanted where there is no chord.
    """
    tones = TONES[chords]
    size = tones.sum(1, keepdims=True)
    coming = melody if coming is None else coming
    level = (coming * tones).sum(1, keepdims=True) / np.maximum(size, 1)
    beside = _beside(melody)
    struck = lean * (coming - BESIDE * beside * (tones == 0)) - level
    left = TONES[np.append(sounding, chords[:-1])] * (1 - tones)
    turns = np.append(True, (melody[1:] != melody[:-1]).any(1))[:, None]
    held = lean * np.minimum(melody - beside - LEFT * left, 0) * turns
    return Wanted(*(np.where(size > 0, each, 0).astype(np.float32) for each in (struck, held)))


def held(evidence: Array) -> Array:
    """float32[24], or [n, 24] of [n, 12]: how well each triad explains the held pitch classes, weighing more
    than any guess."""
    inside = evidence @ TONES[:NONE].T
    return np.asarray(2 * inside - (evidence.sum(-1, keepdims=True) - inside), np.float32)


def plan(
    fit: Array,
    sounding: int,
    beat_in_bar: int,
    reluctance: Reluctance = Reluctance(),
    heard: float = 0.0,
    halved: bool = True,
) -> NDArray[np.int_]:
    """The chords int[beats] for the beats to come, the first of which is about to be committed.

    fit: float32[beats, 24] from `utility`; sounding: the chord now (24 none); beat_in_bar: 0..3, of
    the first beat; heard: the share 0..1 of the first beat that has gone by, when it is being revised;
    halved: whether the third beat of a bar is strong.
    """
    beats = len(fit)
    prices = [reluctance.at((beat_in_bar + h) % 4, halved) for h in range(beats)]
    weight = np.ones(beats, np.float32)
    weight[0] = 1 - heard
    value = np.zeros((beats + 1, NONE), np.float32)
    for h in range(beats - 1, -1, -1):
        price = max(prices[h + 1], 0.0) if h + 1 < beats else 0.0
        value[h] = weight[h] * fit[h] + np.maximum(value[h + 1], value[h + 1].max() - price)
    out = np.zeros(beats, np.int_)
    last = sounding
    for h in range(beats):
        price = reluctance.within(beat_in_bar, halved) if heard and not h else prices[h]
        choice = value[h].copy()
        if last != NONE:
            choice += np.where(np.arange(NONE) == last, price, 0)
        last = out[h] = int(np.argmax(choice))
    return out
