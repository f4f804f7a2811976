"""The terminal: sentences, and a status line where there is a terminal to rewrite it on."""

from __future__ import annotations

import sys
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bandmate.daemon.engine.told import Status
from bandmate.daemon.errors import writing
from bandmate.daemon.leading.presence import Presence

CLEAR = "\r\x1b[2K"


class Console:
    """Prints from any thread; a terminal that was closed hears nothing."""

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._line = ""
        self._lock = threading.Lock()

    def say(self, sentence: str) -> None:
        """A sentence on lines of its own, above the status line."""
        with self._lock, suppress(OSError):
            sys.stdout.write(f"{CLEAR if self._line else ''}{sentence}\n{self._line}")
            sys.stdout.flush()

    def show(self, status: Status, seconds: float) -> None:
        """The status, and the seconds of inference."""
        line = status_line(status, seconds)
        if not self._terminal or line == self._line:
            return
        with self._lock, suppress(OSError):
            self._line = line
            sys.stdout.write(CLEAR + line)
            sys.stdout.flush()

    def end(self) -> None:
        """Leave the status line behind."""
        with self._lock, suppress(OSError):
            line, self._line = self._line, ""
            if line:
                sys.stdout.write("\n")


def divert(log: Path) -> None:
    """Have all that is said from now on written at the end of a file: a program without a window, as Windows
    starts one by itself, has nowhere to say it."""
    with writing(log):
        log.parent.mkdir(parents=True, exist_ok=True)
        file = log.open("a", encoding="utf-8", buffering=1)
    file.write(f"--- {datetime.now():%Y-%m-%d %H:%M:%S}\n")
    sys.stdout = sys.stderr = file


def status_line(status: Status, seconds: float) -> str:
    """One line: where the music stands, who plays which chords, and how the machine keeps up."""
    place = f"bar {status.bar}.{status.beat}" if status.bar else "waiting for you"
    chords = " > ".join(status.chords) if status.presence is not Presence.RESTING else "rest"
    key = f"in {status.key}  " if status.key else ""
    late = f"{status.late} late" + (f", {status.dropped} dropped" if status.dropped else "")
    return (
        f"{place:<15} {status.bpm:5.1f} bpm  {status.preset:<12} {chords:<12} {key}"
        f"inference {1000 * seconds:4.1f} ms (p95)  {late}"
    )
