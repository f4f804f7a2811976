"""What a run says of itself, kept as run.json in its folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from bandmate.training import whole

FIGURES = ("best", "real")
STATES = ("prepared", "fitting", "stopped", "done", "failed")


@dataclass(frozen=True)
class Record:
    """name and technique of the run; state: one of STATES; fault: why it failed, a sentence.

    revision: git's, `-dirty` where files were changed, empty outside of a checkout; bandmate, python,
    torch: their versions; data: the songs' `sha256` and their number by split; started, updated: UTC,
    ISO 8601; process: the id of the one that fits, or fitted last. done, updates: updates of the
    generator, and all that are to be; epoch, epochs: the same in passes over the windows; seconds spent
    fitting; best: figures of the best state so far; real: the same figures of the songs themselves.
    """

    name: str = ""
    technique: str = ""
    state: str = "prepared"
    fault: str = ""
    revision: str = ""
    bandmate: str = ""
    python: str = ""
    torch: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    started: str = ""
    updated: str = ""
    process: int = 0
    done: int = 0
    updates: int = 0
    epoch: float = 0.0
    epochs: float = 0.0
    seconds: float = 0.0
    best: dict[str, float] = field(default_factory=dict)
    real: dict[str, float] = field(default_factory=dict)


def read(path: Path) -> Record:
    """The record of a file; fields that it lacks keep their default, others are passed over.

    Raises ValueError, a sentence, if the file is missing, no JSON or not of this form.
    """
    advice = f"{path} can't be read; remove the folder {path.parent} and begin the run anew"
    try:
        said = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
        if not isinstance(said, dict):
            raise ValueError("it is no table")
        known = {f.name: getattr(Record(), f.name) for f in fields(Record)}
        kept = {name: _like(name, model, said[name]) for name, model in known.items() if name in said}
    except FileNotFoundError as error:
        raise ValueError(f"{path.parent} is no run: it has no {path.name}") from error
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"{advice} ({error})") from error
    if kept.get("state", "prepared") not in STATES:
        raise ValueError(f"{advice} (its state is '{kept['state']}')")
    return Record(**kept)


def write(path: Path, record: Record) -> None:
    """Writes the record whole or not at all."""
    whole.write(path, json.dumps(asdict(record), indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _refuse(number: str) -> float:
    raise ValueError(f"{number} is no number")


def _like(name: str, model: Any, value: Any) -> Any:
    """The value, if it is of the model's kind; a whole number will do for a broken one."""
    if name in FIGURES and isinstance(value, dict):
        return {key: _like("", 0.0, figure) for key, figure in value.items()}
    if isinstance(model, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not type(model):
        raise TypeError(f"{value!r} should look like {model!r}")
    return value
