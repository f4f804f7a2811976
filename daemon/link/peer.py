"""A peer of an Ableton Link session that reports it, a line of JSON each: run as a program of its own.

    python -m bandmate.daemon.link.peer BPM QUANTUM

Link is under the GPL, and so is a program that has loaded it. This one imports the user's own `link` module
(LinkPython-extern) and nothing of bandmate's; bandmate reads its lines from a pipe. A line has `time`, in
seconds of `time.perf_counter`; `beat` and `bpm` of the session then; `playing`; `peers`. One comes whenever
the session changed, and four times a second. It ends with its input.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from typing import Any

WATCH = 0.005
REPORT = 0.25
STEADY = 0.0002
"""Beats that a session may stray from its last report before it counts as changed."""
TAKEN = 0.0002
"""Seconds in which both clocks have to be read."""
MISSING = 3


def both(clock: Any) -> tuple[float, int]:
    """The same moment on our clock, in seconds, and on Link's, in microseconds."""
    while True:
        before = time.perf_counter()
        micros = clock.micros()
        after = time.perf_counter()
        if after - before < TAKEN:
            return (before + after) / 2, micros


def look(link: Any, quantum: float) -> dict[str, Any]:
    """The session now."""
    state = link.captureSessionState()
    now, micros = both(link.clock())
    playing = state.isPlaying() and state.timeForIsPlaying() <= micros
    beat = state.beatAtTime(micros, quantum)
    return {"time": now, "beat": beat, "bpm": state.tempo(), "playing": playing, "peers": link.numPeers()}


def changed(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether a report says more than that time went by."""
    expected = old["beat"] + (new["time"] - old["time"]) * old["bpm"] / 60
    told = any(old[name] != new[name] for name in ("bpm", "playing", "peers"))
    return told or abs(new["beat"] - expected) > STEADY or new["time"] - old["time"] > REPORT


def wait_for_end(ended: threading.Event) -> None:
    """Set what is set when our input ends."""
    sys.stdin.read()
    ended.set()


def main() -> int:
    """Join the session, and report until our input ends."""
    try:
        from link import Link
    except ImportError:
        return MISSING
    bpm, quantum = float(sys.argv[1]), float(sys.argv[2])
    link = Link(bpm)
    link.startStopSyncEnabled = True
    link.enabled = True
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for who reads; our input ends then
    ended = threading.Event()
    threading.Thread(target=wait_for_end, args=(ended,), daemon=True).start()
    last: dict[str, Any] | None = None
    while not ended.wait(WATCH):
        report = look(link, quantum)
        if last is None or changed(last, report):
            sys.stdout.write(json.dumps(report) + "\n")
            sys.stdout.flush()
            last = report
    link.enabled = False
    return 0


if __name__ == "__main__":
    sys.exit(main())
