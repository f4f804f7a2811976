"""What the engine asks of the accompanist, and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models.chance import Origin
from bandmate.models.decoding import Limits, Score
from bandmate.models.keys import Key

Array = NDArray[np.float32]
Steps = NDArray[np.bool_]
Chords = NDArray[np.int_]


class Span(NamedTuple):
    """Steps first..last of the performance, `last` being the first after them."""

    first: int
    last: int


class Moments(NamedTuple):
    """What the band was called to do near a decision: where the drums fill, where all are silent, the bar in
    which all end with one chord, and whether the chord is to stay as it is."""

    fills: tuple[Span, ...] = ()
    breaks: tuple[Span, ...] = ()
    final: Span | None = None
    held: bool = False


@dataclass(frozen=True)
class Beats:
    """Complete beats that the ear heard, oldest first: features float32[n,148], phases float32[n,16].

    history: which performance they belong to; begin: how many beats were heard before the first of these.
    """

    history: int
    begin: int
    features: Array
    phases: Array


@dataclass(frozen=True)
class Request:
    """A decision to take: what to play from step `first` to the end of the window that begins at `window`.

    preset: the key of the one that is to take it; epoch: an answer to an older one is void; beat_in_bar:
    where `first` stands, 0..3; halved: whether bars have a strong beat in their middle; lasting: bool[64],
    which steps from `window` on take time; melody float32[4,32,128] and heard float32[32] as the contract
    lays them out; past: what the band played in the 32 steps before the window and in it up to `first`;
    chords: int[32], the window's, committed before `first`; sounding: the chord just before `first`;
    revision: whether `first` lies within a hop already decided; beats, partial float32[112], known 0..3 and
    phase float32[16]: for the ear; evidence float32[8,12]: pitch classes held as a chord, by how surely they
    are that of each of the beats to come; foreseen: chords int[n] of the beats from `first` on, where the
    whole melody is known; hindsight: answer what was played, so the chords of so many last beats are wanted
    (0: of those to come); recalled: float32[8,24], how sure it is, 0..1, that each of the beats to come has
    this chord since it had it before; seed: the performance's; origins: whose noise the window's two bars
    have; variation 0..1; controls float32[5]; constant: whether they are about those of the two bars before,
    so that parts may keep to what they played; rests: for each part the step of the window from which on it
    is silent; key: the one that is locked, if one is; tonic: the triad to end on, none (24) where nothing is
    known; moments: see there; behind: those in the two bars before `first`.
    """

    number: int
    epoch: int
    preset: str
    first: int
    window: int
    beat_in_bar: int
    halved: bool
    lasting: Steps
    melody: Array
    heard: Array
    past: Score
    chords: Chords
    sounding: int
    revision: bool
    beats: Beats
    partial: Array
    known: int
    phase: Array
    evidence: Array
    foreseen: Chords | None
    recalled: Array
    hindsight: int
    seed: int
    origins: tuple[Origin, Origin]
    variation: float
    controls: Array
    constant: bool
    limits: Limits
    rests: tuple[int, ...]
    key: Key | None
    tonic: int
    moments: Moments
    behind: Moments


@dataclass(frozen=True)
class Answer:
    """What to play from step `first` on (to the window's end), and the chords int[n] of those steps.

    seconds: how long it took.
    """

    number: int
    epoch: int
    preset: str
    first: int
    score: Score
    chords: Chords
    seconds: float
