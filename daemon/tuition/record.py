"""What a run's folder says of itself, run.json, as `bandmate train` writes it, as far as it is sound."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

FILE = "run.json"
LARGEST = 1 << 20
HUGE = 1e300
"""Above that a whole number may be none that a computer reckons with."""
STATES = ("prepared", "fitting", "stopped", "done", "failed")
CLOSE = 2.0
"""Seconds by which a process seems to have begun earlier or later when the system's clock is set."""


@dataclass(frozen=True)
class Record:
    """state: one of STATES; fault: why it failed; process: the id of the one that fits, or fitted last, and
    told: when it wrote this, in seconds since 1970; done of updates, epoch of epochs; seconds: spent; best,
    real: figures of its best state, and of the songs themselves; songs: their number by split."""

    technique: str = ""
    state: str = "prepared"
    fault: str = ""
    process: int = 0
    told: float = 0.0
    done: int = 0
    updates: int = 0
    epoch: float = 0.0
    epochs: float = 0.0
    seconds: float = 0.0
    best: dict[str, float] = field(default_factory=dict)
    real: dict[str, float] = field(default_factory=dict)
    songs: dict[str, int] = field(default_factory=dict)

    def fits(self) -> bool:
        """Whether a process fits it now: the one that told so, and none that was given its number since."""
        if self.state != "fitting":
            return False
        try:
            found = psutil.Process(self.process)
            return bool(found.status() != psutil.STATUS_ZOMBIE and found.create_time() <= self.told + CLOSE)
        except (psutil.Error, ValueError):
            return False

    def epoch_of(self, step: float) -> float:
        """The epoch of an update."""
        return step * self.epochs / self.updates if self.updates else 0.0


def read(folder: Path) -> Record | None:
    """The record of a run's folder; None where there is none, or none that can be understood."""
    try:
        path = folder / FILE
        if path.stat().st_size > LARGEST:
            return None
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("state") not in STATES:
        return None
    data = said.get("data")
    return Record(
        technique=_text(said.get("technique")),
        state=said["state"],
        fault=_text(said.get("fault")),
        process=int(_number(said.get("process"))),
        told=_moment(said.get("updated")),
        done=int(_number(said.get("done"))),
        updates=int(_number(said.get("updates"))),
        epoch=_number(said.get("epoch")),
        epochs=_number(said.get("epochs")),
        seconds=_number(said.get("seconds")),
        best=figures(said.get("best")),
        real=figures(said.get("real")),
        songs={name: int(count) for name, count in figures(data).items()},
    )


def figures(said: Any) -> dict[str, float]:
    """The numbers in a table, by name."""
    if not isinstance(said, dict):
        return {}
    return {str(name): float(value) for name, value in said.items() if _finite(value)}


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < HUGE


def _number(value: Any) -> float:
    return float(value) if _finite(value) and value >= 0 else 0.0


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: Any) -> float:
    try:
        return datetime.fromisoformat(value).timestamp()
    except (TypeError, ValueError, OverflowError):
        return 0.0
