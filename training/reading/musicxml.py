"""MusicXML made fit to be read: unpacked, checked for what would harm, and brought to what partitura knows.

partitura leaves out octave changes, the kinds of chord symbols, instruments and percussion sounds. So octave
changes are added to the transposition here, a chord symbol's kind becomes a label's, a percussion note gets
the General MIDI pitch of its instrument, and what has no part in how notes sound is taken out.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement
from xml.parsers import expat

from bandmate.training.songs import Rejected

LARGEST = 32 << 20
ARCHIVE = b"PK\x03\x04"
BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError)
IN_NOTES = {"pitch", "rest", "chord", "grace", "duration", "tie", "voice", "type", "dot", "time-modification"}
IN_BARS = {"note", "backup", "forward", "attributes", "harmony", "direction", "sound"}
DRUM_CHANNEL = 10
DISPLAYED = {
    "E4": 36,
    "F4": 36,
    "G4": 43,
    "A4": 43,
    "B4": 45,
    "D5": 47,
    "E5": 50,
    "F5": 51,
    "G5": 42,
    "A5": 49,
}
SNARE = 38
SPELLED = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
KINDS = {
    "major": "maj",
    "minor": "min",
    "augmented": "aug",
    "diminished": "dim",
    "dominant": "7",
    "major-seventh": "maj7",
    "minor-seventh": "min7",
    "diminished-seventh": "dim7",
    "augmented-seventh": "aug7",
    "half-diminished": "hdim7",
    "major-minor": "minmaj7",
    "minor-major": "minmaj7",
    "major-sixth": "maj6",
    "minor-sixth": "min6",
    "dominant-ninth": "9",
    "major-ninth": "maj9",
    "minor-ninth": "min9",
    "dominant-11th": "11",
    "major-11th": "maj11",
    "minor-11th": "min11",
    "dominant-13th": "13",
    "major-13th": "maj13",
    "minor-13th": "min13",
    "suspended-second": "sus2",
    "suspended-fourth": "sus4",
    "power": "5",
    "none": "N",
}


class RootReached(Exception):
    """The prologue of an XML file is over."""


@dataclass(frozen=True)
class Tidy:
    """xml: what partitura reads; programs: General MIDI 0..127 by part id, where the file says them; drums:
    ids of the parts that are percussion, whose pitches are General MIDI's."""

    xml: bytes
    programs: Mapping[str, int]
    drums: frozenset[str]


def tidied(path: Path) -> Tidy:
    """A .musicxml, .xml or .mxl file, made fit. Raises Rejected."""
    root = _root(_unpacked(path))
    listed = {part.get("id", ""): part for part in root.iter("score-part")}
    parts = [(part, part.get("id", "")) for part in root.findall("part")]
    drums = frozenset(key for part, key in parts if _is_kit(part, listed.get(key)))
    for listing in root.findall("part-list"):
        listing[:] = [entry for entry in listing if entry.tag == "score-part"]
    for part, key in parts:
        _tidy_part(part, _sounds(listed.get(key)))
    programs = {key: _number(part, ".//midi-program") - 1 for key, part in listed.items()}
    said = {key: program for key, program in programs.items() if 0 <= program < 128}
    return Tidy(ElementTree.tostring(root, "utf-8"), said, drums)


def _unpacked(path: Path) -> bytes:
    """The score's text; of a compressed file the first that is no part of its table of contents."""
    if path.stat().st_size > LARGEST:
        raise Rejected(f"larger than {LARGEST >> 20} MB")
    packed = path.read_bytes()
    if not packed.startswith(ARCHIVE):
        return packed
    try:
        data = _extracted(packed)
    except BROKEN as error:
        raise Rejected("a broken archive") from error
    if len(data) > LARGEST:
        raise Rejected(f"larger than {LARGEST >> 20} MB")
    return data


