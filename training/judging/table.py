"""Figures of several systems side by side: a column a system, a row a figure, and which way is better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

MORE, LESS, NEAR = "↑", "↓", "≈"
DIRECTIONS = {
    "in_harmony": MORE,
    "consonant": MORE,
    "dissonant": LESS,
    "unsupported": LESS,
    "sensitivity": MORE,
    "copies": LESS,
    "accuracy": LESS,
    "auc": LESS,
    "similarity": MORE,
}
LEGEND = f"{MORE} more is better, {LESS} less is better, {NEAR} nearer to the real figure is better"
REAL = "real"
COUNT, ERROR = "_windows", "_error"


class Table(NamedTuple):
    """columns: for each system its figures by flat name, the real songs' first."""

    columns: dict[str, dict[str, float]]

    @property
    def names(self) -> tuple[str, ...]:
        """The figures that some system has, in order."""
        return tuple(
            dict.fromkeys(
                name for column in self.columns.values() for name in column if not np.isnan(column[name])
            )
        )


def direction(name: str) -> str:
    """↑ or ↓ if more or less is better, ≈ if nearer to the real figure is; none for an error or a count."""
    group, _, last = name.rpartition(".")
    if last.endswith((COUNT, ERROR)):
        return ""
    ending = last.rpartition("_")[2] if group in ("told_apart", "nearest") else last
    return DIRECTIONS.get(group, DIRECTIONS.get(ending, NEAR))


def text(table: Table) -> str:
    """The table as plain text with its legend, figures to three places, – where there is none."""
    width = max((len(name) for name in table.names), default=0) + 4
    widths = [max(9, len(system) + 2) for system in table.columns]
    heads = zip(table.columns, widths, strict=True)
    rows = [" " * width + "".join(f"{system:>{room}}" for system, room in heads)]
    for name in table.names:
        cells = zip(_cells(table.columns, name), widths, strict=True)
        rows.append(
            f"{direction(name):2}{name:{width - 2}}" + "".join(f"{cell:>{room}}" for cell, room in cells)
        )
    return "\n".join([*rows, "", LEGEND, ""])


def markdown(table: Table) -> str:
    """The table as Markdown with its legend."""
    rows = ["| figure | | " + " | ".join(table.columns) + " |"]
    rows.append("| --- | --- |" + " ---: |" * len(table.columns))
    for name in table.names:
        cells = " | ".join(_cells(table.columns, name))
        rows.append(f"| `{name}` | {direction(name)} | {cells} |")
    return "\n".join([*rows, "", LEGEND + ".", ""])


def _cells(columns: Mapping[str, Mapping[str, float]], name: str) -> list[str]:
    values = (column.get(name, float("nan")) for column in columns.values())
    return [_plain(value, name) for value in values]


def _plain(value: float, name: str) -> str:
    if np.isnan(value):
        return "–"
    return f"{value:.0f}" if name.endswith(COUNT) else f"{value:.3f}"
