"""Figures by update, a CSV file that can be cut back to a checkpoint."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from bandmate.training import whole

STEP = "step"

Cells = dict[str, str]


class Curve:
    """One row an update that is told of, in order; the first column is `step`, an empty cell says nothing.

    A row that was being written when the process was killed counts as not written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._names: list[str] = []

    def rows(self) -> list[dict[str, float]]:
        """Every row: the step and the figures that it has."""
        return [{name: float(cell) for name, cell in row.items() if cell} for row in self._table()]

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """A row after all others. A figure that the file has no column for gets one, empty so far."""
        if not self._names:
            self._names = self._header()
        row = {STEP: str(step)} | {name: f"{value:.6g}" for name, value in values.items()}
        new = [name for name in row if name not in self._names]
        if new:
            self._rewrite([*self._names, *new], [*self._table(), row])
        else:
            with self.path.open("a", encoding="utf-8", newline="") as file:
                file.write(_text(self._names, [row]))

    def cut(self, step: int) -> None:
        """Leaves only the rows of this update and those before."""
        names = self._header()
        if names:
            self._rewrite(names, [row for row in self._table() if int(row[STEP]) <= step])

    def _rewrite(self, names: list[str], rows: list[Cells]) -> None:
        whole.write(self.path, _text([], [dict(zip(names, names, strict=True))]) + _text(names, rows))
        self._names = names

    def _header(self) -> list[str]:
        return next(csv.reader(self._lines()), [])

    def _table(self) -> list[Cells]:
        names, *rows = [*csv.reader(self._lines())] or [[]]
        whole_rows = [row for row in rows if len(row) == len(names) and row[0].isdecimal()]
        return [dict(zip(names, row, strict=True)) for row in whole_rows]

    def _lines(self) -> list[str]:
        """The lines of the file that were written to their end."""
        if not self.path.exists():
            return []
        text = self.path.read_text(encoding="utf-8")
        return text[: text.rfind("\n") + 1].splitlines()


def _text(names: list[str], rows: list[Cells]) -> str:
    """Rows as CSV, in the order of the names, or in their own."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([row.get(name, "") for name in names or row] for row in rows)
    return out.getvalue()
