"""A job, done by a process of its own that outlives who began it: the commands of `bandmate train`, in turn.

    python -m bandmate.daemon.tuition.apprentice LEDGER NUMBER

It runs at low priority. To stop it, the ledger is told; it then asks its command as Ctrl-C does, and does no
more of them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import FrameType

import psutil

from bandmate.daemon.tuition.errors import TuitionError
from bandmate.daemon.tuition.journal import Journal
from bandmate.daemon.tuition.ledger import Job, Ledger

NICE = 10
EVERY = 0.5
PATIENCE = 120.0
"""Seconds in which a command that was asked ends; an update of a large network takes some."""


class Urging:
    """How a command is brought to its end: asked at once, and killed when its patience is over."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._since: float | None = None

    def turn(self, asked: bool, now: float) -> str:
        """What is to be done: `wait`, `ask` (once) or `kill`."""
        if not asked:
            return "wait"
        if self._since is None:
            self._since = now
            return "ask"
        return "kill" if now - self._since > self._patience else "wait"


class Apprentice:
    """Does one job, which was taken up."""

    def __init__(self, ledger: Ledger, job: Job, journal: Journal) -> None:
        self._ledger, self._job, self._journal = ledger, job, journal
        self._signalled = False

    def work(self) -> tuple[str, str]:
        """Do all steps; how it ended, and the sentence for that."""
        for step in self._job.steps:
            status = self._run([sys.executable, "-u", "-m", "bandmate.daemon", "train", *step])
            if self._asked():
                return "stopped", ""
            if status != 0:
                return "failed", self._journal.fault(status)
        return "done", self._journal.last()

    def stop(self, number: int, frame: FrameType | None) -> None:
        """A signal asks for the end."""
        self._signalled = True

    def _asked(self) -> bool:
        with suppress(TuitionError):
            return self._signalled or self._ledger.stops(self._job.number)
        return self._signalled

    def _run(self, line: list[str]) -> int:
        """Its exit status."""
        urging = Urging(PATIENCE)
        with self._journal.path.open("ab") as out:
            child = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        while True:
            with suppress(subprocess.TimeoutExpired):
                return child.wait(EVERY)
            match urging.turn(self._asked(), time.monotonic()):
                case "ask":
                    # Windows knows no such signal between consoles: there it ends at once, with the
                    # checkpoint that it has.
                    child.terminate() if os.name == "nt" else child.send_signal(signal.SIGINT)
                case "kill":
                    child.kill()
                case _:
                    pass


def main(ledger: Path, number: int) -> None:
    """Do the job and write down how it ended. Raises TuitionError where it is not to be taken up."""
    # Who began us may ignore Ctrl-C, and our commands would, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    process = psutil.Process()
    process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if os.name == "nt" else min(process.nice() + NICE, 19))
    kept, journal = Ledger(ledger, partial(held, ledger.parent)), Journal(ledger.parent, number)
    with journal.hold():
        apprentice = Apprentice(kept, kept.take(number, os.getpid()), journal)
        signal.signal(signal.SIGTERM, apprentice.stop)
        state, said = "failed", "the job was cut short; resume it"
        try:
            state, said = apprentice.work()
        finally:
            kept.end(number, state, said, time.time())


def held(folder: Path, number: int) -> bool:
    """Whether an apprentice does the job of this number, in the ledger's folder."""
    return Journal(folder, number).held()


def start(ledger: Path, number: int) -> None:
    """Begin a job that outlives us."""
    line = [sys.executable, "-m", "bandmate.daemon.tuition.apprentice", str(ledger), str(number)]
    null = subprocess.DEVNULL
    if sys.platform == "win32":
        apart = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        subprocess.Popen(line, stdin=null, stdout=null, stderr=null, creationflags=apart)
    else:
        subprocess.Popen(line, stdin=null, stdout=null, stderr=null, start_new_session=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
