"""Chords a beat at a time: read from labels, or found from what sounds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bandmate.models.harmony import NONE, TONES
from bandmate.training.lines import cells, pitch_classes, sounding
from bandmate.training.songs import Notes

LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
LABEL = re.compile(r"([A-G])([#b]*)(?::(.*))?$")
MINOR = ("min", "dim", "hdim")
NO_THIRD = ("sus", "5")

BASS_BONUS = 0.25
CHANGE_COST = 0.3

Floats = NDArray[np.float64]


def triads(labels: Iterable[str]) -> list[int]:
    """Chord numbers of labels such as `Bb:min7/b3`: minor where the third is, else major; 24 for `N`.

    A suspended or power chord has no third: it takes the quality its root has most often in the same row.
    """
    found = [LABEL.match(label) for label in labels]
    split = [(_root(m), m.group(3) or "maj") if m else (NONE, "") for m in found]
    minor = Counter(root for root, quality in split if quality.startswith(MINOR))
    major = Counter(root for root, quality in split if not quality.startswith((*MINOR, *NO_THIRD)))
    out = []
    for root, quality in split:
        open_chord = quality.startswith(NO_THIRD) and minor[root] > major[root]
        out.append(root + 12 if root != NONE and (open_chord or quality.startswith(MINOR)) else root)
    return out


def _root(match: re.Match[str]) -> int:
    sharps = match.group(2).count("#") - match.group(2).count("b")
    return (LETTERS[match.group(1)] + sharps) % 12


def derive(voices: Sequence[Notes], beats: int) -> NDArray[np.uint8]:
    """The triad of every beat, uint8[beats], from the notes that sound in it; 24 where nothing does.

    A beat's pitch classes, weighted by time, are matched with the 24 triads; a root in the bass counts
    for it, and a change costs a little, least on beats 1 and 3 (Viterbi over the beats).
    """
    weight = pitch_classes(voices, beats)
    total = weight.sum(1, keepdims=True)
    share = weight / np.maximum(total, 1)
    fit = share @ (2 * TONES[:NONE].T - 1)
    fit += BASS_BONUS * _bass(voices, beats)[:, np.arange(NONE) % 12]
    out = _path(fit)
    heard = np.logical_or.reduce([sounding(v, beats * 4) for v in voices]).reshape(beats, 4).any(1)
    return np.where(heard, out, NONE).astype(np.uint8)


def _bass(voices: Sequence[Notes], beats: int) -> Floats:
    """float64[beats, 12]: the share of each beat in which the pitch class is the lowest that sounds."""
    lowest = np.full(beats * 4, 128, np.int64)
    np.minimum.at(lowest, *cells(np.concatenate(list(voices)), beats * 4))
    heard = lowest < 128
    out = np.zeros((beats, 12))
    np.add.at(out, (np.flatnonzero(heard) // 4, lowest[heard] % 12), 0.25)
    return out


def _path(fit: Floats) -> NDArray[np.int64]:
    beats = len(fit)
    best, back = fit[0].copy(), np.zeros((beats, NONE), np.int64)
    for beat in range(1, beats):
        cost = CHANGE_COST * (1.0 if beat % 2 == 0 else 2.0)
        source = int(np.argmax(best))
        change = best[source] - cost > best
        back[beat] = np.where(change, source, np.arange(NONE))
        best = np.where(change, best[source] - cost, best) + fit[beat]
    out = np.zeros(beats, np.int64)
    out[-1] = int(np.argmax(best))
    for beat in range(beats - 1, 0, -1):
        out[beat - 1] = back[beat, out[beat]]
    return out
