"""Songs that were dropped on a page: files in a folder of their own, under names that are safe."""

from __future__ import annotations

import re
import secrets
import shutil
import unicodedata
from pathlib import Path

from bandmate.daemon.tuition.errors import TuitionError

MIDI, TEXT, PACKED = (".mid", ".midi", ".kar"), (".musicxml", ".xml", ".krn"), (".mxl",)
LARGEST = 4 << 20
"""Bytes of a file."""
MOST_FILES, MOST_BYTES = 1000, 200 << 20
MOST_HEAPS = 5
"""Heaps that wait for a run."""
LONGEST = 80
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""What is no file on Windows."""
NUMBER = re.compile(r"[0-9a-f]{16}")


class Drops:
    """Heaps of files. One gathers under a number; a run that begins with it gives it its own name."""

    def __init__(self, folder: Path) -> None:
        """folder: it need not exist."""
        self._folder, self._gathering = folder, folder / "gathering"

    def open(self) -> str:
        """The number of another heap; the oldest is let go where there are too many."""
        self._gathering.mkdir(parents=True, exist_ok=True)
        waiting = sorted(self._gathering.iterdir(), key=lambda heap: heap.stat().st_mtime_ns)
        for old in waiting[: max(len(waiting) - MOST_HEAPS + 1, 0)]:
            shutil.rmtree(old, ignore_errors=True)
        number = secrets.token_hex(8)
        (self._gathering / number).mkdir()
        return number

    def add(self, number: str, name: str, within: str, data: bytes) -> int:
        """Put a file on a heap; how many there are then. within: the folder that it was dropped in, or
        nothing; its name is a tag. Raises TuitionError for what is no music, or too much."""
        heap = self._heap(number)
        stem, ending = safe(Path(name).stem), Path(name).suffix.lower()
        _check(data, ending)
        there = [path for path in heap.rglob("*") if path.is_file()]
        if len(there) >= MOST_FILES or sum(p.stat().st_size for p in there) + len(data) > MOST_BYTES:
            raise TuitionError(
                f"that is more than {MOST_FILES} files or {MOST_BYTES >> 20} MB; give the folder instead"
            )
        place = heap / safe(within) if within else heap
        place.mkdir(exist_ok=True)
        path, count = place / f"{stem}{ending}", 1
        while path.exists():
            count += 1
            path = place / f"{stem}-{count}{ending}"
        path.write_bytes(data)
        return len(there) + 1

    def settle(self, number: str, name: str) -> Path:
        """The heap becomes the songs of a run of this name, which is safe; its folder.

        Raises TuitionError.
        """
        heap, place, count = self._heap(number), self._folder / name, 1
        if not any(heap.iterdir()):
            raise TuitionError("no file was dropped")
        while place.exists():
            count += 1
            place = self._folder / f"{name}-{count}"
        heap.rename(place)
        return place

    def _heap(self, number: str) -> Path:
        heap = self._gathering / number
        if not NUMBER.fullmatch(number) or not heap.is_dir():
            raise TuitionError("these files are not kept any more; drop them again")
        return heap


def safe(name: str) -> str:
    """A name of letters, digits, spaces and - _ ( ), as any system can have it; `song` where none is left."""
    plain = unicodedata.normalize("NFC", name)
    text = "".join(sign if sign.isalnum() or sign in " -_()" else "_" for sign in plain)
    text = text.strip(" _")
    while len(text.encode()) > LONGEST:
        text = text[:-1]
    text = text.strip() or "song"
    return f"{text}_" if DEVICES.fullmatch(text) else text


def _check(data: bytes, ending: str) -> None:
    """Raises TuitionError for what is no file of its ending."""
    if len(data) > LARGEST:
        raise TuitionError(f"a file has at most {LARGEST >> 20} MB")
    fits = {
        **dict.fromkeys(MIDI, data[:4] in (b"MThd", b"RIFF")),
        **dict.fromkeys(TEXT, bool(data.strip()) and (b"\0" not in data or data[:2] in UTF_16)),
        **dict.fromkeys(PACKED, data[:2] == b"PK"),
    }
    if ending not in fits:
        raise TuitionError(f"songs end with {', '.join(fits)}")
    if not fits[ending]:
        raise TuitionError(f"that is no {ending} file")
