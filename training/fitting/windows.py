"""Songs as windows to learn from: what the player would know at a random moment, and what came.

A window is the bar that holds "now" and the next one; now is the `cut`, step 0..15. The 32 steps before
the window are its past. Only pitches 26..97 are looked at: notes outside are moved in by octaves.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from bandmate.models.harmony import NONE, TONES
from bandmate.models.roll import PARTS, STEPS_PER_BEAT, WINDOW
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.songs import STEPS_PER_BAR, VOICES, Song

LOW, HEIGHT = 26, 72
KIT = (36, 38, 42, 46, 45, 47, 50, 49, 51)
HOP = 4

Floats = NDArray[np.float32]
T = TypeVar("T")
Ints = NDArray[np.int64]


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


class Strip(NamedTuple):
    """Consecutive steps of songs. cells uint16[n,72], bit 2v an onset of voice v and bit 2v+1 its
    sustain; kit uint8[n,9] drum velocities; loud uint8[n,5] the loudest velocity struck by each voice;
    chords uint8[n]."""

    cells: NDArray[np.uint16]
    kit: NDArray[np.uint8]
    loud: NDArray[np.uint8]
    chords: NDArray[np.uint8]


def fold(pitch: NDArray[np.int16]) -> NDArray[np.int64]:
    """Rows 0..71 of pitches, those outside 26..97 moved in by octaves."""
    row = pitch.astype(np.int64) - LOW
    row = np.where(row < 0, row % 12, row)
    return np.where(row >= HEIGHT, HEIGHT - 12 + (row - HEIGHT) % 12, row)


def strip(song: Song, parts: tuple[str, ...], before: int = WINDOW, after: int = STEPS_PER_BAR) -> Strip:
    """One song as a strip, with so many silent steps before and after it."""
    n = before + song.steps + after
    cells, kit = np.zeros((n, HEIGHT), np.uint16), np.zeros((n, len(KIT)), np.uint8)
    loud, chords = np.zeros((n, VOICES), np.uint8), np.full(n, NONE, np.uint8)
    beats = np.repeat(song.chords, STEPS_PER_BEAT)[: song.steps]
    chords[before : before + len(beats)] = beats
    for voice, notes in enumerate(song.notes):
        notes = notes[notes[:, 0] < song.steps]
        step, length = notes[:, 0].astype(np.int64) + before, notes[:, 1].astype(np.int64)
        np.maximum.at(loud[:, voice], step, notes[:, 3].astype(np.uint8))
        if voice and parts[voice - 1] == "drums":
            hit = notes[:, 2][:, None] == np.array(KIT)
            note, piece = np.nonzero(hit)
            np.maximum.at(kit, (step[note], piece), notes[note, 3].astype(np.uint8))
            continue
        row = fold(notes[:, 2])
        cells[step, row] |= np.uint16(1 << 2 * voice)
        for later in range(int(length.max(initial=0))):
            on = (length > later) & (step + later < n)
            cells[step[on] + later, row[on]] |= np.uint16(2 << 2 * voice)
    return Strip(cells, kit, loud, chords)


def planes(cells: NDArray[np.uint16], voice: int) -> tuple[Floats, Floats]:
    """Onset and sustain of a voice, float32, in the shape of the cells."""
    return (
        (cells >> np.uint16(2 * voice) & 1).astype(np.float32),
        (cells >> np.uint16(2 * voice + 1) & 1).astype(np.float32),
    )


def transpose(cells: NDArray[np.uint16], shift: Ints) -> NDArray[np.uint16]:
    """cells uint16[B,n,72], each row of the batch moved up by its own shift; what leaves is lost."""
    source = np.arange(HEIGHT) - shift[:, None]
    moved = np.take_along_axis(cells, np.clip(source, 0, HEIGHT - 1)[:, None, :], axis=2)
    return np.where(((source >= 0) & (source < HEIGHT))[:, None, :], moved, np.uint16(0))


def plan_rows(chords: NDArray[np.uint8], shift: Ints) -> Floats:
    """float32[B,32,24] of chords uint8[B,32], each row of the batch moved up by its own shift."""
    table = np.zeros((NONE + 1, 24), np.float32)
    table[:, :12] = TONES
    table[np.arange(NONE), 12 + np.arange(NONE) % 12] = 1
    moved = (chords % 12 + shift[:, None]) % 12 + chords // 12 * 12
    return table[np.where(chords == NONE, NONE, moved)]


class Corpus:
    """Songs as one long strip, and what is known of every window in it.

    starts, song int[w]: its first step, and the number of its song; counts int[w,4]: notes that each
    part strikes in it; lengths float[w,4]: their mean length in steps; controls float32[w,5].
    """

    def __init__(self, songs: list[Song], parts: tuple[str, ...]) -> None:
        strips = [strip(song, parts) for song in songs]
        self.parts = parts
        self.strip = Strip(*(np.concatenate(kind) for kind in zip(*strips, strict=True)))
        offsets = np.cumsum([0] + [len(s.chords) for s in strips])
        self.starts: Ints = np.concatenate(
            [
                offset + WINDOW + STEPS_PER_BAR * np.arange(max(song.bars - 1, 0))
                for offset, song in zip(offsets, songs, strict=False)
            ]
        )
        self.song: Ints = np.repeat(np.arange(len(songs)), [max(song.bars - 1, 0) for song in songs])
        counts, lasting = self._counts()
        alive = counts.sum(1) > 0
        self.starts, self.song = self.starts[alive], self.song[alive]
        self.counts, self.lengths = counts[alive], lasting[alive] / np.maximum(counts[alive], 1)
        self.controls: Floats = np.stack([rank(c) for c in [*self.counts.T, self._energy()]], 1)

    def __len__(self) -> int:
        return len(self.starts)

    def rows(self, which: Ints) -> Ints:
        """int[B,64]: the steps of these windows, their past included."""
        return self.starts[which][:, None] + np.arange(-WINDOW, WINDOW)

    def _counts(self) -> tuple[Ints, Ints]:
        """Notes struck, and steps of all notes together, of the four parts in each window: two int[w,4]."""
        cells = np.zeros((2, len(self.strip.chords), PARTS), np.int64)
        for part, name in enumerate(self.parts):
            for kind in range(2):
                bit = self.strip.cells >> np.uint16(2 * part + 2 + kind) & 1
                cells[kind, :, part] = (self.strip.kit > 0 if name == "drums" else bit).sum(1)
        total = np.concatenate([np.zeros((2, 1, PARTS), np.int64), np.cumsum(cells, 1)], 1)
        struck, lasting = total[:, self.starts + WINDOW] - total[:, self.starts]
        return struck, lasting

    def _energy(self) -> Floats:
        """Mean velocity of the melody's onsets in each window, 0 where there are none."""
        loud = self.strip.loud[self.starts[:, None] + np.arange(WINDOW), 0].astype(np.float32)
        return np.asarray(loud.sum(1) / np.maximum((loud > 0).sum(1), 1), np.float32)


