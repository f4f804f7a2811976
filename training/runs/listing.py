"""Runs as a table for the terminal, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bandmate.training.runs.curve import STEP
from bandmate.training.runs.record import Record
from bandmate.training.runs.run import CHIEF, Run

HEAD = ("run", "technique", "state", "epoch", "updates", "best", "time", "changed")
RIGHT = ("epoch", "updates", "time")
FIGURES = 3
TELLING = (CHIEF, "in_harmony", "consonant")
SPANS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def table(runs: Sequence[Run], now: datetime | None = None) -> str:
    """A line a run under a line of names; under it each fault, and each folder that can't be read."""
    moment, faults = now or datetime.now(UTC), list[str]()
    lines: list[tuple[str, ...]] = [HEAD]
    for run in runs:
        try:
            record = run.record
        except ValueError as error:
            faults.append(str(error))
            continue
        lines.append(_row(record, moment))
        if record.fault:
            faults.append(f"{record.name} failed: {record.fault}")
    widths = [max(len(line[k]) for line in lines) for k in range(len(HEAD))]
    rows = [
        "  ".join(_cell(*each) for each in zip(line, widths, HEAD, strict=True)).rstrip() for line in lines
    ]
    return "\n".join((rows if len(rows) > 1 else []) + faults) or "no runs yet"


def _cell(text: str, width: int, name: str) -> str:
    return text.rjust(width) if name in RIGHT else text.ljust(width)


def _row(record: Record, now: datetime) -> tuple[str, ...]:
    return (
        record.name,
        record.technique,
        record.state,
        f"{record.epoch:.2f} of {record.epochs:.2f}" if record.epochs else "",
        f"{record.done} of {record.updates}" if record.updates else "",
        figures(record.best),
        duration(record.seconds),
        ago(record.updated, now),
    )


def figures(best: dict[str, float]) -> str:
    """Three figures, those that tell most first: `similarity 0.71, in_harmony 0.65`."""
    others = [name for name in best if name not in (STEP, *TELLING)]
    names = [*(name for name in TELLING if name in best), *others]
    return ", ".join(f"{name} {best[name]:.3g}" for name in names[:FIGURES])


def duration(seconds: float) -> str:
    """Hours, minutes and seconds, `1:02:03`, or `2:03`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def ago(moment: str, now: datetime) -> str:
    """How long ago a moment in ISO 8601 was, `3 minutes ago`; as it stands if it is none."""
    try:
        passed = (now - datetime.fromisoformat(moment)).total_seconds()
    except (ValueError, TypeError):
        return moment
    for span, name in SPANS:
        count = int(max(passed, 0) // span)
        if count:
            return f"{count} {name}{'s' * (count > 1)} ago"
    return "just now"


def plain(runs: Sequence[Run]) -> str:
    """A JSON list of the records; a folder that can't be read gives its `folder` and `fault` alone."""
    return json.dumps([_plain(run) for run in runs], indent=1, ensure_ascii=False)


def _plain(run: Run) -> dict[str, Any]:
    try:
        return {"folder": str(run.folder), **asdict(run.record)}
    except ValueError as error:
        return {"folder": str(run.folder), "fault": str(error)}
