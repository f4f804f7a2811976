"""Reads what the Link process reports, and says when there is none."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence

from bandmate.daemon.child import end
from bandmate.daemon.clock.session import Session

MISSING = 3
CLOSING = 2.0
PROGRAM = (sys.executable, "-m", "bandmate.daemon.link.peer")

Hear = Callable[[Session], None]
Say = Callable[[str], None]


def session(line: str) -> Session | None:
    """The session that a line reports; None where it is none."""
    try:
        told = json.loads(line)
        return Session(
            float(told["time"]),
            float(told["beat"]),
            float(told["bpm"]),
            told["playing"] is True,
            int(told["peers"]),
        )
    except (ValueError, TypeError, KeyError):
        return None


class Reader:
    """Runs the Link process and hands on what it reports, on a thread of its own."""

    def __init__(
        self, bpm: float, quantum: float, hear: Hear, say: Say, program: Sequence[str] = PROGRAM
    ) -> None:
        """bpm: the session's if nobody else is in it; quantum: quarter notes to the bar. Raises OSError."""
        self._hear, self._say = hear, say
        self._closing = False
        self._last: Session | None = None
        self._process = subprocess.Popen(
            [*program, str(bpm), str(quantum)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._thread = threading.Thread(target=self._read, name="bandmate link", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Leave the session."""
        self._closing = True
        end(self._process, CLOSING)
        self._thread.join(CLOSING)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            heard = session(line)
            if heard is not None:
                self._last = heard
                self._hear(heard)
        code = self._process.wait()
        if not self._closing:
            self._miss(code)

    def _miss(self, code: int) -> None:
        """The process ended by itself: we are alone."""
        if code == MISSING:
            self._say("Ableton Link is not installed; `pip install bandmate[link]`. The band plays by itself")
            return
        self._say(f"the Link process ended with {code}; the band plays on by itself")
        if self._last is not None:
            last = self._last
            self._hear(Session(last.time, last.beat, last.bpm, False, 0))