def rank(values: NDArray[np.generic]) -> Floats:
    """The share of all values below each, equal values in their middle: 0..1."""
    order = np.sort(values)
    below = np.searchsorted(order, values, "left") + np.searchsorted(order, values, "right")
    return (below / (2 * len(values))).astype(np.float32)


def draw(
    corpus: Corpus, which: Ints, recipe: Recipe, rng: np.random.Generator
) -> tuple[Inputs[Floats], Truth[Floats]]:
    """These windows, each transposed, cut and masked at random as the recipe says."""
    size, rows = len(which), corpus.rows(which)
    shift = rng.integers(recipe.transpose[0], recipe.transpose[1] + 1, size)
    cells = transpose(corpus.strip.cells[rows], shift)
    cut = np.where(
        rng.random(size) < 0.7, HOP * rng.integers(0, 4, size), rng.integers(0, STEPS_PER_BAR, size)
    )
    step = np.arange(WINDOW)
    chords = corpus.strip.chords[rows[:, WINDOW:]]
    chords = _shift_changes(chords, cut, rng.random(size) < recipe.shift_plan, rng)
    voices = voices_of(corpus, cells, rows)
    melody, heard = _melody(voices[:, 0], cut, recipe, rng)
    band, played = _band(voices[:, 1:], cut, recipe, rng)
    neutral = rng.random((size, 1)) < recipe.neutral_controls
    controls = np.where(neutral, np.float32(0.5), corpus.controls[which])
    weight = (step >= cut[:, None]) + (recipe.near - 1) * _hop(step, cut)
    inputs = Inputs(melody, heard, band, played, plan_rows(chords, shift), controls)
    return inputs, _truth(corpus, voices[:, 1:], rows, weight.astype(np.float32))


