"""What the benchmarks share: a `bandmate play` on a JACK server of its own, a tune, and figures."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from jackclient import Server, Timed, available, note, until

# Scale degrees of C major above middle C, an eighth each; None is a rest. Four bars.
TUNE = (
    *(0, None, 2, 4, 7, None, 4, 2),
    *(5, None, 3, 1, 2, None, None, 4),
    *(7, 8, 9, None, 7, 5, 4, None),
    *(3, 4, 5, 1, 0, None, None, None),
)
MAJOR = (0, 2, 4, 5, 7, 9, 11)


@contextmanager
def server(*, sync: bool = True) -> Iterator[Server]:
    """A JACK server for the benchmark, which this process and its children find; sync: see `Server`."""
    if not available():
        sys.exit("This benchmark needs jackd and jack_lsp: install jackd2.")
    running = Server(f"bandmate-bench-{os.getpid()}", sync=sync)
    os.environ.update(running.environment)
    try:
        yield running
    finally:
        running.stop()


def command(override: str | None, arguments: Sequence[str]) -> list[str]:
    """Return the command line of the daemon: this environment's `bandmate play`, or another command."""
    if override is not None:
        return [*shlex.split(override), *arguments]
    return [str(Path(sys.executable).with_name("bandmate")), "play", *arguments]


@contextmanager
def daemon(line: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run the daemon, and end it as a user does, with SIGINT."""
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def await_port(process: subprocess.Popen[bytes], listed: Callable[[], bool]) -> None:
    """Wait until the daemon's port is listed; end the benchmark if the daemon ends, or after 30 s."""
    if not until(lambda: process.poll() is not None or listed(), 30, every=0.002):
        sys.exit("The daemon opened no port within 30 s.")
    if process.poll() is not None:
        sys.exit(f"The daemon ended by itself with status {process.returncode}; see its words above.")


def tune(tempo: float, seconds: float) -> list[Timed]:
    """Return the tune, again and again a step higher, for so many seconds at `tempo` bpm."""
    eighth = 30 / tempo
    score = []
    for k in range(int(seconds / eighth)):
        degree = TUNE[k % len(TUNE)]
        if degree is None:
            continue
        degree += k // len(TUNE) % 3
        pitch = 60 + 12 * (degree // 7) + MAJOR[degree % 7]
        score += note(k * eighth, pitch, 0.9 * eighth)
    return sorted(score, key=lambda timed: timed.at)


def percentiles(values: Sequence[float], shares: Sequence[float] = (0.5, 0.95, 0.99, 1.0)) -> list[float]:
    """Return the values below which these shares of `values` lie; NaN for no values."""
    ordered = sorted(values)
    if not ordered:
        return [float("nan")] * len(shares)
    return [ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in shares]
