"""A stretch's tracks and roles in words: for the page, and for the file of corrections."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bandmate.presets import pitch
from bandmate.training import whole
from bandmate.training.gathering import corrections
from bandmate.training.gathering.corrections import NONE
from bandmate.training.gathering.reader import Entry, Outcome
from bandmate.training.reading.casting import Casting
from bandmate.training.reading.general_midi import sound
from bandmate.training.reading.parts import MELODY, Part
from bandmate.training.reading.sheet import Instrument


def roles(parts: Sequence[Part]) -> tuple[str, ...]:
    """The names of the five roles."""
    return (MELODY, *(part.name for part in parts))


def register(instrument: Instrument) -> str:
    """The lowest and the highest pitch, such as `C3 to G5`; nothing for drums."""
    if instrument.drums or not len(instrument.notes):
        return ""
    low, high = int(instrument.notes[:, 2].min()), int(instrument.notes[:, 2].max())
    return f"{pitch.spell(low)} to {pitch.spell(high)}"


def role_lines(casting: Casting) -> list[str]:
    """Who plays each role that is not missing, as the file of corrections says it."""
    out = []
    for role, name in enumerate(roles(casting.parts)):
        numbers = casting.players[role]
        if numbers:
            out.append(f"{name}: {numbers[0] if len(numbers) == 1 else list(numbers)}")
        elif role in casting.silent:
            out.append(f"{name}: {NONE}")
    return out


def comments(entry: Entry) -> list[str]:
    """What was found in a stretch, as comments for the file of corrections: tracks, then roles to change."""
    out = [f"#| not used: {entry.reason}{f' ({entry.twin})' if entry.twin else ''}"] if entry.reason else []
    if entry.sheet is None or entry.casting is None:
        return out
    names = roles(entry.casting.parts)
    for each in entry.sheet.instruments:
        mine = " and ".join(names[role] for role in entry.casting.roles(each.number)) or "-"
        what = ", ".join(filter(None, (each.name.strip(), sound(each.program, each.drums), register(each))))
        out.append(f"#| {each.number} {what}, {len(each.notes)} notes: {mine}")
    if entry.casting.missing:
        out.append(f"#| nobody plays: {', '.join(entry.casting.missing)}")
    return out + [f"#{line}" for line in role_lines(entry.casting)]


def write_corrections(outcome: Outcome, path: Path) -> None:
    """Writes what was found into the file of corrections, and leaves there what the user wrote."""
    found: dict[str, list[str]] = {}
    for entry in outcome.entries:
        found.setdefault(entry.title, comments(entry))
    old = path.read_text(encoding="utf-8") if path.is_file() else ""
    whole.write(path, corrections.written(old, found))