def _hop(step: Ints, cut: Ints) -> NDArray[np.bool_]:
    ahead = step - cut[:, None]
    return np.asarray((ahead >= 0) & (ahead < HOP))


def voices_of(corpus: Corpus, cells: NDArray[np.uint16], rows: Ints) -> Floats:
    """Onset and sustain of the five voices, float32[B,5,2,64,72]; a drum's sustain is its onset."""
    out = np.zeros((len(rows), VOICES, 2, 2 * WINDOW, HEIGHT), np.float32)
    for voice in range(VOICES):
        if voice and corpus.parts[voice - 1] == "drums":
            hits = (corpus.strip.kit[rows] > 0).astype(np.float32)
            out[:, voice, :, :, np.array(KIT) - LOW] = hits.transpose(2, 0, 1)[:, :, None]
        else:
            out[:, voice, 0], out[:, voice, 1] = planes(cells, voice)
    return out


def _melody(voice: Floats, cut: Ints, recipe: Recipe, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """The melody as far as heard: mostly to the cut or a few steps around it, else all or nothing."""
    size = len(cut)
    known = cut + rng.choice([-1, 0, 1, 2, 3], size, p=[0.1, 0.5, 0.15, 0.15, 0.1])
    fate = rng.random(size)
    known = np.where(fate < recipe.heard_all, WINDOW, known)
    known = np.where(fate > 1 - recipe.heard_none, 0, known)
    heard = (np.arange(WINDOW) < known[:, None]).astype(np.float32)
    past, now = voice[:, :, :WINDOW], voice[:, :, WINDOW:] * heard[:, None, :, None]
    return np.concatenate([past, now], 1), heard


def _band(voices: Floats, cut: Ints, recipe: Recipe, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """The parts as far as committed, some of their past hidden."""
    size, step = len(cut), np.arange(2 * WINDOW)
    end = WINDOW + cut[:, None]
    known = np.broadcast_to((step < end)[:, None, :], (size, PARTS, 2 * WINDOW)).copy()
    fate = rng.random(size)
    whole = fate < recipe.drop_past
    early = (fate >= recipe.drop_past) & (fate < recipe.drop_past + recipe.drop_early)
    known &= ~whole[:, None, None]
    latest = step >= end - rng.integers(1, 9, (size, 1))
    known &= (latest | ~early[:, None])[:, None, :]
    lost = rng.integers(0, PARTS, size)
    lost = np.where(rng.random(size) < recipe.drop_part, lost, -1)
    known &= (np.arange(PARTS) != lost[:, None])[:, :, None]
    played = (np.arange(WINDOW) < cut[:, None]).astype(np.float32)
    played[whole & (rng.random(size) < 0.5)] = 0
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


def _shift_changes(
    chords: NDArray[np.uint8], cut: Ints, chosen: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """The chords uint8[B,32] with one change after the cut a beat early or late in the chosen windows."""
    beats = chords[:, ::STEPS_PER_BEAT].copy()
    for row in np.flatnonzero(chosen):
        first = int(cut[row]) // STEPS_PER_BEAT + 1
        changes = first + np.flatnonzero(beats[row, first:] != beats[row, first - 1 : -1])
        if len(changes):
            at = int(rng.choice(changes))
            early = rng.random() < 0.5
            beats[row, at - 1 if early else at] = beats[row, at if early else at - 1]
    return np.repeat(beats, STEPS_PER_BEAT, axis=1)
