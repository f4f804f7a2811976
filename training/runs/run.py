"""A run: the folder in which a generator is taught, and all that is known of it.

run.json (see `record`), recipe.yaml, losses.csv, metrics.csv, checkpoints (*.pt), songs/ (prepared),
samples/ (by epoch) and board/ (TensorBoard's). A lock, which the system lifts when a process ends in
whatever way, tells whether a process fits the run now.
"""

from __future__ import annotations

import math
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from bandmate.training import whole
from bandmate.training.fitting import recipe as recipes
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.runs import record as records
from bandmate.training.runs import samples, stamp
from bandmate.training.runs.curve import STEP, Curve
from bandmate.training.runs.record import Record

RECORD, RECIPE = "run.json", "recipe.yaml"
CHIEF = "similarity"
PATIENCE = 1.0
SECOND = 1.0


class Run:
    """A run's folder. losses and metrics: its curves, by update."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.losses, self.metrics = Curve(folder / "losses.csv"), Curve(folder / "metrics.csv")
        self._marked, self._step = time.monotonic(), 0

    @property
    def songs(self) -> Path:
        """The folder of the prepared songs."""
        return self.folder / "songs"

    @property
    def samples(self) -> Path:
        """The folder of what it played at chosen epochs."""
        return self.folder / "samples"

    @property
    def board(self) -> Path:
        """The folder that TensorBoard is shown."""
        return self.folder / "board"

    @property
    def checkpoint(self) -> Path:
        """The latest state of the lesson."""
        return self.folder / "checkpoint.pt"

    @property
    def best(self) -> Path:
        """The state of the best figures so far."""
        return self.folder / "best.pt"

    @property
    def recipe(self) -> Recipe:
        """The recipe it is taught by. Raises ValueError if there is none."""
        path = self.folder / RECIPE
        if not path.is_file():
            raise ValueError(f"{self.folder} has no recipe.yaml; begin the run anew")
        return recipes.read(path)

    @property
    def prepared(self) -> bool:
        """Whether it has been begun: it has a record and a recipe."""
        return (self.folder / RECORD).is_file() and (self.folder / RECIPE).is_file()

    @property
    def begun(self) -> bool:
        """Whether it has been fitted, be it in part. Raises ValueError if its run.json is broken."""
        return (self.folder / RECORD).is_file() and self.record.state != "prepared"

    @property
    def record(self) -> Record:
        """What is known of it; one that should be fitting, but whose process ended, is `stopped`.

        Raises ValueError if the folder is no run or its run.json is broken.
        """
        said = self._said()
        return replace(said, state="stopped") if said.state == "fitting" and not self._busy() else said

    def begin(self, recipe: Recipe, songs: Path | None = None) -> None:
        """Makes the folder of a run that is prepared: its recipe, and what it is made from.

        songs: the folder of the prepared songs, usually `songs` of this run. A run of the same name that
        was prepared but never fitted is prepared anew. Raises ValueError if it has been fitted.
        """
        if self.begun:
            name = self.folder.name
            raise ValueError(f"there is a run '{name}' already; resume it, or choose another name")
        whole.write(self.folder / RECIPE, recipes.dump(recipe))
        made = Record(self.folder.name, recipe.technique, started=_now(), updated=_now(), **stamp.versions())
        data = stamp.fingerprint(songs or self.songs)
        self._write(replace(made, revision=stamp.revision(), data=data))

    def forget(self) -> None:
        """Leaves only the prepared songs and the recipe, as if it had never been fitted.

        Raises ValueError if a process fits it.
        """
        if not self.begun:
            return
        with self._alone():
            for folder in (self.samples, self.board):
                shutil.rmtree(folder, ignore_errors=True)
            for kind in ("*.pt", self.losses.path.name, self.metrics.path.name):
                for path in [*self.folder.rglob(kind)]:
                    path.unlink()
            self.losses, self.metrics = Curve(self.losses.path), Curve(self.metrics.path)
            self._change(state="prepared", fault="", done=0, epoch=0.0, seconds=0.0, best={}, real={})

    @contextmanager
    def fitting(self, updates: int, each: float) -> Iterator[None]:
        """While the generator is taught: `updates` are to be done in all, `each` in an epoch.

        The run is this process's alone; when it leaves, the run is `done`, `stopped` or `failed`.
        Raises ValueError if another process fits it, or it is no run.
        """
        with self._alone():
            self._marked, self._step, epochs = time.monotonic(), self._said().done, updates / each
            self._change(state="fitting", updates=updates, epochs=epochs, process=os.getpid(), fault="")
            try:
                yield
            except KeyboardInterrupt:
                self.reached(self._step, state="stopped")
                raise
            except BaseException as error:
                fault = " ".join(str(error).split()) or type(error).__name__
                self.reached(self._step, state="failed", fault=fault)
                raise
            self.reached(self._step, state="done" if self._step >= updates else "stopped")

    def resume(self, step: int) -> None:
        """Goes on after this update, a checkpoint's: what was written of later ones is forgotten."""
        self.losses.cut(step)
        self.metrics.cut(step)
        samples.cut(self.samples, step)
        best = max(self.metrics.rows(), key=_worth, default={})
        self.reached(step, best={name: value for name, value in best.items() if math.isfinite(value)})

    def log(self, step: int, losses: Mapping[str, float]) -> None:
        """The losses by name at an update; run.json follows once a second."""
        self.losses.add(step, losses)
        self._step = step
        if time.monotonic() - self._marked >= SECOND:
            self.reached(step)

    def measured(self, step: int, figures: Mapping[str, float]) -> bool:
        """The figures of what it plays at an update; whether it is the best so far.

        Best is the highest `similarity`; the first of those that are alike.
        """
        before = max((_worth(row) for row in self.metrics.rows()), default=-math.inf)
        self.metrics.add(step, figures)
        better = _worth(figures) > before
        finite = {name: value for name, value in figures.items() if math.isfinite(value)}
        self.reached(step, **({"best": {STEP: step, **finite}} if better else {}))
        return better

    def compared(self, real: Mapping[str, float]) -> None:
        """The figures of the songs themselves, that those of the generator are held against."""
        self._change(real={name: value for name, value in real.items() if math.isfinite(value)})

    def reached(self, step: int, **more: Any) -> None:
        """So many updates are done."""
        said, self._step = self._said(), step
        each = said.updates / said.epochs if said.epochs else math.inf
        self._change(done=step, epoch=step / each, **more)

    def _said(self) -> Record:
        return records.read(self.folder / RECORD)

    def _write(self, record: Record) -> None:
        records.write(self.folder / RECORD, record)

    def _change(self, **fields: Any) -> None:
        now, said = time.monotonic(), self._said()
        spent = now - self._marked if said.state == "fitting" else 0.0
        self._marked = now
        new = {"updated": _now(), "seconds": round(said.seconds + spent, 3), **fields}
        self._write(replace(said, **new))

    def _lock(self, patience: float) -> FileLock:
        return FileLock(self.folder / ".lock", timeout=patience, thread_local=False)

    def _busy(self) -> bool:
        try:
            with self._lock(0):
                return False
        except (Timeout, OSError):
            return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Holds the lock. A look by `record` holds it for a moment, hence the patience."""
        lock, said = self._lock(PATIENCE), self._said()
        try:
            lock.acquire()
        except Timeout:
            raise ValueError(
                f"the run '{said.name}' is being fitted by process {said.process}; "
                "wait until it is done, or stop it with Ctrl-C where it runs"
            ) from None
        try:
            yield
        finally:
            lock.release()


def _worth(figures: Mapping[str, float]) -> float:
    """The chief figure; one that is missing or no number is worth least."""
    value = figures.get(CHIEF, -math.inf)
    return value if math.isfinite(value) else -math.inf


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
