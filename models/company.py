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

# Intervals of 1 to 12 semitones, and of more; distances of 0 to 11, and of 12 or more; third and fourth
# pitches, and later ones.
INTERVALS, DISTANCES, SIZES = 13, 13, 3
NEVER = -np.inf
_PITCH = np.arange(PITCHES)

Mask = NDArray[np.bool_]
Array = NDArray[np.float32]
Ints = NDArray[np.int64]


class Company(NamedTuple):
    """Of a part, in logits: beside, by how much a pitch is likelier where another is struck with it, 1 to 12
    semitones away, or more; after, where the nearest pitch of those that were struck last is 0 to 11, or 12
    or more semitones away; size, as the third, fourth or later of a chord; lift, by how much a note
    is likelier let go a step before its pitch is struck again; yields, where others are struck. As shares
    0..1: bound, how far notes that were struck together are let go together; lasting, how much of the chance
    in how long a note is held on falls as it is struck, and not anew at each step; bears, how far a note that
    was just struck bears what rubs against it for a step more."""

    beside: tuple[float, ...] = (0.0,) * INTERVALS
    after: tuple[float, ...] = (0.0,) * DISTANCES
    lift: float = 0.0
    yields: float = 0.0
    bound: float = 0.0
    size: tuple[float, ...] = (0.0,) * SIZES
    lasting: float = 0.0
    bears: float = 0.0


def read(row: Sequence[Any]) -> Company:
    """A row of a file, what is known of it. Raises TypeError where it has no such shape."""
    company = Company(*row[: len(Company._fields)])
    beside, after, size = (tuple(each) for each in (company.beside, company.after, company.size))
    return company._replace(beside=beside, after=after, size=size)


def chosen(
    wish: Array, opens: Mask, cut: float, voices: int, company: Company, led: Mask, near: float
) -> Mask:
    """bool[n,128]: the pitches that a part strikes: at each step that opens, bool[n], the most wished for and
    those further ones whose logits lie above the cut, as many as it has voices, one after the other.

    wish: logits float32[n,128], -inf where nothing may be struck; led bool[128]: what it struck last, before;
    near: how near 0..1 its company is drawn to."""
    struck = np.zeros(wish.shape, bool)
    beside, after = _tables(company, near)
    joins = cut - near * np.array((0.0, *company.size), np.float32)
    last = np.flatnonzero(led)
    for step in np.flatnonzero(opens):
        lean = wish[step]
        if len(last):
            lean = lean + after[np.abs(_PITCH[:, None] - last).min(1)]
        picked: list[int] = []
        while len(picked) < voices:
            best = PITCHES - 1 - int(lean[::-1].argmax())
            least = joins[min(len(picked) - 1, SIZES)] if picked else NEVER
            if lean[best] == NEVER or lean[best] < least:
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
    beside[0], beside[1 : 1 + INTERVALS] = NEVER, near * np.array(company.beside)
    beside[1 + INTERVALS :] = beside[INTERVALS]
    after[:DISTANCES] = near * np.array(company.after)
    after[DISTANCES:] = after[DISTANCES - 1]
    return beside, after


def endings(onset: Mask, company: Sequence[Company], near: float) -> Array:
    """float32[4,n,128]: what is added to the logits by which notes are held on, for what the parts strike,
    bool[4,n,128], at each step and at the next."""
    ends = near * np.array([(each.lift, each.yields) for each in company], np.float32)
    lift, yields = ends.T[..., None, None]
    again = np.zeros_like(onset)
    again[:, :-1] = onset[:, 1:]
    return np.asarray(-lift * again - yields * onset.any(2, keepdims=True), np.float32)


def together(hold: Array, part: Ints, since: Ints, bound: Array) -> Array:
    """The logits by which notes are held on, float32[k], drawn by such a share, float32[k], to the mean of
    those that were struck by the same part, int64[k], at the same step, int64[k]."""
    if not len(hold):
        return hold
    first = since - since.min()
    group = part * (1 + first.max()) + first
    mean = np.bincount(group, hold)[group] / np.bincount(group)[group]
    return np.asarray((1 - bound) * hold + bound * mean, np.float32)
