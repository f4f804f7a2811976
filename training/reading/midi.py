"""Standard MIDI Files to scores, as far as they can be read at all.

symusic reads them: a hundred times as fast as mido, and with its values clamped it reads every broken file
that mido does. It knows no overflow and no limits, so those are here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bandmate.training.reading.limits import checked, tempo
from bandmate.training.reading.score import Floats, Metre, Score, Track
from bandmate.training.songs import Rejected

LARGEST = 8 << 20
PREFACE = 1024
HEADER = 14
LOST = 8
END_OF_TRACK = b"\x00\xff\x2f\x00"
DRUM_NAME = re.compile(r"\b(drums?|drum ?(kit|set)|percussion|perc)\b", re.IGNORECASE)
KIT_RANGE = (27, 87)


def read(path: Path) -> Score:
    """A file's notes, metres and tempos; an instrument is a track, or each channel and program of a track.

    Drums are what plays on channel 10 and, in files that name no programs, tracks named so. What is out of
    range is put right, a file that breaks off is read as far as it goes, and notes that never end are left
    out. Raises Rejected.
    """
    file = _parsed(_bytes(path))
    quarter = file.ticks_per_quarter
    tempos, metres = _tempos(file, quarter), _metres(file, quarter)
    said = any(track.program for track in file.tracks)
    tracks = tuple(_track(track, quarter, said) for track in file.tracks)
    return checked(Score(tracks, metres, tempos))


def _bytes(path: Path) -> bytes:
    """The file from its header on; what stands before it, such as a RIFF wrapper, is passed over."""
    if path.stat().st_size > LARGEST:
        raise Rejected(f"larger than {LARGEST >> 20} MB")
    data = path.read_bytes()
    if not data:
        raise Rejected("an empty file")
    start = data.find(b"MThd", 0, PREFACE)
    data = data[start:]
    if start < 0 or len(data) < HEADER:
        raise Rejected("not a MIDI file")
    kind, division = int.from_bytes(data[8:10], "big"), int.from_bytes(data[12:14], "big", signed=True)
    if kind > 1:
        raise Rejected("a MIDI file of type 2" if kind == 2 else "not a MIDI file")
    if division <= 0:
        raise Rejected("no beats (its ticks count seconds)" if division else "no beats (0 ticks a beat)")
    return data


def _parsed(data: bytes) -> Any:
    """symusic's score; of a file that breaks off, what is whole."""
    from symusic.core import ScoreTick

    try:
        return ScoreTick.from_midi(data, sanitize_data=True)
    except Exception:
        mended = _mended(data)
    for lost in range(LOST):
        try:
            return ScoreTick.from_midi(_closed(mended, lost), sanitize_data=True)
        except Exception:
            continue
    raise Rejected("a broken MIDI file")


def _mended(data: bytes) -> tuple[bytes, bytes]:
    """The whole chunks of a file, and the events of a track that breaks off at its end."""
    at = HEADER
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "big")
        if at + 8 + length > len(data):
            return data[:at], data[at + 8 :]
        at += 8 + length
    return data[:at], b""


def _closed(mended: tuple[bytes, bytes], lost: int) -> bytes:
    whole, events = mended
    events = events[: len(events) - lost] + END_OF_TRACK
    return whole + b"MTrk" + len(events).to_bytes(4, "big") + events


def _track(track: Any, quarter: int, said: bool) -> Track:
    columns = track.notes.numpy()
    start = columns["time"].astype(np.float64) / quarter
    end = start + columns["duration"].astype(np.float64) / quarter
    pitch = np.clip(columns["pitch"], 0, 127)
    notes = np.stack([start, end, pitch, np.clip(columns["velocity"], 1, 127)], 1)
    name = " ".join("".join(c if c.isprintable() else " " for c in str(track.name)).split())
    drums = bool(track.is_drum) or (not said and _is_kit(name, pitch))
    program = int(track.program) if said or drums else None
    return Track(name, program, drums, notes[np.lexsort((pitch, start))])


def _is_kit(name: str, pitch: NDArray[np.int8]) -> bool:
    low, high = KIT_RANGE
    return bool(DRUM_NAME.search(name)) and bool(np.all((pitch >= low) & (pitch <= high)))


def _metres(file: Any, quarter: int) -> tuple[Metre, ...]:
    """The time signatures that make sense, the last of those at one place; 4/4 until the first."""
    found = {0.0: Metre(0.0, 4, 4)}
    for sign in sorted(file.time_signatures, key=lambda sign: sign.time):
        if sign.time >= 0 and sign.numerator > 0 and sign.denominator in (1, 2, 4, 8, 16, 32, 64):
            start = sign.time / quarter
            found[start] = Metre(start, sign.numerator, sign.denominator)
    return tuple(found[start] for start in sorted(found))


def _tempos(file: Any, quarter: int) -> Floats:
    """float64[n, 2] of the tempo map, 120 until the first; what can't be meant is moved within bounds."""
    found = {0.0: 120.0}
    for change in sorted(file.tempos, key=lambda change: change.time):
        if change.time >= 0:
            found[change.time / quarter] = tempo(60e6 / max(change.mspq, 1))
    return np.array(sorted(found.items()), np.float64)
