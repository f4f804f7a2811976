"""All that a page can see and do of teaching: runs listed, looked at, begun, stopped, made presets."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from bandmate.daemon.tuition import apprentice, record, samples, standing
from bandmate.daemon.tuition.curves import Curve, Curves
from bandmate.daemon.tuition.drops import Drops
from bandmate.daemon.tuition.errors import TuitionError
from bandmate.daemon.tuition.journal import Journal
from bandmate.daemon.tuition.ledger import RUNNING, Job, Ledger
from bandmate.daemon.tuition.order import NAME, RANGES, USUAL, Order, named
from bandmate.daemon.tuition.places import Places
from bandmate.daemon.tuition.record import Record
from bandmate.daemon.tuition.standing import PRESET, RESUME, STOP, Standing

LEDGER = "ledger.sqlite"
MOST = 200
"""Runs that are listed, the newest."""
DROP = "drop:"
"""What stands before a heap's number where an order names a folder."""

Start = Callable[[Path, int], None]


class Classroom:
    """Law: a name that a page gives is looked up among those there are, and never made a path."""

    def __init__(
        self,
        home: Path,
        places: Places,
        presets: Callable[[], Collection[str]],
        lacking: Callable[[], str],
        start: Start = apprentice.start,
        held: Callable[[Path, int], bool] = apprentice.held,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """home: the user's folder; presets: the names of all presets there are; lacking: what is to be
        installed first; start: begins a job, held: whether it is being done, in the ledger's folder; clock:
        seconds since 1970."""
        self._home, self._places = home, places
        self._folder, self._runs = home / "teach", home / "runs"
        self._presets, self._lacks, self._start = presets, lacking, start
        self._held, self._clock = partial(held, self._folder), clock
        self._able, self._curves = False, Curves()
        self._ledger = Ledger(self._folder / LEDGER, self._held)
        self.drops = Drops(self._folder / "songs")

    def overview(self) -> dict[str, Any]:
        """What can be asked, and all runs, the newest first."""
        jobs, presets = self._ledger.latest(), self._presets()
        runs = [self._summary(name, jobs.get(name), presets) for name in self._names(jobs)]
        runs.sort(key=lambda run: float(run["changed"]), reverse=True)
        ranges = {name: list(limits) for name, limits in RANGES.items()}
        return {"lacking": self._lacking(), "usual": USUAL, "ranges": ranges, "runs": runs[:MOST]}

    def look(self, name: str) -> dict[str, Any]:
        """A run with its curves, by epoch, and its samples. Raises TuitionError."""
        jobs = self._ledger.latest()
        job, folder = jobs.get(self._find(name, jobs)), self._runs / name
        said = record.read(folder) or Record()
        taught = self._ledger.taught(name)
        by_epoch = {
            which: _by_epoch(self._curves.read(folder / f"{which}.csv"), said)
            for which in ("losses", "metrics")
        }
        return {
            **self._summary(name, job, self._presets()),
            **by_epoch,
            "ear": self._curves.read(folder / "ear" / "losses.csv"),
            "real": said.real,
            "songs": said.songs,
            "samples": [asdict(sample) for sample in samples.listed(folder / "samples")],
            "settings": None if taught is None else _shown(taught.settings),
            "line": "" if job is None else self._told(Journal(self._folder, job.number).last()),
        }

    def sample(self, name: str, place: str, number: int) -> Path:
        """The MIDI file of what a run played. Raises TuitionError."""
        self._find(name, {})
        return samples.file(self._runs / name / "samples", place, number)

    def begin(self, given: Any) -> str:
        """Begin a run, as a value that JSON gave orders it; its name. Raises TuitionError."""
        self._check_able()
        order = Order.of(given)
        said = record.read(self._runs / order.name)
        if said is not None and said.state != "prepared":
            raise TuitionError(
                f"there is a run {order.name} already; choose another name, or resume that one"
            )
        if said is None and order.name in self._presets():
            raise TuitionError(f"there is a preset {order.name} already; choose another name")
        self._ledger.check_free(self._clock())
        if order.folder.startswith(DROP):
            folder = self.drops.settle(order.folder.removeprefix(DROP), order.name)
        else:
            folder = self._places.find(order.folder)
        order = replace(order, folder=str(folder))
        self._begin(order.name, "teach", order.plain(), [order.prepare(), order.fit()])
        return order.name

    def stop(self, name: str) -> None:
        """Stop what a page has begun. Raises TuitionError."""
        job = self._allowed(name, STOP)
        if job is not None:
            self._ledger.stop(job.number)

    def resume(self, name: str) -> None:
        """Go on with a run where it was stopped. Raises TuitionError."""
        self._check_able()
        self._allowed(name, RESUME)
        taught = self._ledger.taught(name)
        if taught is None or not taught.settings:
            self._begin(name, "teach", {}, [["fit", name]])
            return
        order = Order.of(taught.settings)
        prepared = record.read(self._runs / name) is not None
        steps = [order.fit()] if prepared else [order.prepare(), order.fit()]
        self._begin(name, "teach", order.plain(), steps)

    def preset(self, name: str) -> None:
        """Make a run a preset. Raises TuitionError."""
        self._check_able()
        self._allowed(name, PRESET)
        self._begin(name, "preset", {}, [["export", name]])

    def _lacking(self) -> str:
        """What is to be installed first; asked until nothing is."""
        sentence = "" if self._able else self._lacks()
        self._able = not sentence
        return sentence

    def _check_able(self) -> None:
        if sentence := self._lacking():
            raise TuitionError(sentence)

    def _begin(self, name: str, kind: str, settings: dict[str, Any], steps: list[list[str]]) -> None:
        (self._folder / "logs").mkdir(parents=True, exist_ok=True)
        job = self._ledger.begin(name, kind, settings, steps, self._clock())
        self._start(self._folder / LEDGER, job.number)

    def _allowed(self, name: str, what: str) -> Job | None:
        """The newest job of a run of which this can be asked now. Raises TuitionError."""
        jobs = self._ledger.latest()
        job = jobs.get(self._find(name, jobs))
        now = self._standing(record.read(self._runs / name), job)
        if what not in now.may:
            raise TuitionError(f"{name} is {now.state} now; that can't be asked of it")
        return job

    def _names(self, jobs: dict[str, Job]) -> list[str]:
        """Runs that have a record, and those that a page began in vain."""
        folders = [path.parent for path in self._runs.glob(f"*/{record.FILE}")]
        kept = {path.name for path in folders if NAME.fullmatch(path.name) and not path.is_symlink()}
        return sorted(kept | {name for name, job in jobs.items() if job.state != "done"})

    def _find(self, name: str, jobs: dict[str, Job]) -> str:
        if named(name) not in self._names(jobs):
            raise TuitionError("there is no run of this name any more")
        return name

    def _standing(self, said: Record | None, job: Job | None) -> Standing:
        working = RUNNING if job is None else job.standing(self._held, self._clock())
        return standing.of(said, job, working, said is not None and said.fits())

    def _told(self, line: str) -> str:
        """A line that was printed, without saying where the user's folder is."""
        return line.replace(f"{self._home}{os.sep}", "")

    def _summary(self, name: str, job: Job | None, presets: Collection[str]) -> dict[str, Any]:
        found = record.read(self._runs / name)
        said, now = found or Record(), self._standing(found, job)
        changed = max(said.told, 0.0 if job is None else job.ended or job.begun)
        return {
            "name": name,
            "technique": said.technique or ("" if job is None else job.settings.get("technique", "")),
            "state": now.state,
            "fault": self._told(now.fault),
            "may": now.may,
            "done": said.done,
            "updates": said.updates,
            "epoch": said.epoch,
            "epochs": said.epochs,
            "seconds": said.seconds,
            "best": said.best,
            "preset": name in presets,
            "changed": changed,
        }


def _shown(settings: dict[str, Any]) -> dict[str, Any]:
    """What an order said, but for where on this machine the songs are."""
    return {name: value for name, value in settings.items() if name != "folder"}


def _by_epoch(curve: Curve, said: Record) -> Curve:
    return {name: [(said.epoch_of(x), y) for x, y in points] for name, points in curve.items()}
