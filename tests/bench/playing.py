"""What the benchmarks share: a `bandmate play` on a JACK server of its own."""

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

from jackclient import Server, available, until


@contextmanager
def server(*, sync: bool = True, frames: int = 64) -> Iterator[Server]:
    """A JACK server for the benchmark, with real-time priority where the system allows it, which this process
    and its children find. See `Server`."""
    if not available():
        sys.exit("This benchmark needs jackd and jack_lsp: install jackd2.")
    running = Server(f"bandmate-bench-{os.getpid()}", sync=sync, frames=frames, realtime=True)
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


def report(figures: dict[str, dict[str, float]]) -> None:
    """Print the figures as a table."""
    columns = list(next(iter(figures.values())))
    print("".join([f"{'ms':8}", *(f"{name:>10}" for name in columns)]))
    for player, row in figures.items():
        cells = (f"{value:10.3f}" if isinstance(value, float) else f"{value:10d}" for value in row.values())
        print(f"{player:8}" + "".join(cells))
