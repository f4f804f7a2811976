"""Two folders of MIDI files that ought to be the same music: which are the same bytes, and what others lack.

    python tests/arm64/compare.py HERE THERE

A note is its track, its tick, its length, its pitch and its velocity. Target: of all notes at most 1 in 100
differs. The exit status is 1 if more do, or if a file is missing.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import mido

TOLERANCE = 0.01


class Note(NamedTuple):
    """Ticks are the file's."""

    track: str
    tick: int
    length: int
    pitch: int
    velocity: int


def notes(path: Path) -> Counter[Note]:
    """All notes of a file."""
    found: Counter[Note] = Counter()
    for track in mido.MidiFile(path).tracks:
        now, struck = 0, {}
        for message in track:
            now += message.time
            if message.type == "note_on":
                struck[message.note] = now, message.velocity
            elif message.type == "note_off":
                begin, velocity = struck.pop(message.note)
                found[Note(track.name, begin, now - begin, message.note, velocity)] += 1
    return found


def main(here: Path, there: Path) -> int:
    """Compare, print, and return 1 if too much differs."""
    paths = sorted(path.relative_to(there) for path in there.rglob("*.mid"))
    missing = {path.relative_to(here) for path in here.rglob("*.mid")} - set(paths)
    same = total = differing = 0
    for path in paths:
        ours, theirs = notes(here / path), notes(there / path)
        total += ours.total()
        if (here / path).read_bytes() == (there / path).read_bytes():
            same += 1
            continue
        only = (ours - theirs) | (theirs - ours)
        count = max((ours - theirs).total(), (theirs - ours).total())
        differing += count
        first = min((note.tick for note in only), default=None)
        print(f"{path}: {count} of {ours.total()} notes differ, from tick {first} on")
    print(f"{same} of {len(paths)} files are the same bytes; {differing} of {total} notes differ")
    if missing:
        print(f"missing there: {', '.join(map(str, sorted(missing)))}")
    return 1 if missing or not paths or differing > TOLERANCE * total else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
