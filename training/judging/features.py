"""Numbers that describe a window, for a classifier whose reasons can be read: texture, and fit to the melody.

Windows are bool[W, voices, 2, 32, 72], the melody first; see pairs. A figure that a window does not
have, such as the mean pitch of a silent part, is 0.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bandmate.models.decoding import DRUMS
from bandmate.models.roll import STEPS_PER_BEAT, WINDOW
from bandmate.training.fitting.windows import HEIGHT, LOW
from bandmate.training.judging.harmony_metrics import CONSONANT
from bandmate.training.judging.pairs import ONSET, SUSTAIN, Rolls
from bandmate.training.songs import STEPS_PER_BAR

Floats = NDArray[np.float64]


def texture(windows: Rolls, parts: Sequence[str]) -> Floats:
    """float64[W, 10 a part]: of each part notes struck, steps at which it strikes, share of steps with
    sound, mean notes sounding, mean length in steps, lowest, mean and highest pitch, share of notes on
    eighths, and whether the second bar strikes at the steps of the first."""
    return np.concatenate([_of_part(windows[:, 1 + k]) for k in range(len(parts))], 1)


def _of_part(part: Rolls) -> Floats:
    onset, sustain = part[:, ONSET], part[:, SUSTAIN]
    struck, steps = onset.any(2), sustain.any(2)
    notes, sounding, cells = onset.sum((1, 2)), steps.sum(1), sustain.sum((1, 2))
    pitch = np.arange(HEIGHT)
    ever = np.any(sustain, axis=1)
    low, high = ever.argmax(1), HEIGHT - 1 - ever[:, ::-1].argmax(1)
    rhythm = struck.reshape(-1, WINDOW // STEPS_PER_BAR, STEPS_PER_BAR)
    columns = (
        notes,
        struck.sum(1),
        sounding / WINDOW,
        cells / np.maximum(sounding, 1),
        cells / np.maximum(notes, 1),
        np.where(sounding > 0, low, 0),
        (sustain.sum(1) @ pitch) / np.maximum(cells, 1),
        np.where(sounding > 0, high, 0),
        onset[:, ::2].sum((1, 2)) / np.maximum(notes, 1),
        (rhythm[:, 0] == rhythm[:, 1]).all(1),
    )
    return np.stack(columns, 1).astype(float)


def fit(windows: Rolls, parts: Sequence[str]) -> Floats:
    """float64[W, 4 x (pitched parts + 1)]: of the pitched parts together and each alone, shares of the
    melody's steps that are in harmony within the beat, consonant, a semitone from something that
    sounds, and unsupported."""
    chroma = folded(windows[:, :, SUSTAIN])
    sung = chroma[:, 0]
    pitched = chroma[:, 1:][:, [part != DRUMS for part in parts]]
    sets = [pitched.any(1), *pitched.transpose(1, 0, 2, 3)]
    return np.concatenate([_fit(sung, one) for one in sets], 1)


def folded(sustain: Rolls) -> Rolls:
    """bool[..., 32, 12] of bool[..., 32, 72]: which pitch classes sound."""
    octaves = sustain.reshape(*sustain.shape[:-1], HEIGHT // 12, 12).any(-2)
    return np.roll(octaves, LOW % 12, -1)


def _fit(sung: Rolls, sounding: Rolls) -> Floats:
    beats = sounding.reshape(len(sounding), -1, STEPS_PER_BEAT, 12).any(2)
    near = np.repeat(beats, STEPS_PER_BEAT, 1)
    consonant = np.any([np.roll(sounding, interval, 2) for interval in CONSONANT], 0)
    clashing = np.roll(sounding, 1, 2) | np.roll(sounding, -1, 2)
    silent = ~sounding.any(2, keepdims=True)
    length = np.maximum(sung.any(2).sum(1), 1)
    kinds = (near, consonant, clashing, np.broadcast_to(silent, sung.shape))
    return np.stack([(sung & kind).any(2).sum(1) / length for kind in kinds], 1)
