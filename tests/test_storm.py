"""Whatever comes: no note hangs, none is late, nothing is raised (at length: tests/bench/storm.py)."""

from __future__ import annotations

from types import ModuleType

import pytest


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_after_a_storm_nothing_sounds_and_nobody_is_kept(gale: ModuleType, seed: int) -> None:
    toll = gale.storm(events=1500, seed=seed, each=500)
    assert toll.events == 1500
    assert toll.struck > 0
    assert toll.hanging == 0
    assert toll.latest <= 0.03 + 1e-6
    assert toll.longest_crew <= 3
