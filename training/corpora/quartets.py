"""OpenScore String Quartets (MusicXML): the stretches in 4/4, as songs for an orchestra."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bandmate.training.corpora import scores
from bandmate.training.lines import as_notes, between, untangled
from bandmate.training.songs import BEATS_PER_BAR, STEPS_PER_BAR, Notes, Rejected, Song

FEWEST_BARS = 8
VOICES = 4
METRES = ((4, 4), (2, 2))
PLAIN = 80
LOUDNESS = {"ppp": 38, "pp": 48, "p": 60, "mp": 70, "mf": 80, "f": 95, "ff": 108, "fff": 118}

Floats = NDArray[np.float64]


def read(folder: Path) -> Iterator[Song | Rejected]:
    """Every stretch of every quartet, or why a piece was rejected."""
    for path in sorted(folder.glob("scores/**/*.*xml*")):
        try:
            yield from piece(path, path.stem)
        except Rejected as reason:
            yield reason


def piece(path: Path, name: str) -> list[Song]:
    """The 4/4 stretches of one file, of at least eight bars each. Raises Rejected."""
    parts = _parsed(path)
    if len(parts) != VOICES:
        raise Rejected("not for four parts")
    spans = stretches(bars_of(parts[0]))
    if not spans:
        raise Rejected(f"fewer than {FEWEST_BARS} bars of 4/4 on end")
    played = [voice(part) for part in parts]
    found = []
    for number, (first, bars) in enumerate(spans):
        cut = [_cut(notes, first, bars) for notes in played]
        if all(map(len, cut)):
            label = f"quartets/{name}"
            found.append(scores.song(f"{label}/{number:02d}", label, cut, bars))
    return found


def _parsed(path: Path) -> list[Any]:
    """The parts of a file. A score can fail in many ways, and one bad score must not end the corpus."""
    import partitura

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return list(partitura.load_musicxml(path).parts)
        except Exception as error:
            raise Rejected(f"unreadable ({type(error).__name__})") from error


def bars_of(part: Any) -> list[tuple[float, float, bool]]:
    """Per bar its start and length in quarters, and whether it is a whole bar of 4/4 or 2/2."""
    from partitura import score

    quarters = part.quarter_map
    signs = sorted((t.start.t, t.beats, t.beat_type) for t in part.iter_all(score.TimeSignature))
    out = []
    for bar in part.iter_all(score.Measure):
        metre = [(beats, unit) for start, beats, unit in signs if start <= bar.start.t][-1:]
        start, end = float(quarters(bar.start.t)), float(quarters(bar.end.t))
        whole = bool(metre) and metre[0] in METRES and abs(end - start - BEATS_PER_BAR) < 1e-6
        out.append((start, end - start, whole))
    return sorted(out)


def stretches(bars: list[tuple[float, float, bool]]) -> list[tuple[float, int]]:
    """Runs of whole bars as (start in quarters, bars), those shorter than eight bars left out."""
    found: list[tuple[float, int]] = []
    first, count = 0.0, 0
    for start, _, whole in [*bars, (0.0, 0.0, False)]:
        if whole:
            first, count = (first, count + 1) if count else (start, 1)
            continue
        if count >= FEWEST_BARS:
            found.append((first, count))
        count = 0
    return found


def voice(part: Any) -> Floats:
    """float64[n, 4] of a part's notes: start and length in quarters, pitch, velocity by the last dynamic."""
    array = part.note_array()
    start = np.asarray(array["onset_quarter"], np.float64)
    velocity = _velocities(part, start)
    length = np.asarray(array["duration_quarter"], np.float64)
    table = np.stack([start, length, np.asarray(array["pitch"], np.float64), velocity], 1)
    return np.asarray(table[length > 0])


def _velocities(part: Any, start: Floats) -> Floats:
    from partitura import score

    marks = [
        (float(part.quarter_map(d.start.t)), d.text) for d in part.iter_all(score.ConstantLoudnessDirection)
    ]
    known = sorted((at, LOUDNESS[text]) for at, text in marks if text in LOUDNESS)
    if not known:
        return np.full(len(start), PLAIN, np.float64)
    values = np.array([PLAIN] + [v for _, v in known], np.float64)
    return np.asarray(values[np.searchsorted([at for at, _ in known], start + 1e-6)])


def _cut(notes: Floats, first: float, bars: int) -> Notes:
    """A stretch of a voice on the grid, what sounds over its beginning struck there; what is finer than a
    16th is rounded to it."""
    end = np.rint(4 * (notes[:, 0] + notes[:, 1] - first))
    near = (end > 0) & (np.rint(4 * (notes[:, 0] - first)) < bars * STEPS_PER_BAR)
    begin = np.maximum(np.rint(4 * (notes[:, 0] - first)), 0)
    table = np.stack([begin, np.maximum(end - begin, 1), notes[:, 2], notes[:, 3]], 1)[near]
    return scores.accented(between(untangled(as_notes(table)), 0, bars * STEPS_PER_BAR))
