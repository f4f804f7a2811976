"""Whether the band is asked for the same as lately."""

from __future__ import annotations

import numpy as np

from bandmate.daemon.leading.constancy import Constancy


def asked(density: float, energy: float = 0.5) -> np.ndarray:
    return np.array([density] * 4 + [energy], np.float32)


def held(*told: tuple[int, float, float]) -> list[bool]:
    constancy = Constancy()
    return [constancy.holds(step, asked(density, energy)) for step, density, energy in told]


def test_it_holds_while_little_changes() -> None:
    assert all(held((0, 0.5, 0.5), (4, 0.52, 0.6), (8, 0.54, 0.5), (44, 0.58, 0.45)))


def test_it_does_not_for_two_bars_after_a_change() -> None:
    assert held((0, 0.5, 0.5), (4, 0.8, 0.5), (32, 0.8, 0.5), (36, 0.8, 0.5), (40, 0.8, 0.5)) == [
        True,
        False,
        False,
        True,
        True,
    ]
    assert held((0, 0.5, 0.5), (4, 0.5, 0.9)) == [True, False]


def test_what_creeps_has_changed_when_it_has_gone_far_enough() -> None:
    creeping = held(*((4 * k, 0.5 + 0.011 * k, 0.5) for k in range(20)))
    assert creeping == [True] * 6 + [False] * 14


def test_after_a_jump_back_only_what_lies_before_counts() -> None:
    assert held((100, 0.9, 0.5), (4, 0.5, 0.5), (8, 0.5, 0.5)) == [True] * 3
