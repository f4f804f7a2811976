"""Where the melody has been before: the place in the past that its last beats repeat.

What players play again is to be accompanied as it was the first time. Beats are compared by the pitch
classes that sound and that are struck in them, the newest counting most, so that a repetition is noticed
within a beat or two and given up as soon as it departs. Another octave is the same; another key is the same
moved, as a tune is that is repeated a tone higher, but to be sure of that takes two bars.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bandmate.daemon.answering.request import Array, Beats
from bandmate.models.listening import STEP_SIZE
from bandmate.models.roll import BAR, STEPS_PER_BEAT

BEATS = BAR // STEPS_PER_BEAT
# Beats that are compared, and how far back they lie at least: what comes again sooner goes by the ear alone.
COMPARED = NEAREST = 16
# What a beat counts beside the one after it: to be sure of a place, and to choose between places.
QUICK, SLOW = 0.6, 0.9
# The likeness up to which a place is none, and from which on it is certain.
DOUBTED, SURE = 0.4, 0.8
# How much likelier a place must be for being in another key.
STRANGE = 0.3


class Place(NamedTuple):
    """The beat, an index into what was heard, at which the melody stood as it stands now; sure 0..1; up: by
    how many semitones 0..11 it is higher now."""

    beat: int
    sure: float
    up: int = 0


def place(beats: Beats, partial: Array, known: int, phase: Array) -> Place | None:
    """The likeliest place at which the beat to decide was played before, at least NEAREST beats ago and at
    the same place in the bar; None where there is none.

    partial: float32[112], of which so many steps (`known`) have been heard; phase: float32[16] of that beat.
    """
    n = len(beats.features)
    index = np.arange(n - NEAREST + 1)
    there = index[beats.phases[index].argmax(1) % BEATS == phase.argmax() % BEATS] if len(index) else index
    if not len(there):
        return None
    heard = _content(beats.features)
    now = heard[::-1][:COMPARED]
    back = there[:, None] - 1 - np.arange(len(now))
    then = heard[np.maximum(back, 0)] * (back >= 0)[..., None]
    fresh = _content(partial[None])
    begun = _content(beats.features[there], known)[:, None]
    now, then = np.concatenate([fresh, now]), np.concatenate([begun, then], 1)
    found = [_best(now, _moved(then, up), up) for up in range(12)]
    _, best, sure, up = max(found, key=lambda each: each[0])
    return Place(int(there[best]), sure, up) if sure > 0 else None


def _best(now: Array, then: Array, up: int) -> tuple[float, int, float, int]:
    """Of places moved up: the score of the likeliest, which it is, and how sure it is, 0..1; and up."""
    quick, slow = (_likeness(now, then, fade) for fade in (QUICK, SLOW))
    score = quick + slow - (STRANGE if up else 0)
    best = int(np.argmax(score))
    likeness = min(quick[best], slow[best]) if up else quick[best]
    sure = min(max((float(likeness) - DOUBTED) / (SURE - DOUBTED), 0.0), 1.0)
    return float(score[best]), best, sure, up


def _moved(content: Array, up: int) -> Array:
    """Content [..., 24] so many semitones higher."""
    classes = content.reshape(*content.shape[:-1], 2, 12)
    return np.roll(classes, up, -1).reshape(content.shape)


def _content(features: Array, known: int = STEPS_PER_BEAT) -> Array:
    """float32[n,24] of beats: for each pitch class the share of the beat that it sounds, and whether it is
    struck, in the first `known` steps."""
    steps = features[:, : STEPS_PER_BEAT * STEP_SIZE].reshape(len(features), STEPS_PER_BEAT, STEP_SIZE)
    steps = steps[:, :known]
    sounds = steps[..., :12].sum(1) / STEPS_PER_BEAT
    return np.concatenate([sounds, np.minimum(steps[..., 12:24].sum(1), 1)], 1)


def _likeness(now: Array, then: Array, fade: float) -> Array:
    """float32[places], 0..1: what beats [n,24], newest first, share with a place's [places,n,24]."""
    weight = fade ** np.arange(len(now))
    common = np.minimum(now, then).sum(2) @ weight
    all_of_it = np.maximum(now, then).sum(2) @ weight
    return np.asarray(common / np.maximum(all_of_it, 1e-6), np.float32)
