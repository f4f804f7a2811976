"""A short pass of what tests/fuzz/fuzz.py does at length: bytes at random, and good ones damaged."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

EXAMPLES = {"model": 40, "melody": 150, "preset": 60, "config": 100}


@pytest.fixture(scope="module")
def targets() -> Any:
    folder = str(Path(__file__).with_name("fuzz"))
    sys.path.insert(0, folder)
    import targets

    sys.path.remove(folder)
    return targets.TARGETS


def damaged(seed: bytes, dice: random.Random) -> bytes:
    """A few bytes of it changed, left out, doubled or moved."""
    data = bytearray(seed)
    for _ in range(dice.randint(1, 6)):
        at, length = dice.randrange(len(data) + 1), dice.choice((1, 1, 2, 8, 100))
        match dice.randrange(4):
            case 0:
                data[at : at + length] = dice.randbytes(min(length, len(data) - at))
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = data[at : at + length]
            case _:
                data[at:at] = data[dice.randrange(len(data) + 1) :][:length]
    return bytes(data)


@pytest.mark.parametrize("name", ["midi", "clock", "preset", "config", "card", "model", "melody"])
def test_good_bytes_and_damaged_ones_raise_nothing_but_sentences(targets: ModuleType, name: str) -> None:
    target, dice = targets[name], random.Random(name)  # type: ignore[index]
    for seed in target.seeds:
        target.run(seed)
    for _ in range(EXAMPLES.get(name, 300)):
        target.run(damaged(dice.choice(target.seeds), dice))


@pytest.mark.parametrize("name", ["midi", "clock", "preset", "config", "card", "melody"])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.binary(max_size=400))
def test_any_bytes_raise_nothing_but_sentences(targets: ModuleType, name: str, data: bytes) -> None:
    targets[name].run(data)  # type: ignore[index]
