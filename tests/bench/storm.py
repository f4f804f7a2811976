"""A storm of random events in virtual time: what is left hanging, and whether memory stays flat.

    python tests/bench/storm.py [--events 1000000] [--seed 1] [--json FILE]

Notes, controllers, clocks, song positions, garbage bytes, ports that vanish and return, presets, panic,
freeze, learning, tempo changes, answers that are late, wrong or never come, and a machine that stands still
or sleeps, against everything but threads and real ports (tests/gale.py). The exit status is 1 if a note
hangs, is late by more than 30 ms, or if memory (RSS) is more than 5 % above what it was after a tenth.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[:2]]

import psutil
from gale import Toll, storm

LATEST = 0.03


def main() -> None:
    """Blow, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--each", type=int, default=20_000, help="events of one performance")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    asked = parser.parse_args()
    memory: list[tuple[int, float]] = []
    begin = time.perf_counter()

    def tell(toll: Toll) -> None:
        gc.collect()
        memory.append((toll.events, psutil.Process().memory_info().rss / 2**20))
        print(
            f"{toll.events:9} events, {toll.struck} notes, {toll.hanging} hanging, {memory[-1][1]:.1f} MiB, "
            f"{time.perf_counter() - begin:.0f} s",
            flush=True,
        )

    toll = storm(asked.events, asked.seed, asked.each, tell)
    early = next(mib for events, mib in memory if events >= asked.events / 10)
    growth = memory[-1][1] / early - 1
    figures = asdict(toll) | {"rss_after_a_tenth_mib": early, "rss_mib": memory[-1][1], "growth": growth}
    print(
        f"{toll.events} events, seed {asked.seed}: {toll.struck} notes struck, {toll.hanging} left hanging, "
        f"0 exceptions; latest {1000 * toll.latest:.1f} ms; {toll.asked} decisions; "
        f"memory {early:.1f} MiB after a tenth, {memory[-1][1]:.1f} at the end ({growth:+.1%})"
    )
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1))
    sys.exit(1 if toll.hanging or toll.latest > LATEST + 1e-6 or growth > 0.05 else 0)


if __name__ == "__main__":
    main()
