"""Preset -> YAML text as a person would write it; `load.read` reads the same preset from it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import yaml

from bandmate.presets import pitch
from bandmate.presets.preset import Part, Preset

_COLUMN = 27
_USUAL = Part("", 1)
Cells = dict[str, str]


def text(preset: Preset, heading: str = "") -> str:
    """The whole file, some twenty lines. heading: what stands on top as a comment, in lines; by default a
    word on the genre."""
    lines = [f"# {_printed(line)}".rstrip() for line in (heading or preset.name.capitalize()).splitlines()]
    lines += [
        "#",
        "# Change what you like: a running bandmate takes it up as soon as this is saved. Every field is",
        "# explained in docs/presets.md.",
        f"name: {_scalar(preset.name)}",
        _remarked("program", preset.program, "the Program Change, 1-128, that selects this preset"),
        _remarked("ear", preset.ear, "hears your melody and plans the chords"),
        _remarked("band", preset.band, "plays the four parts"),
        _remarked("hop", preset.hop, "16ths between decisions: 4 is one a beat"),
        _remarked("swing", preset.swing, ".5 is straight, .67 a shuffle"),
        _remarked("variation", preset.variation, "0 plays it safe, 1 takes chances"),
        _remarked("fills", preset.fills, "the share of eight-bar phrases that end with a drum fill"),
        f"{'parts:':{_COLUMN}}# always four, in the order the model was taught",
        *_table([_cells(part) for part in preset.parts]),
    ]
    return "\n".join(lines) + "\n"


def _remarked(name: str, value: str | int | float, remark: str) -> str:
    said = f"{name}: {_scalar(value)}"
    return f"{said:{_COLUMN}}# {remark}" if len(said) < _COLUMN else f"{said}  # {remark}"


def _cells(part: Part) -> Cells:
    """A part's fields in order, as YAML; those that say nothing new are left out."""
    cells = {"name": _scalar(part.name), "channel": _scalar(part.channel)}
    if part.program is not None:
        cells["program"] = _scalar(part.program)
    cells["level"] = _scalar(part.level)
    if (part.low, part.high) != (_USUAL.low, _USUAL.high):
        cells |= {"low": pitch.spell(part.low), "high": pitch.spell(part.high)}
    cells |= {"voices": _scalar(part.voices), "density": _scalar(part.density)}
    cells |= {"patience": _scalar(part.patience)} if part.patience != _USUAL.patience else {}
    cells |= {"offset_ms": _scalar(part.offset_ms)} if part.offset_ms else {}
    return cells | ({"mute": "true"} if part.mute else {})


def _table(rows: Sequence[Cells]) -> list[str]:
    """A line a part, every field as wide as its widest value."""
    width = {name: max(len(row.get(name, "")) for row in rows) for row in rows for name in row}
    lines = []
    for row in rows:
        *cells, (last, value) = row.items()
        padded = "".join(f"{name}: {said + ',':{width[name] + 1}} " for name, said in cells)
        lines.append(f"  - {{{padded}{last}: {value}}}")
    return lines


def _scalar(value: str | int | float) -> str:
    """A value as it stands in a list within one line, quoted where it has to be."""
    style = '"' if isinstance(value, str) and not value.isprintable() else None
    line = yaml.safe_dump(
        [value], default_flow_style=True, allow_unicode=True, width=math.inf, default_style=style
    )
    return str(line).strip()[1:-1]


def _printed(line: str) -> str:
    """Without what YAML allows in no comment."""
    return "".join(sign if sign.isprintable() else " " for sign in line)
