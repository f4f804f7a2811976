"""A performance is kept: a bar at a time beside the take's place, and as a MIDI file at its end.

A power cut thus costs the bar that was being played, and the one before where the disk was slow. `bandmate
recover` makes a take of what it left, and `play` has that done as it starts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO

from bandmate.daemon.errors import writing
from bandmate.daemon.locking import lock
from bandmate.daemon.sending.journal import Journal, JournalError, read
from bandmate.daemon.sending.takes import JOURNAL, Take, settle

PATIENCE = 5.0
"""Seconds that a disk is waited for at the end before the take is written all the same."""
DAMAGED = ".damaged"

Say = Callable[[str], None]


class Notebook:
    """A take's journal as a file, which is made with its first line."""

    def __init__(self, take: Take, folder: Path) -> None:
        self._journal, self._folder = Journal(take), folder
        self._file: BinaryIO | None = None
        self.path: Path | None = None

    def jot(self) -> None:
        """Write what is new; when this returns it is on the disk. Raises OSError."""
        news = self._journal.news()
        if not news:
            return
        if self._file is None:
            self._file = self._begin()
        self._file.write(news)
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Let the file go; it stays."""
        if self._file is not None:
            self._file.close()

    def _begin(self) -> BinaryIO:
        self._folder.mkdir(parents=True, exist_ok=True)
        self.path = Take.path(self._folder, datetime.now()).with_suffix(JOURNAL)
        file = self.path.open("xb", buffering=0)
        lock(file, wait=True)
        file.seek(0, os.SEEK_END)
        settle(self._folder)
        return file


class Keeper:
    """Writes the journal on a thread of its own, `bandmate keeper`: a disk may take its time."""

    def __init__(self, take: Take, folder: Path, say: Say) -> None:
        self._take, self._folder, self._say = take, folder, say
        self._notebook = Notebook(take, folder)
        self._bar, self._closed = 0, False
        self._turns: SimpleQueue[bool] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="bandmate keeper", daemon=True)
        self._thread.start()

    def turn(self, bar: int) -> None:
        """The music is in this bar, or stands still (0): called often, writes once a bar."""
        if bar != self._bar:
            self._bar = bar
            self._turns.put(True)

    def close(self) -> None:
        """Note nothing down any more, and let the journal go: unless the take is kept, it's to be recovered
        from that. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self._turns.put(False)
        self._thread.join(PATIENCE)
        self._notebook.close()

    def keep(self) -> None:
        """The performance is over: write the take, unless nothing was played. Raises WriteError."""
        self.close()
        if self._take.empty:
            return
        journal = self._notebook.path
        path = journal.with_suffix(".mid") if journal else Take.path(self._folder, datetime.now())
        with writing(path):
            self._take.write(path)
        if journal is not None:
            journal.unlink(missing_ok=True)
        self._say(f"the take is kept in {path}")

    def _run(self) -> None:
        while self._turns.get():
            try:
                self._notebook.jot()
            except (OSError, ValueError) as error:  # the latter of a file that was closed without waiting
                self._say(
                    f"the take can't be noted down while it is played ({error}): it is kept at the end only, "
                    "and lost if the power is cut"
                )
                return


def left(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Each journal whose writer is gone, and the file, held. One without a whole line is only being made."""
    for path in sorted(folder.glob(f"*{JOURNAL}")):
        with suppress(OSError), path.open("r+b") as file:
            lock(file, wait=False)
            file.seek(0)
            if file.readline().endswith(b"\n"):
                yield path, file


def recover(folder: Path) -> Iterator[str]:
    """Make a take of each journal that was left behind; sentences about them. Raises WriteError."""
    for journal, file in left(folder):
        file.seek(0)
        path = journal.with_suffix(".mid")
        try:
            if not path.exists():  # else the power failed between writing it and removing the journal
                take = read(file.read())
                with writing(path):
                    take.write(path)
                yield f"a performance was cut off; its take is kept in {path}"
        except (JournalError, ValueError) as error:
            set_aside = journal.with_suffix(JOURNAL + DAMAGED)
            file.close()  # Windows moves no open file
            with writing(set_aside):
                journal.replace(set_aside)
            yield f"a performance was cut off, and its journal can't be read ({error}); it is now {set_aside}"
        else:
            file.close()
            with writing(journal):
                journal.unlink(missing_ok=True)


def recover_beside(folder: Path, say: Say) -> None:
    """Have another process recover what was left behind, if anything was: a long performance takes seconds,
    for which the band does not wait."""
    if next(left(folder), None) is None:
        return
    command = [sys.executable, "-m", "bandmate.daemon", "recover"]
    threading.Thread(target=_listen, args=(command, say), name="bandmate recovery", daemon=True).start()


def _listen(command: list[str], say: Say) -> None:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)
    for line in (done.stdout + done.stderr).splitlines():
        say(line)
