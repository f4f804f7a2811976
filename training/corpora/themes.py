"""Who has the melody in a score of the OpenScore Orchestra: people have marked it, note by note.

Gotham and others' annotations of the Hauptstimme ("the main voice") are letters under the first note of every
theme, red where the score has no words to sing, and above the staff where it has. A theme lasts until the
next one begins, in any part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

RED = "#FF0000"
LETTER = re.compile(r"[a-z]'{0,2}")


class Mark(NamedTuple):
    """A part takes the melody: the quarter note, counted from the score's beginning, and the part's number,
    from 1, among those that have notes."""

    quarter: float
    part: int


def marks(path: Path) -> list[Mark]:
    """The marks of an uncompressed MusicXML file by time, those under the notes if there are any.

    The file is one that `reading.musicxml` has found fit.
    """
    parts = list(enumerate(filter(_plays, ElementTree.parse(path).getroot().findall("part")), start=1))
    under = [Mark(at, number) for number, part in parts for at in _under(part)]
    return sorted(under or [Mark(at, number) for number, part in parts for at in _above(part)])


def _plays(part: Element) -> bool:
    """Whether any note of a part sounds, grace notes and cues aside."""
    silent = ("rest", "grace", "cue")
    return any(all(note.find(tag) is None for tag in silent) for note in part.iter("note"))


def _under(part: Element) -> Iterator[float]:
    for quarter, entry in _placed(part):
        if any(lyric.get("color", "").upper() == RED for lyric in entry.findall("lyric")):
            yield quarter


def _above(part: Element) -> Iterator[float]:
    for quarter, entry in _placed(part):
        words = [(word.text or "").strip() for word in entry.findall("direction-type/words")]
        if any(LETTER.fullmatch(word) for word in words):
            yield quarter


def _placed(part: Element) -> Iterator[tuple[float, Element]]:
    """Every entry of a part's bars and the quarter note where it begins."""
    divisions, begun = 1.0, 0.0
    for bar in part.iter("measure"):
        now = struck = longest = 0.0
        for entry in bar:
            divisions = float(entry.findtext("divisions") or divisions)
            length = float(entry.findtext("duration") or 0) / divisions
            if entry.tag == "note":
                struck = struck if entry.find("chord") is not None else now
                now = struck + length
            yield begun + (struck if entry.tag == "note" else now), entry
            if entry.tag in ("backup", "forward"):
                now += length if entry.tag == "forward" else -length
            longest = max(longest, now)
        begun += longest
