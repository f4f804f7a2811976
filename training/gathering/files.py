"""The music files of a folder, and the name that each one's song gets."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MIDI = (".mid", ".midi", ".kar")
NOTATION = (".musicxml", ".xml", ".mxl", ".krn")
LONGEST = 120
UNSAFE = re.compile(r'[<>:"\\|?*#]')
COPY = re.compile(r"(\s*\(\d+\)|\.\d|[\s_-]+copy)+$")


@dataclass(frozen=True)
class File:
    """path; relative: from the folder, with slashes; name: the song's, safe as a file's name; kin: what it
    has in common with its copies, such as `song (1)` and `Song - Copy`."""

    path: Path
    relative: str
    name: str
    kin: str

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders it lies in, below the one that is read."""
        return tuple(self.relative.split("/")[:-1])


def find(folder: Path) -> list[File]:
    """The folder's music files by name, of its subfolders too; not what is hidden or lies elsewhere."""
    root, found = folder.resolve(), []
    for place, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            path = Path(place, name)
            if path.suffix.lower() in MIDI + NOTATION and not name.startswith(".") and path.is_file():
                found.append(path)
    inside = [path for path in found if path.resolve().is_relative_to(root)]
    return named(
        sorted(
            ((path, path.relative_to(root).as_posix()) for path in inside),
            key=lambda pair: (Path(pair[1]).with_suffix(""), pair[1]),
        )
    )


def named(paths: Iterable[tuple[Path, str]]) -> list[File]:
    """Files with a name each that no other has, not even in capitals or where slashes become dashes."""
    out, taken = [], set()
    for path, relative in paths:
        plain = name = safe(str(Path(relative).with_suffix("").as_posix()))
        number = 1
        while (key := name.replace("/", "-").lower()) in taken:
            number += 1
            name = f"{plain} ({number})"
        taken.add(key)
        stem = Path(relative).stem.lower()
        out.append(File(path, relative, name, COPY.sub("", stem) or stem))
    return out


def safe(name: str) -> str:
    """The name without what some system can't have in a file's name; cut, and told apart, where it is
    long."""
    plain = "".join(sign if sign.isprintable() else "_" for sign in unicodedata.normalize("NFC", name))
    text = "/".join(UNSAFE.sub("_", part).strip(" .") or "_" for part in plain.split("/"))
    if len(text.encode()) <= LONGEST:
        return text
    mark = hashlib.sha256(text.encode()).hexdigest()[:8]
    return text.encode()[-LONGEST:].decode("utf-8", "ignore").lstrip(" ./") + f" {mark}"
