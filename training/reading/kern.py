"""Humdrum kern made fit to be read: only its spines of notes, and of what they say what matters here.

partitura takes clefs it does not know for errors, and instruments of one name for one part; it loses count of
spines where others stand between those of notes; and a note value of many dots keeps it busy for ever.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bandmate.training.songs import Rejected

LARGEST = 4 << 20
MATTERS = re.compile(r"\*M\d+/\d+|\*MM\d+(\.\d+)?|\*k\[.*\]|\*[-^v]")
HARMFUL = re.compile(r"\.{4}|\d{5}")
NULL = "."


@dataclass(frozen=True)
class Tidy:
    """text: what partitura reads; names: of the spines of notes as they begin, empty where none is said."""

    text: str
    names: tuple[str, ...]


@dataclass
class Spine:
    """A column of the file. number: of the spine of notes that it began as, None if it has no notes."""

    number: int | None


def tidied(path: Path) -> Tidy:
    """A .krn file, made fit. Raises Rejected."""
    if path.stat().st_size > LARGEST:
        raise Rejected(f"larger than {LARGEST >> 20} MB")
    text = path.read_bytes().decode("utf-8", "replace")
    lines = [line.rstrip() for line in text.splitlines()]
    rows = [line.split("\t") for line in lines if line and not line.startswith("!")]
    if not rows or not any(token.startswith("**kern") for token in rows[0]):
        raise Rejected("no kern spines")
    names: dict[int, str] = {}
    spines = [Spine(None) for _ in rows[0]]
    for number, column in enumerate(n for n, token in enumerate(rows[0]) if token.startswith("**kern")):
        spines[column].number = number
        names[number] = ""
    kept = []
    for row in rows:
        if len(row) != len(spines):
            raise Rejected("a broken kern file")
        kept.append(_tidy_row(row, spines, names))
        spines = _after(row, spines)
    return Tidy("\n".join(kept) + "\n", tuple(names[number] for number in sorted(names)))


def _tidy_row(row: list[str], spines: list[Spine], names: dict[int, str]) -> str:
    tokens = []
    for token, spine in zip(row, spines, strict=True):
        if spine.number is None:
            continue
        if token.startswith("*I"):
            names[spine.number] = token[2:].lstrip('"').strip()
        if HARMFUL.search(token) and not token.startswith(("*", "=")):
            raise Rejected("a broken kern file")
        if token.startswith("*") and not token.startswith("**") and not MATTERS.fullmatch(token):
            token = "*"
        tokens.append(token.encode("ascii", "replace").decode() or NULL)
    return "\t".join(tokens)


def _after(row: list[str], spines: list[Spine]) -> list[Spine]:
    """The columns after a row: one that splits is two, neighbours that join are one, others end."""
    after: list[Spine] = []
    joining = False
    for token, spine in zip(row, spines, strict=True):
        if token in ("*+", "*x"):
            raise Rejected("kern whose spines cross")
        joins = token == "*v"
        if token != "*-" and not (joins and joining and after[-1].number == spine.number):
            after.append(spine)
        if token == "*^":
            after.append(spine)
        joining = joins
    return after
