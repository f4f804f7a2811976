"""YAML text -> Preset, and the shelf of all presets there are."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from bandmate.presets.document import Mistakes, Table, parse, suggest
from bandmate.presets.preset import HOPS, LONGEST_OFFSET, PARTS, Part, Preset, PresetError

_PRESET = tuple(field.name for field in dataclasses.fields(Preset))
_PART = tuple(field.name for field in dataclasses.fields(Part))


def read(text: str, source: str) -> Preset:
    """The preset in a text; `source` names the file. Raises PresetError with every mistake, a line each."""
    mistakes = Mistakes()
    table = parse(text, _PRESET, mistakes)
    preset = None if table is None else _preset(table)
    if preset is None or mistakes:
        raise PresetError(mistakes.told(source))
    return preset


def _preset(table: Table) -> Preset:
    table.require("name", "program", "ear", "band", "parts")
    parts = tuple(_part(each) for each in table.tables("parts", _PART))
    if table.sound:
        _check(parts, table)
    hop = table.whole("hop", 1, 16, 4)
    if hop not in HOPS:
        table.complain("hop", f"must be one of {', '.join(map(str, HOPS))}, not '{hop}'")
    return Preset(
        name=table.text("name"),
        program=table.whole("program", 1, 128, 1),
        ear=table.file_stem("ear"),
        band=table.file_stem("band"),
        parts=parts,
        hop=hop,
        swing=table.number("swing", 0.5, 0.75, 0.5),
        variation=table.number("variation", 0, 1, 0.5),
        fills=table.number("fills", 0, 1, Preset.fills),
    )


def _part(table: Table) -> Part:
    table.require("name", "channel")
    part = Part(
        name=table.text("name"),
        channel=table.whole("channel", 1, 16, 1),
        program=table.optional("program", 1, 128),
        level=table.number("level", 0, 1, Part.level),
        low=table.pitch("low", Part.low),
        high=table.pitch("high", Part.high),
        voices=table.whole("voices", 1, 16, Part.voices),
        density=table.number("density", 0, 1, Part.density),
        mute=table.flag("mute", Part.mute),
        patience=table.whole("patience", 0, 64, Part.patience),
        offset_ms=table.number("offset_ms", -LONGEST_OFFSET, LONGEST_OFFSET, Part.offset_ms),
    )
    if part.low > part.high:
        table.complain("low", "lies above 'high'; swap them")
    return part


def _check(parts: tuple[Part, ...], table: Table) -> None:
    if len(parts) != PARTS:
        table.complain("parts", f"must be {PARTS}, not {len(parts)}")
    for what, values in (("name", [p.name for p in parts]), ("channel", [str(p.channel) for p in parts])):
        for value in sorted({value for value in values if values.count(value) > 1}):
            table.complain("parts", f"has two with the {what} '{value}'; give each its own")


class Shelf:
    """The presets there are now: the packaged ones and the user's, the user's first.

    A picture of the moment it is made; after a file changes, make another. A file that can't be read
    is left off and named by `broken`. Of two presets with one program number the later is selected:
    the user's after the packaged, then by file name; `remarks` says so.
    """

    def __init__(self, user_folder: Path | None) -> None:
        self._presets: dict[str, Preset] = {}
        self._broken: dict[str, str] = {}
        self._take(resources.files("bandmate.presets").iterdir())
        if user_folder is not None and user_folder.is_dir():
            self._take(user_folder.iterdir())
        self._programs: dict[int, str] = {}
        self._remarks = list(self._number())

    def _take(self, files: Iterable[Traversable]) -> None:
        """Read one folder's files; of two that share a name the first stands and the other is broken."""
        taken: dict[str, str] = {}
        for file in sorted(files, key=lambda file: file.name):
            stem, _, ending = file.name.rpartition(".")
            if ending not in ("yaml", "yml") or not stem or stem.startswith("."):
                continue
            try:
                preset = read(file.read_text(encoding="utf-8"), file.name)
            except PresetError as error:
                self._broken[stem] = str(error)
            except (OSError, UnicodeDecodeError) as error:
                self._broken[stem] = f"{file.name} can't be read ({error})"
            else:
                self._shelve(preset, stem, taken.setdefault(preset.name, file.name), file.name)

    def _shelve(self, preset: Preset, stem: str, first: str, file: str) -> None:
        if first != file:
            self._broken[stem] = f"{file}: {first} has the name '{preset.name}' already; rename one of them"
            return
        self._presets.pop(preset.name, None)
        self._presets[preset.name] = preset

    def _number(self) -> Iterator[str]:
        for preset in self._presets.values():
            earlier = self._programs.get(preset.program)
            if earlier is not None:
                yield (
                    f"program {preset.program} is given to '{earlier}' and to '{preset.name}'; "
                    f"it selects '{preset.name}', give the other a free number"
                )
            self._programs[preset.program] = preset.name

    def names(self) -> list[str]:
        """The names in the order of their program numbers."""
        return sorted(self._presets, key=lambda name: (self._presets[name].program, name))

    def get(self, name: str) -> Preset:
        """The preset of a name. Raises PresetError: what is wrong with its file, or which names there are."""
        if name in self._presets:
            return self._presets[name]
        if name in self._broken:
            raise PresetError(self._broken[name])
        known = self.names()
        raise PresetError(f"there is no preset '{name}'{suggest(name, known)}; there are: {', '.join(known)}")

    def by_program(self, number: int) -> Preset | None:
        """The preset that a Program Change 1..128 selects, if there is one."""
        name = self._programs.get(number)
        return None if name is None else self._presets[name]

    def broken(self) -> dict[str, str]:
        """What is wrong with each file that can't be used, by the file's name without its ending."""
        return dict(self._broken)

    def remarks(self) -> list[str]:
        """What is worth saying though it breaks nothing: program numbers given twice."""
        return list(self._remarks)
