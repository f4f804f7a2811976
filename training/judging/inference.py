"""How long the two networks of a preset take for a hop, on one thread."""

from __future__ import annotations

import time
from collections.abc import Mapping

import numpy as np

from bandmate.models import contract
from bandmate.models.generator import Ear, Generator

ROUNDS = 5
HOPS = 200
WARM = 20
EAR_TURNS = 2


def hop_p99(ear: bytes, band: bytes) -> float:
    """Milliseconds: 99 of 100 hops take no longer, in the quietest of five rounds of 200.

    A hop is what a decision asks of the networks: the ear is told the last complete beat and asked for the
    chords to come, and the band plays a window. ear, band: their ONNX files. Raises ModelError.
    """
    hearing, playing = Ear(ear, "the ear"), Generator(band, "the band")
    rng = np.random.default_rng(0)
    beat = _noise(contract.EAR_INPUTS, hearing.state_size, rng)
    window = _noise(contract.GENERATOR_INPUTS, playing.noise_size, rng)

    def hop() -> float:
        begin = time.perf_counter()
        for _ in range(EAR_TURNS):
            hearing.run(beat)
        playing.run(window)
        return 1000 * (time.perf_counter() - begin)

    for _ in range(WARM):
        hop()
    return min(float(np.quantile([hop() for _ in range(HOPS)], 0.99)) for _ in range(ROUNDS))


def _noise(
    inputs: Mapping[str, contract.Shape], size: int, rng: np.random.Generator
) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """Every input of a contract, where it leaves a size open of this one."""
    return {
        name: rng.random([size if k is None else k for k in shape], np.float32)
        for name, shape in inputs.items()
    }
