"""How long a decision takes: ear, band and decoding, on one thread.

    python tests/bench/inference.py [--preset pop] [--melody londonderry-air] [--rounds 1] [--json FILE]

A bundled melody is played to every preset, or the one that is named, through the engine in virtual time.
Beside every decision a fixed matrix multiplication is timed, 256 x 256 in float32, so that machines, and
busy hours of one machine, can be compared: `ratio` is the median decision in such multiplications. Target:
p99 at most 25 ms. The exit status is 1 if it is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from pathlib import Path

# The multiplication's library reads this when it is loaded, with numpy.
os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", VECLIB_MAXIMUM_THREADS="1"
)

import numpy as np

from bandmate.bridge.clock import now
from bandmate.daemon.answering import loading
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.offstage import sample
from bandmate.daemon.offstage.render import metre_of, render
from bandmate.daemon.selftest.lateness import percentiles
from bandmate.models.catalogue import Catalogue
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf

LIMIT = 25.0
SIZE = 256


class Reference:
    """A fixed piece of work, and how long it took each time, in ms."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._left, self._right = np.random.default_rng(0).standard_normal((2, SIZE, SIZE)).astype(np.float32)

    def work(self, share: float) -> None:
        """Do it once; `render` calls this before each decision with its progress."""
        begin = now()
        self._left @ self._right
        self.times.append(1000 * (now() - begin))


def measure(name: str, melody: str, rounds: int) -> dict[str, float]:
    """Play a melody to a preset so many times, and return the figures of its decisions, in ms."""
    preset = Shelf(folder("presets")).get(name)
    accompanist = loading.accompanist(Catalogue(folder("models")), preset)
    song, reference = sample.open(melody), Reference()
    taken: list[float] = []
    for seed in range(rounds):
        settings = Settings(seed=seed, metre=metre_of(song))
        rendering = render(song, preset, accompanist, settings, progress=reference.work)
        taken += [1000 * seconds for seconds in rendering.seconds]
    p50, p95, p99, worst = percentiles(taken)
    fixed = statistics.median(reference.times)
    counts = {"decisions": len(taken), "reference": fixed, "ratio": p50 / fixed}
    return {"p50": p50, "p95": p95, "p99": p99, "max": worst, **counts}


def main() -> int:
    """Measure, print, and return 1 if the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--preset", help="this one only")
    parser.add_argument("--melody", choices=sample.names(), default="londonderry-air")
    parser.add_argument("--rounds", type=int, default=1, help="how often to play it, a seed each")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    names = [options.preset] if options.preset else Shelf(folder("presets")).names()
    figures = {name: measure(name, options.melody, options.rounds) for name in names}
    columns = list(figures[names[0]])
    print("".join([f"{'ms':12}", *(f"{column:>11}" for column in columns)]))
    for name, row in figures.items():
        cells = (f"{value:11.2f}" if isinstance(value, float) else f"{value:11d}" for value in row.values())
        print(f"{name:12}" + "".join(cells))
    met = all(row["p99"] <= LIMIT for row in figures.values())
    print(f"target {'met' if met else 'MISSED'}: p99 at most {LIMIT:.0f} ms")
    if options.json:
        options.json.write_text(json.dumps({"figures": figures, "met": met}, indent=1) + "\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
