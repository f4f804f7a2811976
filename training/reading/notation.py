"""Scores in notation, MusicXML and Humdrum kern, as they sound.

Read by partitura. Transposing instruments sound as they do, tied notes are one, grace notes and cues are left
out, repeats are played once and first and second endings one after the other, as they stand on the page.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bandmate.training.reading import kern, musicxml
from bandmate.training.reading.limits import checked, tempo
from bandmate.training.reading.score import Floats, Metre, Score, Symbol, Track
from bandmate.training.songs import Rejected

NEAR = 1e-3
PLAIN = 80
LOUDNESS = {"ppp": 38, "pp": 48, "p": 60, "mp": 70, "mf": 80, "f": 95, "ff": 108, "fff": 118}
USUAL_TEMPO = 120.0
UNITS = (4, 8, 16, 32, 64)


def read(path: Path) -> Score:
    """The score of a .musicxml, .xml, .mxl or .krn file. Raises Rejected."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _kern(path) if path.suffix.lower() == ".krn" else _musicxml(path)
        except Rejected:
            raise
        except Exception as error:  # a score can fail in many ways, and one bad file must not end the work
            raise Rejected(f"unreadable ({type(error).__name__})") from error


def _musicxml(path: Path) -> Score:
    import partitura

    tidy = musicxml.tidied(path)
    parts = partitura.load_musicxml(io.BytesIO(tidy.xml)).parts
    return _score(parts, tidy.programs, tidy.drums)


def _kern(path: Path) -> Score:
    import partitura

    tidy = kern.tidied(path)
    with tempfile.TemporaryDirectory() as place, contextlib.redirect_stdout(None):
        copy = Path(place) / "score.krn"
        copy.write_text(tidy.text, "ascii")
        parts = partitura.load_kern(copy).parts
    parts = sorted(parts, key=lambda part: int(part.id[1:]))
    for part in parts:
        part.part_name = tidy.names[int(part.id[1:])] if int(part.id[1:]) < len(tidy.names) else ""
    return _score(parts, {}, frozenset())


def _score(parts: Sequence[Any], programs: Mapping[str, int], drums: frozenset[str]) -> Score:
    """A score of partitura's parts. programs and drums: as in `musicxml.Tidy`."""
    if not parts:
        raise Rejected("no notes")
    tracks = []
    for part in parts:
        notes = _notes(part, part.id not in drums)
        tracks.append(
            Track(" ".join((part.part_name or "").split()), programs.get(part.id), part.id in drums, notes)
        )
    return checked(Score(tuple(tracks), _metres(parts[0]), _tempos(parts), _symbols(parts)))


def _quarters(part: Any, times: Sequence[int]) -> Floats:
    """Times of a part in quarter notes from its beginning; partitura counts from the first whole bar."""
    if not len(times):
        return np.zeros(0)
    at = np.atleast_1d(part.quarter_map(np.array([part.first_point.t, *times])))
    return np.asarray(at[1:] - at[0], np.float64)


def _notes(part: Any, pitched: bool) -> Floats:
    from partitura import score

    notes = [note for note in part.notes_tied if not isinstance(note, score.GraceNote)]
    start = _quarters(part, [note.start.t for note in notes])
    end = _quarters(part, [note.end_tied.t for note in notes])
    pitch = np.array([note.midi_pitch for note in notes], np.float64)
    if pitched:
        pitch += _transposition(part, start)
    table = np.stack([start, end, pitch, velocities(part, start)], 1)
    table = table[(end > start) & (pitch >= 0) & (pitch < 128)]
    return np.asarray(table[np.lexsort((table[:, 2], table[:, 0]))])


def _transposition(part: Any, start: Floats) -> Floats:
    """The semitones by which a part sounds higher than written, at some quarter notes."""
    from partitura import score

    changes = sorted((t.start.t, t.chromatic) for t in part.iter_all(score.Transposition))
    at = _quarters(part, [time for time, _ in changes])
    values = np.array([0.0, *(chromatic for _, chromatic in changes)])
    return np.asarray(values[np.searchsorted(at, start + NEAR)])


