"""The company that a part's notes keep: what is struck together, what follows what, and how notes end.

A generator says of each pitch how likely it is by itself. Drawn by themselves, pitches make seconds and
bare octaves that nobody would play, each voice goes where it likes, and notes end one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models.roll import PITCHES

# Intervals of 1 to 12 semitones; distances of 0 to 11, and of 12 or more.
INTERVALS, DISTANCES = 12, 13
_PITCH = np.arange(PITCHES)

Mask = NDArray[np.bool_]
Array = NDArray[np.float32]


class Company(NamedTuple):
    """Of a part, all as logits but the last. beside: by how much a pitch is likelier where another is struck
    with it, 1 to 12 semitones away; after: where the nearest pitch of those that were struck last is 0 to 11,
    or 12 or more semitones away; lift: by how much a note is likelier let go a step before its pitch is
    struck again; yields: where others are struck; bound: how far, 0..1, notes that were struck together are
    let go together."""

    beside: tuple[float, ...] = (0.0,) * INTERVALS
    after: tuple[float, ...] = (0.0,) * DISTANCES
    lift: float = 0.0
    yields: float = 0.0
    bound: float = 0.0


def read(row: Sequence[Any]) -> Company:
    """A row of a file. Raises TypeError where it has no such shape."""
    company = Company(*row)
    return company._replace(beside=tuple(company.beside), after=tuple(company.after))


def chosen(
    wish: Array, opens: Mask, cut: float, voices: int, company: Company, led: Mask, near: float
) -> Mask:
    """bool[n,128]: the pitches that a part strikes: at each step that opens, bool[n], the most wished for and
    those further ones whose logits lie above the cut, as many as it has voices, one after the other.

    wish: logits float32[n,128], -inf where nothing may be struck; led bool[128]: what it struck last, before;
    near: how near 0..1 its company is drawn to."""
    struck = np.zeros(wish.shape, bool)
    beside, after = _tables(company, near)
    last = np.flatnonzero(led)
    for step in np.flatnonzero(opens):
        lean = wish[step]
        if len(last):
            lean = lean + after[np.abs(_PITCH[:, None] - last).min(1)]
        picked: list[int] = []
        while len(picked) < voices:
            best = PITCHES - 1 - int(lean[::-1].argmax())
            if lean[best] == -np.inf or (picked and lean[best] < cut):
                break
            picked.append(best)
            lean = lean + beside[np.abs(_PITCH - best)]
        struck[step, picked] = True
        last = np.array(picked, int) if picked else last
    return struck


def _tables(company: Company, near: float) -> tuple[Array, Array]:
    """float32[128] each, by distance: of pitches struck together, none of which is struck twice, and of those
    struck one after the other."""
    beside, after = np.zeros(PITCHES, np.float32), np.zeros(PITCHES, np.float32)
    beside[0], beside[1 : 1 + INTERVALS] = -np.inf, near * np.array(company.beside)
    after[:DISTANCES] = near * np.array(company.after)
    after[DISTANCES:] = after[DISTANCES - 1]
    return beside, after


def endings(onset: Mask, company: Sequence[Company], near: float) -> Array:
    """float32[4,n,128]: what is added to the logits by which notes are held on, for what the parts strike,
    bool[4,n,128], at each step and at the next."""
    lift, yields = (near * np.array(row, np.float32)[:, None, None] for row in _rows(company))
    again = np.zeros_like(onset)
    again[:, :-1] = onset[:, 1:]
    return np.asarray(-lift * again - yields * onset.any(2, keepdims=True), np.float32)


def _rows(company: Sequence[Company]) -> tuple[list[float], list[float]]:
    return [each.lift for each in company], [each.yields for each in company]


def together(hold: Array, since: NDArray[np.int64], bound: float) -> Array:
    """The logits by which notes are held on, float32[k], drawn by such a share to the mean of those that were
    struck at the same step, int64[k]."""
    _, group = np.unique(since, return_inverse=True)
    mean = np.bincount(group, hold) / np.bincount(group)
    return np.asarray((1 - bound) * hold + bound * mean[group], np.float32)
