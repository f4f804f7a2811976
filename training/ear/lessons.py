"""What the ear learns from: melodies as features, a beat at a time, and what sounded with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bandmate.models import listening
from bandmate.models.harmony import HORIZON
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.lines import line, monophonic, pitch_classes
from bandmate.training.songs import BEATS_PER_BAR, Song

UNKNOWN = -100
START_SHARE = 0.25

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


class Lesson(NamedTuple):
    """A song to the ear, n beats. beat float32[n, 148]; phase float32[n, 16]; chords int64[n]; melody
    float32[n, 12], the share of the beat in which each pitch class sounds; bass int64[n], its pitch class or
    -100."""

    beat: Floats
    phase: Floats
    chords: Ints
    melody: Floats
    bass: Ints


class Batch(NamedTuple):
    """Excerpts: beat [B, T, 148] when complete; partial [B, T, 112], known [B, T, 4], phase [B, T, 16] of
    the beat to decide; the truth: chord (t..t+7) and past (t-1..t-8) int64[B, T, 8], -100 outside the song;
    melody [B, T, 8, 12], -1 outside it; bass int64[B, T]."""

    beat: Tensor
    partial: Tensor
    known: Tensor
    phase: Tensor
    chord: Tensor
    past: Tensor
    melody: Tensor
    bass: Tensor


def lowest_voice(songs: Sequence[Song], parts: tuple[str, ...]) -> int:
    """Which voice, 1..4, is the lowest of the pitched parts over all the songs."""
    pitched = [voice for voice, name in enumerate(parts, 1) if name != "drums"]
    heights = [np.concatenate([song.notes[voice][:, 2] for song in songs]) for voice in pitched]
    return pitched[int(np.argmin([h.mean() if len(h) else 128 for h in heights]))]


def lesson(song: Song, lowest: int) -> Lesson:
    """The lesson of a song; lowest: the voice, 1..4, that plays its bass."""
    beats = len(song.chords)
    pitch, onset = line(song.notes[0], song.steps)
    phase = [listening.phase(b % BEATS_PER_BAR, b // BEATS_PER_BAR) for b in range(beats)]
    low, _ = line(monophonic(song.notes[lowest], lowest=True), song.steps)
    low = low.reshape(beats, STEPS_PER_BEAT)
    bass = np.where(
        low.max(1) >= 0, np.take_along_axis(low, (low >= 0).argmax(1)[:, None], 1)[:, 0] % 12, UNKNOWN
    )
    return Lesson(
        beat=listening.beats(pitch, onset),
        phase=np.stack(phase),
        chords=song.chords.astype(np.int64),
        melody=(pitch_classes([song.notes[0]], beats) / STEPS_PER_BEAT).astype(np.float32),
        bass=bass.astype(np.int64),
    )


def excerpt(of: Lesson, first: int, beats: int, known: Ints) -> tuple[NDArray[np.generic], ...]:
    """The fields of a `Batch` for one excerpt, even over the song's end; known int64[beats], 0..3."""
    at = first + np.arange(beats)
    inside = at < len(of.chords)
    safe = np.where(inside, at, 0)
    one_hot = np.eye(STEPS_PER_BEAT, dtype=np.float32)[known]
    ahead = at[:, None] + np.arange(HORIZON)
    chord = _truth(of.chords, ahead)
    past = _truth(of.chords, at[:, None] - 1 - np.arange(HORIZON))
    past[at - 1 >= len(of.chords)] = UNKNOWN
    melody = np.where((ahead < len(of.chords))[..., None], _rows(of.melody, ahead), -1).astype(np.float32)
    bass = np.where(inside, of.bass[safe], UNKNOWN)
    beat = _rows(of.beat, at)
    partial = beat[:, : listening.PARTIAL_SIZE] * (
        np.arange(listening.PARTIAL_SIZE) < listening.STEP_SIZE * known[:, None]
    )
    return (beat, partial.astype(np.float32), one_hot, _rows(of.phase, at), chord, past, melody, bass)


def _rows(table: Floats, at: Ints) -> Floats:
    inside = (at >= 0) & (at < len(table))
    return np.asarray(table[np.where(inside, at, 0)] * inside[..., None].astype(np.float32))


def _truth(chords: Ints, at: Ints) -> Ints:
    inside = (at >= 0) & (at < len(chords))
    return np.where(inside, chords[np.where(inside, at, 0)], UNKNOWN)


def batch(
    lessons: list[Lesson], size: int, beats: int, random: np.random.Generator, mine: slice = slice(None)
) -> Batch:
    """Random excerpts, a quarter of them from a song's start; of half of the beats nothing is known yet,
    of the others 1 to 3 steps. Chance decides of `size` excerpts; `mine` are made."""
    weight = np.array([len(one.chords) for one in lessons], np.float64)
    chosen = random.choice(len(lessons), size, p=weight / weight.sum())
    place = np.where(random.random(size) < START_SHARE, 0, random.random(size))
    known = np.where(random.random((size, beats)) < 0.5, 0, random.integers(1, STEPS_PER_BEAT, (size, beats)))
    pieces = []
    for index, share, steps in zip(chosen[mine], place[mine], known[mine], strict=True):
        room = max(len(lessons[index].chords) - beats // 2, 1)
        pieces.append(excerpt(lessons[index], int(share * room), beats, steps))
    return Batch(*(torch.from_numpy(np.stack(field)) for field in zip(*pieces, strict=True)))


def whole(of: Lesson, known: int) -> Batch:
    """A whole song as a batch of one, the same number of steps known of every beat."""
    beats = len(of.chords)
    fields = excerpt(of, 0, beats, np.full(beats, known))
    return Batch(*(torch.from_numpy(np.asarray(field))[None] for field in fields))