def velocities(part: Any, start: Floats) -> Floats:
    """float64 velocities of notes that start at some quarter notes of a part, by the last dynamic before."""
    from partitura import score

    marks = [(d.start.t, d.text) for d in part.iter_all(score.ConstantLoudnessDirection)]
    known = sorted((time, LOUDNESS[text]) for time, text in marks if text in LOUDNESS)
    values = np.array([PLAIN, *(velocity for _, velocity in known)], np.float64)
    return np.asarray(values[np.searchsorted(_quarters(part, [time for time, _ in known]), start + NEAR)])


def _metres(part: Any) -> tuple[Metre, ...]:
    """A metre where it changes, and where the bars are counted anew: a pick-up, or a bar of a length of its
    own, is a metre of its own. Neighbours that make a bar together, as round a repeat sign, are one."""
    found: list[Metre] = []
    begun, length, anew = 0.0, 0.0, True
    for start, end, beats, unit in _bars(part):
        whole = 4 * beats / unit
        if length and length + end - start > whole + NEAR:
            found.append(_irregular(begun, length))
            length, anew = 0.0, True
        begun = begun if length else start
        length += end - start
        if length > whole + NEAR:
            found.append(_irregular(begun, length))
            length, anew = 0.0, True
        elif length > whole - NEAR:
            if anew or (found[-1].numerator, found[-1].denominator) != (beats, unit):
                found.append(Metre(begun, beats, unit))
            length, anew = 0.0, False
    return tuple(found) or (Metre(0.0, 4, 4),)


def _bars(part: Any) -> list[tuple[float, float, int, int]]:
    """Start, end and time signature of every bar that is not empty, 4/4 where none is said."""
    from partitura import score

    signs = sorted((t.start.t, t.beats, t.beat_type) for t in part.iter_all(score.TimeSignature))
    times = sorted({0, *(m.start.t for m in part.iter_all(score.Measure)), *(sign[0] for sign in signs)})
    edges = _quarters(part, [*times, part.last_point.t])
    bars = []
    for time, start, end in zip(times, edges, edges[1:], strict=False):
        beats, unit = next(((b, u) for at, b, u in reversed(signs) if at <= time), (4, 4))
        if end - start > NEAR and beats > 0 and unit > 0:
            bars.append((float(start), float(end), int(beats), int(unit)))
    return bars


def _irregular(start: float, length: float) -> Metre:
    """A bar of so many quarter notes as a metre, of the longest unit that measures it."""
    unit = next((u for u in UNITS if abs(length * u / 4 - round(length * u / 4)) < NEAR), UNITS[-1])
    return Metre(start, max(round(length * unit / 4), 1), unit)


def _tempos(parts: Sequence[Any]) -> Floats:
    """float64[n, 2] of the metronome marks of all parts; 120 quarter notes a minute until the first."""
    from partitura import score

    found = {0.0: USUAL_TEMPO}
    for part in parts:
        marks = [mark for mark in part.iter_all(score.Tempo) if mark.bpm > 0]
        at = _quarters(part, [mark.start.t for mark in marks])
        for time, mark in zip(at, marks, strict=True):
            found[float(time)] = tempo(60e6 / max(mark.microseconds_per_quarter, 1))
    return np.array(sorted(found.items()), np.float64)


def _symbols(parts: Sequence[Any]) -> tuple[Symbol, ...]:
    """The chord symbols of all parts by time, one at a time."""
    from partitura import score

    found: dict[float, Symbol] = {}
    for part in parts:
        chords = list(part.iter_all(score.ChordSymbol))
        for at, chord in zip(_quarters(part, [c.start.t for c in chords]), chords, strict=True):
            root = chord.root + ("#" * chord.alter if chord.alter > 0 else "b" * -chord.alter)
            found[float(at)] = Symbol(float(at), "N" if chord.kind == "N" else f"{root}:{chord.kind}")
    return tuple(found[at] for at in sorted(found))
