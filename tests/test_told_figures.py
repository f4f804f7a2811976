"""What the README tells of the music is what docs/figures.md was measured to be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRESETS = ("pop", "rock", "jazz", "symphony", "songwriter")


def measured(figure: str, column: int) -> list[str]:
    """The figure of each preset, in a column of its table (its own is the first after what is asked)."""
    text = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    parts = {part.split("\n", 1)[0]: part for part in text.split("\n## ")[1:]}
    rows = (re.search(rf"^\| `{figure}` \|.*$", parts[preset], re.MULTILINE) for preset in PRESETS)
    return [row.group().split("|")[column].strip().removeprefix("0") for row in rows if row is not None]


@pytest.mark.parametrize(
    ("row", "figure", "column"),
    [
        ("melody in harmony, live", "in_harmony", 3),
        ("the same, the tonic triad held", "in_harmony", 8),
        ("semitone clashes with the melody", "clash", 3),
    ],
)
def test_the_readme_tells_what_was_measured(row: str, figure: str, column: int) -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(f"| {row}"))
    told = re.findall(r"\.\d+", line.split("|")[2])
    assert told == measured(figure, column)
    assert len(told) == len(PRESETS)