def _extracted(packed: bytes) -> bytes:
    """The score in an archive, and of one that is too large a byte more than may be."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        scores = [
            entry
            for entry in archive.infolist()
            if entry.filename.endswith((".xml", ".musicxml")) and not entry.filename.startswith("META-INF")
        ]
        if not scores:
            raise Rejected("an archive without MusicXML")
        with archive.open(scores[0]) as score:
            return score.read(LARGEST + 1)


def _root(data: bytes) -> Element:
    """The root of a score by parts. A file that declares entities is refused before any is looked at."""
    _refuse_entities(data)
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise Rejected("not well-formed XML") from error
    if root.tag == "score-timewise":
        raise Rejected("MusicXML by time, not by part")
    if root.tag != "score-partwise":
        raise Rejected("XML, but not MusicXML")
    return root


def _refuse_entities(data: bytes) -> None:
    def declared(*_: object) -> None:
        raise Rejected("XML that declares entities")

    def reached(*_: object) -> None:
        raise RootReached

    parser = expat.ParserCreate()
    parser.EntityDeclHandler, parser.StartElementHandler = declared, reached
    try:
        parser.Parse(data, True)
    except RootReached:
        return
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Rejected("not well-formed XML") from error


def _number(element: Element, path: str) -> int:
    """The number at a path, rounded; 0 if there is none."""
    text = (element.findtext(path) or "").strip()
    try:
        return round(float(text))
    except (ValueError, OverflowError):
        return 0


def _is_kit(part: Element, listed: Element | None) -> bool:
    """Whether a part plays on the drum channel, or more than half of its notes are unpitched."""
    if listed is not None and _number(listed, ".//midi-channel") == DRUM_CHANNEL:
        return True
    unpitched = sum(1 for _ in part.iter("unpitched"))
    return unpitched > sum(1 for _ in part.iter("pitch"))


def _sounds(listed: Element | None) -> dict[str, int]:
    """The General MIDI pitch of each percussion instrument of a part, by the instrument's id."""
    sounds = listed.iter("midi-instrument") if listed is not None else ()
    return {s.get("id", ""): pitch - 1 for s in sounds if 1 <= (pitch := _number(s, "midi-unpitched")) <= 128}


def _tidy_part(part: Element, sounds: Mapping[str, int]) -> None:
    for bar in part.iter("measure"):
        bar[:] = [entry for entry in bar if entry.tag in IN_BARS and not _silent(entry)]
        for note in bar.iter("note"):
            _tidy_note(note, sounds)
        for symbol in bar.iter("harmony"):
            _tidy_symbol(symbol)
        for transpose in bar.iter("transpose"):
            semitones = _number(transpose, "chromatic") + 12 * _number(transpose, "octave-change")
            transpose[:] = []
            SubElement(transpose, "diatonic").text = "0"
            SubElement(transpose, "chromatic").text = str(semitones)


def _silent(entry: Element) -> bool:
    """Whether it is a cue's further chord note, which has neither sound nor time."""
    return entry.tag == "note" and entry.find("cue") is not None and entry.find("chord") is not None


def _tidy_note(note: Element, sounds: Mapping[str, int]) -> None:
    """A cue is a rest; an unpitched note has a pitch, by its instrument or by the line where it is shown."""
    pitch, shown, instrument = note.find("pitch"), note.find("unpitched"), note.find("instrument")
    if note.find("cue") is not None:
        note[:] = [entry for entry in note if entry.tag not in ("pitch", "unpitched", "tie", "grace")]
        note.append(Element("rest"))
    elif shown is not None:
        place = f"{shown.findtext('display-step')}{shown.findtext('display-octave')}"
        sound = sounds.get(instrument.get("id", "") if instrument is not None else "")
        note.append(_pitch(DISPLAYED.get(place, SNARE) if sound is None else sound))
    elif pitch is not None and (alter := pitch.find("alter")) is not None:
        alter.text = str(_number(pitch, "alter"))
    note[:] = [entry for entry in note if entry.tag in IN_NOTES]


def _pitch(number: int) -> Element:
    pitch = Element("pitch")
    SubElement(pitch, "step").text = SPELLED[number % 12][0]
    SubElement(pitch, "alter").text = str(len(SPELLED[number % 12]) - 1)
    SubElement(pitch, "octave").text = str(number // 12 - 1)
    return pitch


def _tidy_symbol(symbol: Element) -> None:
    """The kind of a chord symbol as a label has it: what is unknown counts as its major triad."""
    kind, root = symbol.find("kind"), symbol.find("root")
    if kind is not None:
        kind.set("text", KINDS.get((kind.text or "").strip(), "maj"))
    if root is not None and (alter := root.find("root-alter")) is not None:
        alter.text = str(_number(root, "root-alter"))
