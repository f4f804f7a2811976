"""From a generator's probabilities to notes.

First whether a part strikes at a step (the gate against its calibrated cut), then which pitches it
strikes (the likeliest, and others above the part's cut), then how long they are held. Deciding the
gate and the pitches apart, and not cell by cell, is what keeps the density and the repetition of real
parts. Drums have no gate of their own: each drum strikes by itself, and nothing is held.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bandmate.models.contract import Card
from bandmate.models.generator import Probabilities
from bandmate.models.roll import PARTS, PITCHES

DRUMS = "drums"
DENSITY_REACH = 5.0

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


def decode(
    said: Probabilities, card: Card, limits: Limits, sounding: Mask, first: int, nudge: Array
) -> Score:
    """The notes of steps first..31 of a window.

    sounding: bool[4,128], what sounds just before `first`; nudge: float32[4,32], added to the gates'
    logits (held noise, so that a phrase keeps its rhythm).
    """
    steps = slice(first, None)
    lean = nudge[:, steps] + DENSITY_REACH * (np.array(limits.density, np.float32) - 0.5)[:, None]
    onset = _struck(said, card, limits, steps, lean)
    sustain = _held(onset, said.sustain[:, steps], card, limits, sounding)
    return Score(onset, sustain, said.velocity[:, steps])


def _struck(said: Probabilities, card: Card, limits: Limits, steps: slice, lean: Array) -> Mask:
    pitch = np.arange(PITCHES)
    low, high = (np.array(edge)[:, None, None] for edge in (limits.low, limits.high))
    inside = (pitch >= low) & (pitch <= high)
    onset = np.where(inside, said.onset[:, steps], 0)
    gate = said.gate[:, steps]
    opens = _logit(gate) + lean > _logit(np.array(card.gate, np.float32))[:, None]
    given = onset / np.maximum(gate, 1e-6)[:, :, None]
    ordered = np.sort(given, axis=2)
    fewest = np.stack([ordered[p, :, -min(v, PITCHES)] for p, v in enumerate(limits.voices)])
    joins = np.maximum(fewest[:, :, None], np.array(card.pitch, np.float32)[:, None, None])
    best = ordered[:, :, -1:]
    chosen = opens[:, :, None] & (given > 0) & ((given >= joins) | (given == best))
    for part, name in enumerate(card.parts):
        if name == DRUMS:
            cut = float(_logit(np.float32(card.gate[part])))
            chosen[part] = (_logit(onset[part]) + lean[part][:, None] > cut) & (onset[part] > 0)
        else:
            for step in np.flatnonzero(chosen[part].sum(1) > limits.voices[part]):  # some were as likely
                chosen[part, step] = _most_wanted(chosen[part, step], given[part, step], limits.voices[part])
    return np.asarray(chosen)


def _held(onset: Mask, hold: Array, card: Card, limits: Limits, sounding: Mask) -> Mask:
    voices = np.array(limits.voices)
    cut = np.array(card.hold, np.float32)[:, None]
    pitched = np.array([name != DRUMS for name in card.parts])[:, None]
    sustain = np.zeros_like(onset)
    now, lasts = sounding, np.ones(sounding.shape, np.float32)
    for step in range(onset.shape[1]):
        struck = onset[:, step]
        lasts = np.where(struck, 1, lasts * hold[:, step]) if card.lasting else hold[:, step]
        stays = now & ~struck & (lasts >= cut) & pitched
        room = np.maximum(voices - struck.sum(1), 0)
        for part in np.flatnonzero(stays.sum(1) > room):
            stays[part] = _most_wanted(stays[part], hold[part, step], int(room[part]))
        now = sustain[:, step] = struck | stays
    return sustain


def _most_wanted(notes: Mask, want: Array, room: int) -> Mask:
    """Of some notes bool[128] as many as there is room for; of those wanted alike the highest."""
    kept = np.zeros_like(notes)
    if room:
        kept[np.argsort(np.where(notes, want, -1), kind="stable")[-room:]] = True
    return kept


def _logit(probability: NDArray[np.float32] | np.float32) -> Array:
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(p) - np.log1p(-p), np.float32)
