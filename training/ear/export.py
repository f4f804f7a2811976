"""A fitted ear as one .onnx file that says what it is, checked against the network it was made from."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from bandmate.models import contract
from bandmate.models.contract import EAR_INPUTS, EAR_OPTIONAL, EAR_OUTPUTS, Card, ModelError
from bandmate.models.generator import Ear as Played
from bandmate.models.harmony import Reluctance
from bandmate.training.ear.network import STATE, Ear
from bandmate.training.ear.score import probabilities, rehearse, score
from bandmate.training.songs import Song

OPSET = 18
TOLERANCE = 1e-4


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
    file = io.BytesIO()
    program = torch.onnx.export(
        Playable(ear).eval(),
        tuple(torch.from_numpy(value) for value in examples(0).values()),
        input_names=list(EAR_INPUTS),
        output_names=[*EAR_OUTPUTS, *EAR_OPTIONAL],
        opset_version=OPSET,
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    program.save(file)
    model = onnx.load_from_string(file.getvalue())
    del model.metadata_props[:]
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    del model.graph.value_info[:]
    onnx.helper.set_model_props(model, {contract.PROPERTY: contract.dump(card)})
    return bytes(model.SerializeToString())


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
    if worst > TOLERANCE:
        raise ModelError(
            f"{name} differs from its network by {worst:.2g}; export it with another torch or opset"
        )
    return worst


def write(ear: Ear, card: Card, path: Path) -> float:
    """Exports, checks and only then writes the file; the largest difference found. Raises ModelError."""
    data = to_bytes(ear, card)
    worst = parity(ear, data, path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".part").write_bytes(data)
    path.with_suffix(".part").replace(path)
    return worst


def publish(ear: Ear, songs: list[Song], genre: str, corpora: tuple[str, ...], path: Path) -> Card:
    """Writes the ear, its card saying how it did on songs it never saw; the card. Raises ModelError."""
    heard = rehearse(ear, songs)
    metrics: dict[str, float] = {}
    for manner, revised in (("ahead", False), ("revised", True)):
        metrics |= {f"{manner} {name}": v for name, v in score(heard, Reluctance(), revised).items()}
    card = Card(kind="ear", genre=genre, trained_on=corpora, metrics=metrics)
    write(ear, card, path)
    return card
