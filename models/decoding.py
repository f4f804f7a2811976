"""From a generator's probabilities to notes.

First whether a part strikes at a step (the gate against its calibrated cut), then which pitches it
strikes (the likeliest, and others above the part's cut), then how long they are held. Deciding the
gate and the pitches apart, and not cell by cell, is what keeps the density and the repetition of real
parts. Drums have no gate of their own: each drum strikes by itself, and nothing is held.

A generator taught to foretell (not only to please a critic) is drawn from: what is likeliest at every
step is a part in the middle of the keyboard that no musician plays.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models import drawing
from bandmate.models.chance import Chance
from bandmate.models.contract import Card
from bandmate.models.drawing import Cuts, Holding, logit
from bandmate.models.harmony import Wanted
from bandmate.models.probabilities import Probabilities
from bandmate.models.roll import PARTS, PITCHES, WINDOW
from bandmate.models.touch import touched

DRUMS = "drums"
DENSITY_REACH = 3.0
# How far a chord leans to the tone that the melody is expected on: odds times e^13 for one that is sure.
VOICING = 13.0
# Voices are led: how far a chord is turned from what is an octave, beyond a whole tone, from all that sounds
# of its part, or did last.
LEADING, WHOLE_TONE = 3.5, 2
# No more than this is none: sigmoids are computed to some 1e-7, and what is below differs between processors.
FAINTEST = 1e-6
_CLASSES = np.arange(PITCHES) % 12

Mask = NDArray[np.bool_]
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Limits:
    """What each of the four parts may play: most notes together (drums: any), lowest and highest pitch,
    and density 0..1 (.5 as trained)."""

    voices: tuple[int, ...] = (4,) * PARTS
    low: tuple[int, ...] = (0,) * PARTS
    high: tuple[int, ...] = (PITCHES - 1,) * PARTS
    density: tuple[float, ...] = (0.5,) * PARTS


@dataclass(frozen=True)
class Score:
    """What four parts play over n steps: onset and sustain bool[4,n,128], velocity float32[4,n,128]."""

    onset: Mask
    sustain: Mask
    velocity: Array

    @property
    def steps(self) -> int:
        return int(self.onset.shape[1])


class Before(NamedTuple):
    """What sounds just before the first step, bool[4,128]; which of it was struck on that very step; what
    each part is led from: what sounds of it, or did last; bool[4,32,128], what was struck in the two bars
    before, and bool[4,32], which steps of them are as usual, so that parts may keep to them; and,
    int64[4,128], when each pitch was struck, in steps from the first, as far as is known."""

    sounding: Mask
    struck: Mask
    led: Mask
    recent: Mask = np.zeros((PARTS, WINDOW, PITCHES), bool)
    usual: Mask = np.ones((PARTS, WINDOW), bool)
    since: NDArray[np.int64] = np.full((PARTS, PITCHES), -WINDOW)

    @classmethod
    def of(cls, onset: Mask, sustain: Mask) -> Before:
        """After what was played in some steps, bool[4,n,128] each."""
        led = sustain[:, -1].copy()
        for part in np.flatnonzero(~led.any(1)):
            sounded = np.flatnonzero(sustain[part].any(1))
            led[part] = sustain[part, sounded[-1:]].any(0)
        recent = np.zeros((PARTS, WINDOW, PITCHES), bool)
        recent[:, max(WINDOW - onset.shape[1], 0) :] = onset[:, -WINDOW:]
        since = -1 - onset[:, ::-1].argmax(1)
        since[~onset.any(1)] = -WINDOW
        return cls(sustain[:, -1], onset[:, -1], led, recent, since=since)


def decode(
    said: Probabilities,
    card: Card,
    limits: Limits,
    before: Before,
    first: int,
    chance: Chance,
    wanted: Wanted | None = None,
) -> Score:
    """The notes of steps first..31 of a window.

    said may end before step 31, and then so does the score; chance: the window's; wanted: of the steps from
    `first` on, what the melody wants of the parts. Of a drawn card all decisions are drawn (the drums' where
    it has cuts for them): at variation .5 with noise as large as a probability asks for, below it nearer to
    the card's cuts; parts rest for whole bars; parts of several voices lean to what is wanted struck
    and near to what sounds or sounded last, and all parts let go of what is not wanted to sound on.
    Else chance leans on the gates only.
    """
    steps = slice(first, said.gate.shape[1])
    warmth = math.sqrt(2 * chance.variation) if card.drawn else 0.0
    drums, density = _is_drums(card), np.array(limits.density, np.float32)
    cuts = Cuts.of(card, drums, warmth)
    lean = drawing.gates(card, drums, chance, steps, warmth) + DENSITY_REACH * (density - 0.5)[:, None]
    lean += drawing.steady(card, drums, before.recent, before.usual, chance, steps)
    middle = np.asarray(np.mean([limits.low, limits.high], 0), np.float32)
    taste = drawing.pitches(card, drums, middle, chance, steps, warmth)
    if wanted is not None and card.drawn:
        taste = taste + _voicing(wanted.struck[: taste.shape[1]], limits, drums)
    if card.drawn is not None:
        taste = taste - min(warmth**2, 1) * _away(before.led, limits, drums)[:, None]
        taste[drums] += drawing.groove(card, drums, before.recent, before.usual, chance, steps, warmth)
    plays = ~drawing.rests(card, _chords(limits, drums), chance, steps, density, warmth)
    wish = _wishes(said, card, limits, steps, lean, taste)
    opens = plays & (logit(said.gate[:, steps]) + lean > logit(cuts.gate)[:, None])
    onset = _struck(wish, opens, card, cuts, limits, before.led, warmth)
    for part in np.flatnonzero(drums):
        onset[part] = drawing.hits(card, wish[part], logit(cuts.kit), warmth) & plays[part][:, None]
    holding = Holding(card, chance, warmth)
    hold = logit(said.sustain[:, steps]) + holding.usual(steps)[..., None]
    hold += drawing.endings(card, onset, warmth)
    want = np.where(plays, 0, -np.inf)[..., None]
    if wanted is not None and card.drawn:
        want = want + VOICING * wanted.held[: hold.shape[1], _CLASSES]
    sustain = _held(onset, hold, want, drums, cuts, limits, before, holding, first)
    velocity = said.velocity[:, steps]
    if card.touch is None:
        return Score(onset, sustain, velocity)
    return Score(onset, sustain, touched(velocity, onset, card.touch, chance.hands, first))


def _is_drums(card: Card) -> Mask:
    return np.array([name == DRUMS for name in card.parts])


def _chords(limits: Limits, drums: Mask) -> Mask:
    """bool[4]: the parts that have several voices, and where none has, all that have pitches."""
    several = _several(limits, drums)
    return several if several.any() else ~drums


def _several(limits: Limits, drums: Mask) -> Mask:
    """bool[4]: the parts that have several voices."""
    return np.asarray((np.array(limits.voices) > 1) & ~drums)


def _voicing(wanted: Array, limits: Limits, drums: Mask) -> Array:
    """float32[4,n,128]: how far each pitch of a part that has several voices is leaned to."""
    lean: Array = VOICING * _several(limits, drums)[:, None, None] * wanted[:, _CLASSES]
    return lean.astype(np.float32)


def _away(led: Mask, limits: Limits, drums: Mask) -> Array:
    """float32[4,128]: how far each pitch of a part that has several voices is turned away from, the farther
    from what it is led from the more."""
    away = np.zeros(led.shape, np.float32)
    pitch = np.arange(PITCHES)
    for part in np.flatnonzero(_several(limits, drums) & led.any(1)):
        near = np.abs(pitch[:, None] - np.flatnonzero(led[part])).min(1)
        away[part] = LEADING * np.maximum(near - WHOLE_TONE, 0) / 12
    return away


def _wishes(
    said: Probabilities, card: Card, limits: Limits, steps: slice, lean: Array, taste: Array
) -> Array:
    """float32[4,n,128]: the logits by which each pitch is struck where its part strikes, and by which each
    drum is hit; -inf where that is out of the question."""
    pitch = np.arange(PITCHES)
    low, high = (np.array(edge)[:, None, None] for edge in (limits.low, limits.high))
    onset = said.onset[:, steps]
    possible = (pitch >= low) & (pitch <= high) & (onset > FAINTEST)
    given = np.asarray(onset / np.maximum(said.gate[:, steps], 1e-6)[:, :, None], np.float32)
    wish = logit(given) + taste
    for part in np.flatnonzero(_is_drums(card)):
        wish[part] = logit(onset[part]) + lean[part][:, None] + taste[part]
    return np.asarray(np.where(possible, wish, -np.inf), np.float32)


def _struck(
    wish: Array, opens: Mask, card: Card, cuts: Cuts, limits: Limits, led: Mask, warmth: float
) -> Mask:
    """What the parts with pitches strike; nothing of the drums."""
    struck = np.zeros(wish.shape, bool)
    cut = logit(cuts.pitch)
    for part in np.flatnonzero(~_is_drums(card)).tolist():
        struck[part] = drawing.chosen(
            card, part, wish[part], opens[part], cut[part], limits.voices[part], led[part], warmth
        )
    return struck


def _held(
    onset: Mask,
    hold: Array,
    want: Array,
    drums: Mask,
    cuts: Cuts,
    limits: Limits,
    before: Before,
    holding: Holding,
    first: int,
) -> Mask:
    """What sounds from the window's step `first` on: hold, the logits by which notes are held on, to which
    holding adds what is each one's own; want: what is added of each pitch by itself, of which notes that were
    just struck may bear a share: it ends them a step later."""
    voices, pitched = np.array(limits.voices), ~drums[:, None]
    second, later = logit(cuts.second)[:, None], logit(cuts.hold)[:, None]
    sustain = np.zeros_like(onset)
    now, fresh, since = before.sounding, before.struck, first + before.since
    borne = np.zeros(now.shape, np.float32)
    for step in range(onset.shape[1]):
        struck = onset[:, step]
        mine = now & ~struck & pitched
        wanted = want[:, step] + borne
        borne = holding.borne(want[:, step], mine & fresh)
        lean = holding.own(hold[:, step], mine, since) + wanted - borne
        stays = mine & (lean >= np.where(fresh, second, later))
        room = np.maximum(voices - struck.sum(1), 0)
        for part in np.flatnonzero(stays.sum(1) > room):
            stays[part] = _most_wanted(stays[part], lean[part], int(room[part]))
        now = sustain[:, step] = struck | stays
        since[struck] = first + step
        fresh = struck
    return sustain


def _most_wanted(notes: Mask, want: Array, room: int) -> Mask:
    """Of some notes bool[128] as many as there is room for; of those wanted alike the highest."""
    kept = np.zeros_like(notes)
    if room:
        kept[np.argsort(np.where(notes, want, -np.inf), kind="stable")[-room:]] = True
    return kept
