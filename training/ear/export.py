"""A fitted ear as one .onnx file that says what it is, checked against the network it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isnan
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from bandmate.models.contract import EAR_INPUTS, EAR_OPTIONAL, EAR_OUTPUTS, Card
from bandmate.models.decoding import DRUMS
from bandmate.models.generator import Ear as Played
from bandmate.models.harmony import Reluctance
from bandmate.training.ear import settling
from bandmate.training.ear.network import STATE, Ear
from bandmate.training.ear.score import probabilities, rehearse, score
from bandmate.training.fitting import export
from bandmate.training.songs import Song


class Playable(nn.Module):  # type: ignore[misc]
    """The ear as the contract has it: a beat taken in and the next one asked about, in one call."""

    def __init__(self, ear: Ear) -> None:
        super().__init__()
        self.ear = ear
        self.eval()

    def forward(
        self, state: Tensor, beat: Tensor, beat_phase: Tensor, partial: Tensor, known: Tensor, phase: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The contract's inputs, in its order, to state, chord, melody and hindsight."""
        state = self.ear.step(state, beat, beat_phase)
        answer = self.ear.head(self.ear.known(state), partial, known, phase)
        return (state, *probabilities(answer))


def to_bytes(ear: Ear, card: Card) -> bytes:
    """The ONNX file of an ear, inputs and outputs by name, the card in its metadata."""
    offer = tuple(torch.from_numpy(value) for value in examples(0).values())
    outputs = (*EAR_OUTPUTS, *EAR_OPTIONAL)
    return export.serialised(Playable(ear), offer, tuple(EAR_INPUTS), outputs, card)


def examples(seed: int) -> dict[str, np.ndarray]:
    """Inputs of the right shapes by name, random."""
    rng = np.random.default_rng(seed)
    out = {name: rng.standard_normal([n or STATE for n in shape]) for name, shape in EAR_INPUTS.items()}
    for name in ("beat_phase", "known", "phase"):
        size = out[name].shape[-1]
        out[name] = np.eye(size)[[rng.integers(size)]]
    return {name: value.astype(np.float32) for name, value in out.items()}


def parity(ear: Ear, data: bytes, name: str) -> float:
    """The largest difference between the network and its file as it is played, over three inputs.

    Raises ModelError where it is more than a ten-thousandth.
    """
    played, worst = Played(data, name), 0.0
    for seed in range(3):
        offer = examples(seed)
        said = played.run(offer)
        with torch.no_grad():
            truth = Playable(ear)(**{key: torch.from_numpy(value) for key, value in offer.items()})
        pairs = zip((said.state, said.chord, said.melody, said.hindsight), truth, strict=True)
        worst = max(worst, *(float(np.abs(mine - true[0].numpy()).max()) for mine, true in pairs))
    return export.held_to_tolerance(worst, name)


def publish(ear: Ear, songs: list[Song], parts: Sequence[str], card: Card) -> tuple[bytes, float]:
    """The file of an ear, and its largest difference from the network. Raises ModelError.

    songs: of these parts, that it never saw; card: what is known of it before, which then says how it did on
    them, and how often its chords change, which is settled on them.
    """
    data = to_bytes(ear, replace(card, **stated(ear, songs, parts, card.follow)))
    return data, parity(ear, data, f"{card.genre}-ear.onnx")


def stated(ear: Ear, songs: list[Song], parts: Sequence[str], follow: float = 1.0) -> dict[str, Any]:
    """What an ear's card says after songs that it never saw: the fields `reluctance` and `metrics`."""
    rehearsals = rehearse(ear, songs, follow)
    asked = settling.heard(songs, [voice for voice, name in enumerate(parts, 1) if name != DRUMS])
    reluctance = Reluctance() if isnan(asked) else settling.settled(rehearsals, asked)
    metrics: dict[str, float] = {}
    for manner, revised in (("ahead", False), ("revised", True)):
        metrics |= {f"{manner} {name}": v for name, v in score(rehearsals, reluctance, revised).items()}
    return {"reluctance": reluctance, "metrics": metrics}
