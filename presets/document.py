"""A YAML document read field by field, so that every mistake is named with its line.

A field is asked for by name; what is wrong with it goes on a list, its default is handed back, and
reading goes on. At the end the list is the whole truth about the file.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Collection
from typing import Any, TypeVar

import yaml

from bandmate.presets import pitch

T = TypeVar("T")
_TOP = yaml.Mark("", 0, 0, 0, "", 0)
_NULL = "tag:yaml.org,2002:null"
_EMPTY = yaml.MappingNode("tag:yaml.org,2002:map", [], _TOP, _TOP)


class Mistakes:
    """What is wrong with a document, a sentence each."""

    def __init__(self) -> None:
        self._found: list[tuple[int, str]] = []

    def add(self, line: int, sentence: str) -> None:
        """Note one, at a line counted from 1."""
        self._found.append((line, sentence))

    def __len__(self) -> int:
        return len(self._found)

    def told(self, source: str) -> str:
        """All of them in the order of their lines, a line of text each; `source` names the file."""
        found = sorted(self._found, key=lambda each: each[0])
        return "\n".join(f"{source}, line {line}: {sentence}" for line, sentence in found)


class Table:
    """The fields of one mapping; `where` stands before each field's name, `mistakes` gathers, and `thing` is
    what an unknown field is called."""

    def __init__(
        self,
        node: yaml.Node,
        known: Collection[str],
        mistakes: Mistakes,
        where: str = "",
        thing: str = "field",
    ) -> None:
        self._line, self._where, self._mistakes, self._thing = (
            node.start_mark.line + 1,
            where,
            mistakes,
            thing,
        )
        self._nodes: dict[str, yaml.Node] = {}
        self._is_mapping = isinstance(node, yaml.MappingNode)
        if not isinstance(node, yaml.MappingNode):
            what = where.rstrip(".") or "the file"
            mistakes.add(self._line, f"{what} must be fields, one 'name: value' each")
            return
        for key, value in node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "this key"
            self._admit(name, key.start_mark.line + 1, value, known)

    def _admit(self, name: str, line: int, value: yaml.Node, known: Collection[str]) -> None:
        if name in self._nodes:
            self._mistakes.add(line, f"{self._where}{name} stands here twice; keep one")
        elif name not in known:
            self._mistakes.add(line, f"{self._where}{name}: no such {self._thing}{suggest(name, known)}")
        else:
            self._nodes[name] = value

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that are there, in their order."""
        return tuple(self._nodes)

    def line(self, name: str) -> int:
        """The line of a field that is there, counted from 1."""
        return self._nodes[name].start_mark.line + 1

    @property
    def sound(self) -> bool:
        """Nothing is wrong in the document so far."""
        return not self._mistakes

    def complain(self, name: str, sentence: str) -> None:
        """Note what is wrong with a field, at its line or, when it is missing, at the mapping's."""
        line = self._nodes[name].start_mark.line + 1 if name in self._nodes else self._line
        self._mistakes.add(line, f"{self._where}{name} {sentence}")

    def require(self, *names: str) -> None:
        """Complain of each of these that is missing."""
        for name in names:
            if self._is_mapping and name not in self._nodes:
                self.complain(name, "is missing")

    def text(self, name: str, default: str = "") -> str:
        """A field of words; not empty."""
        value = self._value(name, default)
        if name in self._nodes and (not isinstance(value, str) or not value.strip()):
            return self._refuse(name, "a word", default)
        return str(value).strip()

    def file_stem(self, name: str) -> str:
        """The name of a file without its folder or ending."""
        value = self.text(name)
        if any(sign in value for sign in "/\\") or value.endswith(".onnx"):
            return self._refuse(name, "a file's name without folder or '.onnx'", "")
        return value

    def choice(self, name: str, choices: Collection[str], default: str) -> str:
        """One of a few words."""
        value = self._value(name, default)
        if value not in choices:
            hint = suggest(str(value), choices)
            self.complain(name, f"must be one of {', '.join(choices)}, not '{value}'{hint}")
            return default
        return str(value)

    def flag(self, name: str, default: bool) -> bool:
        """true or false."""
        value = self._value(name, default)
        return value if isinstance(value, bool) else self._refuse(name, "true or false", default)

    def number(self, name: str, low: float, high: float, default: float) -> float:
        """A number from low to high."""
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            return self._refuse(name, f"a number from {low:g} to {high:g}", default)
        return float(value) if math.isfinite(value) else default

    def whole(self, name: str, low: int, high: int, default: int) -> int:
        """A whole number from low to high."""
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            return self._refuse(name, f"a whole number from {low} to {high}", default)
        return value

    def optional(self, name: str, low: int, high: int) -> int | None:
        """A whole number from low to high, or None where the field is missing or null."""
        return None if self._value(name, None) is None else self.whole(name, low, high, low)

    def wholes(
        self, name: str, count: int, default: tuple[int, ...], fewest: int | None = None
    ) -> tuple[int, ...]:
        """A list of so many whole numbers, or of `fewest` to so many."""
        node = self._nodes.get(name)
        if node is None:
            return default
        listed = isinstance(node, yaml.SequenceNode)
        value = [_scalar(each) for each in node.value] if listed else []
        least = count if fewest is None else fewest
        ints = all(type(each) is int for each in value)
        if not listed or not ints or not least <= len(value) <= count:
            many = str(count) if fewest is None else f"{fewest} to {count}"
            return self._refuse(name, f"a list of {many} whole numbers", default)
        return tuple(value)

    def several(self, name: str) -> tuple[int | str, ...]:
        """A word or a whole number, or a list of such."""
        node = self._nodes.get(name)
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [] if node is None else [node]
        values = [_scalar(each) for each in nodes]
        if node is not None and (not values or any(type(each) not in (int, str) for each in values)):
            return self._refuse(name, "a word, a whole number, or a list of these", ())
        return tuple(values)

    def pitch(self, name: str, default: int) -> int:
        """A note name (C4 = 60) or a number 0..127."""
        value = self._value(name, default)
        if not isinstance(value, str):
            return self.whole(name, 0, 127, default)
        try:
            return pitch.parse(value)
        except ValueError as error:
            self.complain(name, f"is wrong: {error}")
            return default

    def table(self, name: str, known: Collection[str]) -> Table | None:
        """The mapping under a field, or None where there is none; a field with nothing under it has no
        fields."""
        node = self._nodes.get(name)
        if node is None:
            return None
        empty = isinstance(node, yaml.ScalarNode) and node.tag == _NULL and not node.value
        return Table(_EMPTY if empty else node, known, self._mistakes, f"{self._where}{name}.")

    def tables(self, name: str, known: Collection[str]) -> list[Table]:
        """The mappings in the list under a field."""
        node = self._nodes.get(name)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            return self._refuse(name, "a list", [])
        where = f"{self._where}{name}"
        return [Table(each, known, self._mistakes, f"{where}[{i}].") for i, each in enumerate(node.value, 1)]

    def _value(self, name: str, default: Any) -> Any:
        return _scalar(self._nodes[name]) if name in self._nodes else default

    def _refuse(self, name: str, wanted: str, default: T) -> T:
        node = self._nodes[name]
        given = f"'{node.value}'" if isinstance(node, yaml.ScalarNode) and node.value else "this"
        self.complain(name, f"must be {wanted}, not {given}")
        return default


def parse(text: str, known: Collection[str], mistakes: Mistakes, thing: str = "field") -> Table | None:
    """The fields of a document (an empty one has none), or None, and why, where it is not YAML; `thing` is
    what an unknown field is called."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        mistakes.add(line, f"this is not YAML ({error.problem})")
        return None
    except (yaml.YAMLError, RecursionError) as error:
        mistakes.add(1, f"this is not YAML ({' '.join(str(error).split())})")
        return None
    return Table(_EMPTY if node is None else node, known, mistakes, thing=thing)


def suggest(word: str, known: Collection[str]) -> str:
    """`; did you mean 'x'?` where one of the known words is near, else nothing."""
    near = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


def _scalar(node: yaml.Node) -> Any:
    """A plain value as Python sees it; a list or mapping as a word, so that no field takes it."""
    if isinstance(node, yaml.ScalarNode):
        try:
            return yaml.SafeLoader("").construct_object(node)
        except (yaml.YAMLError, ValueError):
            return node
    return node
