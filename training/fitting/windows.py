"""Songs as windows to learn from: two bars, from a bar line, and the two bars before them.

Only pitches 26..97 are looked at: notes outside are moved in by octaves.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models.harmony import NONE, TONES
from bandmate.models.roll import PARTS, STEPS_PER_BEAT, WINDOW
from bandmate.training.songs import STEPS_PER_BAR, VOICES, Song

LOW, HEIGHT = 26, 72
KIT = (36, 38, 42, 46, 45, 47, 50, 49, 51)
HOP = 4

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


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


def voices_of(corpus: Corpus, cells: NDArray[np.uint16], rows: Ints) -> Floats:
    """Onset and sustain of the five voices, float32[B,5,2,n,72], at rows int[B,n]; a drum sounds one step."""
    out = np.zeros((len(rows), VOICES, 2, rows.shape[1], HEIGHT), np.float32)
    for voice in range(VOICES):
        if voice and corpus.parts[voice - 1] == "drums":
            hits = (corpus.strip.kit[rows] > 0).astype(np.float32)
            out[:, voice, :, :, np.array(KIT) - LOW] = hits.transpose(2, 0, 1)[:, :, None]
        else:
            out[:, voice, 0], out[:, voice, 1] = planes(cells, voice)
    return out
