"""Where runs are: a folder each, by name, in the user's folder."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from bandmate.presets import home
from bandmate.training.runs.run import RECORD, Run

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def named(name: str) -> Run:
    """The run of a name, which need not exist yet. Raises ValueError if the name can't be a run's."""
    if not NAME.fullmatch(name):
        raise ValueError(
            f"'{name}' can't be a run's name; use letters, digits, - and _ (64 at most, no - or _ first)"
        )
    return Run(home.folder("runs") / name)


def every() -> list[Run]:
    """All runs in the user's folder, by name."""
    return [Run(path.parent) for path in sorted(home.folder("runs").glob(f"*/{RECORD}"))]


def find(word: str) -> Run:
    """The run of a name, or else of a path to its folder. Raises ValueError, naming the runs there are."""
    if NAME.fullmatch(word) and (named(word).folder / RECORD).is_file():
        return named(word)
    if word and (Path(word) / RECORD).is_file():
        return Run(Path(word))
    names = [run.folder.name for run in every()]
    near = difflib.get_close_matches(word, names, 1)
    hint = f", did you mean '{near[0]}'?" if near else ";"
    there = f"there are: {', '.join(names)}" if names else f"there are none yet in {home.folder('runs')}"
    raise ValueError(f"there is no run '{word}'{hint} {there}")
