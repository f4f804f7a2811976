"""Windows a second that DeepComposer's lesson takes in, here and as a Keras user writes it, in turns.

    python tests/bench/throughput.py --keras /path/to/python-with-tensorflow

Both do the same: critic updates with the slope penalty and an update of the generator, the same batch,
networks of the same parameters, on as many threads. Each turn is an update of ours and one of theirs, so
that what else the machine does weighs on both alike; windows are counted as they are drawn, those of
the critic's updates too. CPU seconds are all that the process spent, told apart from waiting.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from bandmate.training.fitting import recipe
from bandmate.training.fitting.together import Together
from bandmate.training.fitting.windows import Corpus
from bandmate.training.lines import as_notes
from bandmate.training.songs import Song
from bandmate.training.unet_gan.lesson import UNetGanLesson

PLAIN = Path(__file__).with_name("plain_keras.py")
PRECISIONS = {"32-true": "float32", "bf16-mixed": "mixed_bfloat16"}


def songs(count: int = 229) -> list[Song]:
    """Two bars each, five voices of random quarters."""
    rng = np.random.default_rng(1)
    out = []
    for k in range(count):
        voices = tuple(
            as_notes([(4 * b, 4, p, 80) for b, p in enumerate(rng.integers(40, 80, 8))]) for _ in range(5)
        )
        out.append(Song(str(k), "any", "train", voices, np.zeros(8, np.uint8), np.zeros((2, 5), np.uint8)))
    return out


class Ours:
    """Our lesson in this process."""

    def __init__(self, said: argparse.Namespace) -> None:
        torch.set_num_threads(said.threads)
        parts = recipe.PARTS["chorales"]
        chosen = recipe.of(
            "unet-gan", parts=parts, batch=said.batch, update_ratio=said.ratio, precision=said.precision
        )
        self.lesson = UNetGanLesson(
            Corpus(songs(), parts), chosen, Together("cpu", said.precision, said.threads)
        )
        networks = (self.lesson.generator, self.lesson.critic)
        self.parameters = [sum(p.numel() for p in network.parameters()) for network in networks]

    def update(self) -> tuple[float, float]:
        """Seconds and CPU seconds of an update."""
        wall, cpu = time.perf_counter(), spent()
        self.lesson.advance()
        return time.perf_counter() - wall, spent() - cpu


class Theirs:
    """The Keras lesson, in a process of its own that updates when it is told to."""

    def __init__(self, said: argparse.Namespace) -> None:
        command = [said.keras, str(PLAIN), "--precision", PRECISIONS[said.precision]]
        for name in ("batch", "ratio", "threads"):
            command += [f"--{name}", str(getattr(said, name))]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.parameters = list(self._answer())

    def update(self) -> tuple[float, float]:
        """Seconds and CPU seconds of an update."""
        assert self._process.stdin is not None
        self._process.stdin.write("update\n")
        self._process.stdin.flush()
        wall, cpu = self._answer()
        return wall, cpu

    def stop(self) -> None:
        """Ends the process."""
        self._process.communicate()

    def _answer(self) -> list[float]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self._process.args[0]} has no tensorflow, or it failed; run {PLAIN} by hand")  # type: ignore[index]
        return [float(number) for number in json.loads(line)]


def spent() -> float:
    """CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def report(name: str, each: list[tuple[float, float]], drawn: int) -> float:
    """Prints the figures of one side; the median seconds of an update."""
    wall, cpu = (statistics.median(column) for column in zip(*each, strict=True))
    print(f"{name:6} {drawn / wall:7.1f} windows/s   {drawn / cpu:7.1f} windows per CPU second")
    return wall


def measure(said: argparse.Namespace, tell: Callable[[str], None]) -> None:
    """Updates of both in turns, after one of each that is not counted."""
    ours, theirs = Ours(said), Theirs(said)
    tell(f"parameters: ours {ours.parameters}, theirs {theirs.parameters} (running statistics counted)")
    rows: list[tuple[tuple[float, float], tuple[float, float]]] = []
    for turn in range(said.turns + 1):
        row = ours.update(), theirs.update()
        if turn:
            rows.append(row)
            tell(f"turn {turn}: ours {row[0][0]:.2f} s, theirs {row[1][0]:.2f} s")
    theirs.stop()
    drawn = said.batch * (said.ratio + 1)
    print(f"{said.precision}, {said.threads} threads, batch {said.batch}, {said.ratio} critic updates to one")
    mine = report("ours", [row[0] for row in rows], drawn)
    keras = report("keras", [row[1] for row in rows], drawn)
    turns = statistics.median(b[0] / a[0] for a, b in rows)
    used = statistics.median(b[1] / a[1] for a, b in rows)
    print(f"ours is {keras / mine:.2f} times as fast; by turns {turns:.2f}, by CPU time {used:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Training throughput of unet-gan beside plain Keras.")
    parser.add_argument("--keras", required=True, metavar="PYTHON", help="an interpreter with tensorflow")
    parser.add_argument("--precision", choices=PRECISIONS, default="32-true")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--ratio", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=5)
    measure(parser.parse_args(), lambda line: print(line, file=sys.stderr, flush=True))


if __name__ == "__main__":
    main()
