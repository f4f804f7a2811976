"""What the notes of an instrument tell of its role: register, activity, polyphony, motion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bandmate.training.lines import cells, sounding
from bandmate.training.reading.sheet import Sheet
from bandmate.training.songs import STEPS_PER_BAR, Notes

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Traits:
    """All shares 0..1. active: of the sheet's bars, in which it sounds; density: onsets in such a bar;
    single: of its onsets with one note only; top, bottom: of the steps it sounds, where nothing else is
    higher, or lower; steady: of its gaps between onsets that are the commonest one; steps: of its moves that
    are of one to four semitones; variety: of its bars, with a rhythm of their own.

    low, mean, high: pitch; length: mean, in steps; voices: mean count of notes where it sounds.
    """

    active: float = 0.0
    density: float = 0.0
    single: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    steady: float = 0.0
    steps: float = 0.0
    variety: float = 0.0
    low: int = 0
    mean: float = 0.0
    high: int = 0
    length: float = 0.0
    voices: float = 0.0


def measure(sheet: Sheet) -> dict[int, Traits]:
    """The traits of every instrument that plays, by its number; of drums only what asks for no pitch."""
    steps = sheet.bars * STEPS_PER_BAR
    pitched = [i for i in sheet.instruments if not i.drums and len(i.notes)]
    edges = {i.number: _edges(i.notes, steps) for i in pitched}
    highest = np.max([e[0] for e in edges.values()], axis=0, initial=-1)
    lowest = np.min([e[1] for e in edges.values()], axis=0, initial=128)
    out = {}
    for each in sheet.instruments:
        if not len(each.notes):
            continue
        if each.drums:
            out[each.number] = _of(each.notes, sheet.bars, 0.0, 0.0)
            continue
        high, low = edges[each.number]
        on = high >= 0
        total = max(int(on.sum()), 1)
        top = float((on & (high >= highest)).sum() / total)
        out[each.number] = _of(each.notes, sheet.bars, top, float((on & (low <= lowest)).sum() / total))
    return out


def _edges(notes: Notes, steps: int) -> tuple[Ints, Ints]:
    """Highest (-1 where silent) and lowest (128) pitch at each step."""
    high, low = np.full(steps, -1, np.int64), np.full(steps, 128, np.int64)
    at, pitch = cells(notes, steps)
    np.maximum.at(high, at, pitch)
    np.minimum.at(low, at, pitch)
    return high, low


def _of(notes: Notes, bars: int, top: float, bottom: float) -> Traits:
    onsets, count = np.unique(notes[:, 0], return_counts=True)
    upper = np.maximum.reduceat(notes[:, 2], np.concatenate([[0], np.cumsum(count)[:-1]]))
    gaps, moves = np.diff(onsets), np.abs(np.diff(upper))
    heard = sounding(notes, bars * STEPS_PER_BAR)
    sounds = int(heard.reshape(bars, STEPS_PER_BAR).any(1).sum())
    rhythm = np.zeros((bars, STEPS_PER_BAR), bool)
    rhythm.reshape(-1)[onsets[onsets < rhythm.size]] = True
    rhythm = rhythm[rhythm.any(1)]
    return Traits(
        active=sounds / bars,
        density=len(onsets) / max(sounds, 1),
        single=float((count == 1).mean()),
        top=top,
        bottom=bottom,
        steady=float(np.unique(gaps, return_counts=True)[1].max() / len(gaps)) if len(gaps) else 1.0,
        steps=float(((moves >= 1) & (moves <= 4)).mean()) if len(moves) else 0.0,
        variety=len(np.unique(rhythm, axis=0)) / max(len(rhythm), 1),
        low=int(notes[:, 2].min()),
        mean=float(notes[:, 2].mean()),
        high=int(notes[:, 2].max()),
        length=float(notes[:, 1].mean()),
        voices=float(notes[:, 1].sum() / max(int(heard.sum()), 1)),
    )
