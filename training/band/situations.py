"""Windows as situations: what the player would know at a random moment, and what came.

A window is the bar that holds "now" and the next one; now is the `cut`, step 0..15. The 32 steps before
the window are its past.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from bandmate.models.roll import PARTS, STEPS_PER_BEAT, WINDOW
from bandmate.training.fitting import hearing
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.windows import (
    HEIGHT,
    HOP,
    Corpus,
    Floats,
    Ints,
    plan_rows,
    transpose,
    voices_of,
)
from bandmate.training.songs import STEPS_PER_BAR

T = TypeVar("T")


class Inputs(NamedTuple, Generic[T]):
    """What a generator is given, as arrays or tensors, float32, of 72 pitches; see models/contract.

    melody [B,4,32,72]; heard [B,32]; band [B,16,32,72]; played [B,32]; harmony [B,32,24]; controls [B,5].
    """

    melody: T
    heard: T
    band: T
    played: T
    harmony: T
    controls: T


class Truth(NamedTuple, Generic[T]):
    """What really came: onset, sustain, before (sounding one step earlier) float32[B,4,32,72];
    velocity float32[B,4,32] 0..1, kit float32[B,32,9] 0..1, 0 where nothing is struck;
    weight float32[B,32], 0 before the cut."""

    onset: T
    sustain: T
    before: T
    velocity: T
    kit: T
    weight: T


class Fates(NamedTuple):
    """What chance decides of each window of a batch, arrays of its length.

    shift: semitones; cut: step 0..15; known: steps of the melody heard; hide: 0..1, which past is hidden;
    latest: steps of the past that stay; lost: part that is hidden, -1 none; forget: 0..1; plan, change and
    early: 0..1, whether, which and how a chord change is shifted; neutral: whether controls read .5.
    """

    shift: Ints
    cut: Ints
    known: Ints
    hide: NDArray[np.float64]
    latest: Ints
    lost: Ints
    forget: NDArray[np.float64]
    plan: NDArray[np.float64]
    change: NDArray[np.float64]
    early: NDArray[np.float64]
    neutral: NDArray[np.bool_]

    def of(self, some: slice) -> Fates:
        """The fates of some of the windows."""
        return Fates(*(fate[some] for fate in self))  # type: ignore[arg-type]


def fates(size: int, recipe: Recipe, rng: np.random.Generator) -> Fates:
    """The fates of so many windows, as the recipe says."""
    on_the_hop = rng.random(size) < hearing.ON_THE_HOP
    cut = np.where(on_the_hop, HOP * rng.integers(0, 4, size), rng.integers(0, STEPS_PER_BAR, size))
    known = hearing.known(cut, recipe, rng)
    lost = rng.integers(0, PARTS, size)
    return Fates(
        shift=rng.integers(recipe.transpose[0], recipe.transpose[1] + 1, size),
        cut=cut,
        known=known,
        hide=rng.random(size),
        latest=rng.integers(1, 9, size),
        lost=np.where(rng.random(size) < recipe.drop_part, lost, -1),
        forget=rng.random(size),
        plan=rng.random(size),
        change=rng.random(size),
        early=rng.random(size),
        neutral=rng.random(size) < recipe.neutral_controls,
    )


def draw(corpus: Corpus, which: Ints, of: Fates, recipe: Recipe) -> tuple[Inputs[Floats], Truth[Floats]]:
    """These windows, each transposed, cut and masked as its fate says."""
    rows, step = corpus.rows(which), np.arange(WINDOW)
    cells = transpose(corpus.strip.cells[rows], of.shift)
    chords = _shift_changes(corpus.strip.chords[rows[:, WINDOW:]], of, of.plan < recipe.shift_plan)
    voices = voices_of(corpus, cells, rows)
    melody, heard = _melody(voices[:, 0], of.known)
    band, played = _band(voices[:, 1:], of, recipe)
    controls = np.where(of.neutral[:, None], np.float32(0.5), corpus.controls[which])
    weight = (step >= of.cut[:, None]) + (recipe.near - 1) * _hop(step, of.cut)
    inputs = Inputs(melody, heard, band, played, plan_rows(chords, of.shift), controls)
    return inputs, _truth(corpus, voices[:, 1:], rows, weight.astype(np.float32))


def _hop(step: Ints, cut: Ints) -> NDArray[np.bool_]:
    ahead = step - cut[:, None]
    return np.asarray((ahead >= 0) & (ahead < HOP))


def _melody(voice: Floats, known: Ints) -> tuple[Floats, Floats]:
    """The melody as far as heard."""
    heard = (np.arange(WINDOW) < known[:, None]).astype(np.float32)
    past, now = voice[:, :, :WINDOW], voice[:, :, WINDOW:] * heard[:, None, :, None]
    return np.concatenate([past, now], 1), heard


def _band(voices: Floats, of: Fates, recipe: Recipe) -> tuple[Floats, Floats]:
    """The parts as far as committed, some of their past hidden."""
    size, step = len(of.cut), np.arange(2 * WINDOW)
    end = WINDOW + of.cut[:, None]
    known = np.broadcast_to((step < end)[:, None, :], (size, PARTS, 2 * WINDOW)).copy()
    whole = of.hide < recipe.drop_past
    early = (of.hide >= recipe.drop_past) & (of.hide < recipe.drop_past + recipe.drop_early)
    known &= ~whole[:, None, None]
    latest = step >= end - of.latest[:, None]
    known &= (latest | ~early[:, None])[:, None, :]
    known &= (np.arange(PARTS) != of.lost[:, None])[:, :, None]
    played = (np.arange(WINDOW) < of.cut[:, None]).astype(np.float32)
    played[whole & (of.forget < 0.5)] = 0
    seen = voices * known[:, :, None, :, None]
    laid = np.concatenate([seen[:, :, :, :WINDOW], seen[:, :, :, WINDOW:]], 2)
    return laid.reshape(size, 4 * PARTS, WINDOW, HEIGHT), played


def _truth(corpus: Corpus, voices: Floats, rows: Ints, weight: Floats) -> Truth[Floats]:
    now = rows[:, WINDOW:]
    return Truth(
        onset=voices[:, :, 0, WINDOW:],
        sustain=voices[:, :, 1, WINDOW:],
        before=voices[:, :, 1, WINDOW - 1 : -1],
        velocity=corpus.strip.loud[now][:, :, 1:].transpose(0, 2, 1).astype(np.float32) / np.float32(127),
        kit=corpus.strip.kit[now].astype(np.float32) / np.float32(127),
        weight=weight,
    )


def _shift_changes(chords: NDArray[np.uint8], of: Fates, chosen: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The chords uint8[B,32] with one change after the cut a beat early or late in the chosen windows."""
    beats = chords[:, ::STEPS_PER_BEAT].copy()
    for row in np.flatnonzero(chosen):
        first = int(of.cut[row]) // STEPS_PER_BEAT + 1
        changes = first + np.flatnonzero(beats[row, first:] != beats[row, first - 1 : -1])
        if len(changes):
            at = int(changes[int(of.change[row] * len(changes))])
            early = of.early[row] < 0.5
            beats[row, at - 1 if early else at] = beats[row, at if early else at - 1]
    return np.repeat(beats, STEPS_PER_BEAT, axis=1)
