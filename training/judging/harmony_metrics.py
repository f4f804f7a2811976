"""How an accompaniment fits a melody, and how its parts fit one another, on true pitch classes.

`tune` is int[steps], the melody's pitch and -1 where it is silent; `chroma` is float64[steps, 12], how
many notes of each pitch class sound. A figure is not a number where there is nothing to measure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models.decoding import DRUMS
from bandmate.models.keys import best_scale, in_scale
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training import lines
from bandmate.training.judging.excerpt import Excerpt, Floats, bars_of, by_beat
from bandmate.training.songs import STEPS_PER_BAR, Notes

CONSONANT = (0, 3, 4, 7, 8, 9)
MELODY = "melody"

Tune = NDArray[np.int16]


class Consonance(NamedTuple):
    """Shares 0..1 of the melody's steps, adding up to 1: consonant, dissonant, unsupported."""

    consonant: float
    dissonant: float
    unsupported: float


def of_song(song: Excerpt) -> dict[str, float]:
    """All figures of a song's pitched parts by name, `distance.A-B` for each pair of voices."""
    chroma = song.together
    weight = chroma.sum(0)
    own = np.bincount(song.tune[song.tune >= 0] % 12, minlength=12).astype(float)
    out = {
        "in_harmony": in_harmony(song.tune, chroma),
        **consonance(song.tune, chroma)._asdict(),
        "doubled": doubled(song),
        "in_scale": in_scale(weight, best_scale(weight + own)),
        "in_melody_scale": in_scale(weight, best_scale(own)),
    }
    sung = song.tune[:, None] % 12 == np.arange(12)
    voices = {MELODY: (sung & (song.tune >= 0)[:, None]).astype(float)} | song.chroma
    for one, other in combinations(voices, 2):
        out[f"distance.{one}-{other}"] = tonal_distance(voices[one], voices[other])
    return out


def melody_in_harmony(melody: Notes, voices: Sequence[Notes]) -> float:
    """`in_harmony` of a whole melody and whole voices."""
    steps = bars_of(melody) * STEPS_PER_BAR
    pitch, _ = lines.line(melody, steps)
    return in_harmony(pitch, lines.chroma(voices, steps))


def in_harmony(tune: Tune, chroma: Floats) -> float:
    """Share 0..1 of the melody's steps whose pitch class sounds in the accompaniment in the same beat.

    After ReaLchords' note-in-chord ratio (Wu et al. 2024), the sounding beat in place of a chord symbol.
    """
    sung = np.flatnonzero(tune >= 0)
    if not len(sung):
        return float("nan")
    return float((by_beat(chroma) > 0)[sung // STEPS_PER_BEAT, tune[sung] % 12].mean())


def consonance(tune: Tune, chroma: Floats) -> Consonance:
    """How the melody's steps are supported by what sounds in the same step.

    consonant: some note makes a unison, third, fifth or sixth with the melody (melody minus note is
    0, 3, 4, 7, 8 or 9 modulo 12); dissonant: notes sound, but none such; unsupported: none sounds.
    Source: consonant and unsupported rate of StreamMUSE (RTAS 2026), taken step by step.
    """
    sung = np.flatnonzero(tune >= 0)
    if not len(sung):
        return Consonance(*[float("nan")] * 3)
    sounding = chroma[sung] > 0
    wanted = (tune[sung][:, None] - np.array(CONSONANT)) % 12
    consonant = np.take_along_axis(sounding, wanted, 1).any(1)
    silent = ~sounding.any(1)
    return Consonance(float(consonant.mean()), float((~consonant & ~silent).mean()), float(silent.mean()))


def doubled(song: Excerpt) -> float:
    """Share 0..1 of the melody's notes whose pitch class a part strikes at the same step.

    A part that only repeats the melody is always consonant and always in harmony, and doubles it: those
    figures mean little where this one is above the real one.
    """
    struck = np.zeros((song.bars * STEPS_PER_BAR, 12), bool)
    for name in song.pitched:
        notes = song.voices[name]
        notes = notes[notes[:, 0] < len(struck)]
        notes = notes[song.kept[name][notes[:, 0] // STEPS_PER_BAR]]
        struck[notes[:, 0], notes[:, 2] % 12] = True
    sung = song.melody[song.tune[song.melody[:, 0]] >= 0]
    return float(struck[sung[:, 0], sung[:, 2] % 12].mean()) if len(sung) else float("nan")


def undoubled(song: Excerpt) -> Excerpt:
    """The song without the notes that double the melody: struck at the step of one of its notes, of the same
    pitch class. What fits without them is no mere repeating of the melody."""
    sung = set(zip(song.melody[:, 0].tolist(), (song.melody[:, 2] % 12).tolist(), strict=True))
    voices = {}
    for name, notes in song.voices.items():
        places = zip(notes[:, 0].tolist(), (notes[:, 2] % 12).tolist(), strict=True)
        alone = np.array([place not in sung for place in places], bool)
        voices[name] = notes if name == DRUMS else notes[alone]
    return replace(song, voices=voices)


def clash(tune: Tune, chroma: Floats) -> float:
    """Share 0..1 of what sounds in a beat that lies a semitone from a pitch class that the melody has in that
    beat and is not one of these itself: a mean over the beats in which both sound."""
    weight = by_beat(chroma)
    sung = np.zeros(weight.shape, bool)
    steps = np.flatnonzero(tune >= 0)
    sung[steps // STEPS_PER_BEAT, tune[steps] % 12] = True
    beside = (np.roll(sung, 1, 1) | np.roll(sung, -1, 1)) & ~sung
    both = sung.any(1) & (weight.sum(1) > 0)
    if not both.any():
        return float("nan")
    return float(((weight * beside).sum(1)[both] / weight.sum(1)[both]).mean())


def tonal_distance(one: Floats, other: Floats) -> float:
    """Mean distance 0..3 of the tonal centroids of two voices, over the beats in which both sound.

    0 for the same pitch classes in the same shares; a voice is given by its chroma. Source: Harte,
    Sandler and Gasser 2006, per beat as in MuseGAN's TD, but on true pitch classes.
    """
    beats = [by_beat(chroma) for chroma in (one, other)]
    both = (beats[0].sum(1) > 0) & (beats[1].sum(1) > 0)
    if not both.any():
        return float("nan")
    apart = centroid(beats[0][both]) - centroid(beats[1][both])
    return float(np.linalg.norm(apart, axis=1).mean())


def centroid(chroma: Floats) -> Floats:
    """float64[n, 6] of chroma float64[n, 12] that is nowhere all zeros: its place on the circles of
    fifths, minor thirds (both of radius 1) and major thirds (radius .5). Source: Harte et al. 2006."""
    pitch = np.arange(12)
    rows = [
        radius * turn(pitch * angle * np.pi)
        for radius, angle in ((1, 7 / 6), (1, 3 / 2), (0.5, 2 / 3))
        for turn in (np.sin, np.cos)
    ]
    return np.asarray(chroma @ np.array(rows).T / chroma.sum(1, keepdims=True))
