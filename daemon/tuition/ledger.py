"""The jobs that pages have begun, in SQLite: a line a job, written by the page's server and by the job."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bandmate.daemon.tuition.errors import TuitionError

RUNNING = "running"
CUT = "cut off"
ENDED = ("done", "stopped", "failed")
GRACE = 30.0
"""Seconds within which a job that was begun is taken up."""
PATIENCE = 10.0

TABLE = """
create table if not exists jobs (
    number integer primary key,
    run text not null,
    kind text not null,
    settings text not null,
    steps text not null,
    pid integer,
    state text not null,
    said text not null default '',
    stop integer not null default 0,
    begun real not null,
    ended real
)
"""

Held = Callable[[int], bool]
"""Whether a process does the job of this number."""


@dataclass(frozen=True)
class Job:
    """run: its run's name; kind: `teach` or `preset`; settings: the order's; steps: commands of `bandmate
    train`; pid: of the process that took it up; state: running, one of ENDED, or cut off where another job
    was begun since; said: the sentence with which it ended; stop: whether it was asked to; begun, ended:
    seconds since 1970."""

    number: int
    run: str
    kind: str
    settings: dict[str, Any]
    steps: list[list[str]]
    pid: int | None
    state: str
    said: str
    stop: bool
    begun: float
    ended: float | None

    def standing(self, held: Held, now: float) -> str:
        """Its state; a job whose process is gone, or never came, is cut off."""
        if self.state != RUNNING:
            return self.state
        if self.pid is None:
            return RUNNING if 0 <= now - self.begun <= GRACE else CUT
        return RUNNING if held(self.number) else CUT


class Ledger:
    """Law: one job at a time. Times are seconds since 1970 and are given, never asked for."""

    def __init__(self, path: Path, held: Held) -> None:
        """path: of the file, which need not exist."""
        self._path, self._held = path, held

    def begin(self, run: str, kind: str, settings: dict[str, Any], steps: list[list[str]], now: float) -> Job:
        """A new job. Raises TuitionError while another one runs."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        values = (run, kind, json.dumps(settings), json.dumps(steps), RUNNING, now)
        with self._open() as table:
            table.execute("begin immediate")
            self._check_free(table, now)
            # Whoever was to do such a job comes too late now.
            table.execute("update jobs set state = ? where state = ?", (CUT, RUNNING))
            columns = "run, kind, settings, steps, state, begun"
            number = table.execute(
                f"insert into jobs ({columns}) values (?, ?, ?, ?, ?, ?)", values
            ).lastrowid
            table.execute("commit")
            return self._jobs(table, "where number = ?", number)[0]

    def check_free(self, now: float) -> None:
        """Raises TuitionError while a job runs."""
        if self._path.is_file():
            with self._open() as table:
                self._check_free(table, now)

    def take(self, number: int, pid: int) -> Job:
        """A process takes a job up. Raises TuitionError where there is none to be taken."""
        with self._open() as table:
            taken = table.execute(
                "update jobs set pid = ? where number = ? and state = ? and pid is null",
                (pid, number, RUNNING),
            )
            if taken.rowcount != 1:
                raise TuitionError("there is no such job to be taken up")
            return self._jobs(table, "where number = ?", number)[0]

    def stop(self, number: int) -> None:
        """Ask a job to stop."""
        with self._open() as table:
            table.execute("update jobs set stop = 1 where number = ?", (number,))

    def stops(self, number: int) -> bool:
        """Whether it was asked to."""
        with self._open() as table:
            return bool(self._jobs(table, "where number = ? and stop = 1", number))

    def end(self, number: int, state: str, said: str, now: float) -> None:
        """A job has ended."""
        with self._open() as table:
            table.execute(
                "update jobs set state = ?, said = ?, ended = ? where number = ?", (state, said, now, number)
            )

    def latest(self) -> dict[str, Job]:
        """The newest job of each run."""
        if not self._path.is_file():
            return {}
        with self._open() as table:
            newest = "where number in (select max(number) from jobs group by run)"
            return {job.run: job for job in self._jobs(table, newest)}

    def taught(self, run: str) -> Job | None:
        """The newest job that was to teach a run."""
        if not self._path.is_file():
            return None
        with self._open() as table:
            found = self._jobs(table, "where kind = 'teach' and run = ? order by number desc limit 1", run)
            return found[0] if found else None

    def _check_free(self, table: sqlite3.Connection, now: float) -> None:
        for job in self._jobs(table, "where state = ?", RUNNING):
            if job.standing(self._held, now) == RUNNING:
                raise TuitionError(f"{job.run} is being worked on; stop that first, or wait for its end")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """The table. Raises TuitionError where the file is none, or can't be had."""
        try:
            with closing(sqlite3.connect(self._path, PATIENCE, isolation_level=None)) as table:
                table.execute(TABLE)
                yield table
        except sqlite3.Error as error:
            raise TuitionError(
                f"{self._path.name} can't be used ({error}); remove it: only the list of jobs is lost"
            ) from error

    def _jobs(self, table: sqlite3.Connection, where: str, *values: Any) -> list[Job]:
        columns = "number, run, kind, settings, steps, pid, state, said, stop, begun, ended"
        return [_job(row) for row in table.execute(f"select {columns} from jobs {where}", values)]


def _job(row: tuple[Any, ...]) -> Job:
    number, run, kind, settings, steps, pid, state, said, stop, begun, ended = row
    return Job(
        number, run, kind, json.loads(settings), json.loads(steps), pid, state, said, bool(stop), begun, ended
    )
