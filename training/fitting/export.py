"""A taught generator as one .onnx file that says what it is, checked against what it was made from."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import onnx
import torch

from bandmate.models import contract
from bandmate.models.contract import CONTROLS, GENERATOR_INPUTS, Card, ModelError
from bandmate.models.generator import Generator
from bandmate.training.band.network import Player

OPSET = 18
TOLERANCE = 1e-4
OUTPUTS = ("onset", "sustain", "velocity", "gate")


def to_bytes(player: Player, card: Card) -> bytes:
    """The ONNX file of a player, batch 1, inputs and outputs by name, the card in its metadata."""
    offer = tuple(examples(player).values())
    file = io.BytesIO()
    program = torch.onnx.export(
        player.eval(),
        offer,
        input_names=list(GENERATOR_INPUTS),
        output_names=list(OUTPUTS),
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


def examples(player: Player, seed: int = 0) -> dict[str, torch.Tensor]:
    """Inputs of the right shapes by name: random notes, half a window known."""
    rng = np.random.default_rng(seed)
    known = np.arange(32) < 8
    sizes = {
        name: tuple(n or player.bank.shape[1] for n in shape) for name, shape in GENERATOR_INPUTS.items()
    }
    out = {name: (rng.random(shape) < 0.05).astype(np.float32) for name, shape in sizes.items()}
    out["heard"] = out["played"] = known[None].astype(np.float32)
    out["noise"] = rng.standard_normal(sizes["noise"]).astype(np.float32)
    out["controls"] = rng.random((1, CONTROLS)).astype(np.float32)
    return {name: torch.from_numpy(value) for name, value in out.items()}


def parity(player: Player, data: bytes, name: str) -> float:
    """The largest difference between the network and its file as the player runs it, over three inputs.

    Raises ModelError where it is more than a ten-thousandth.
    """
    generator, worst = Generator(data, name), 0.0
    for seed in range(3):
        offer = examples(player, seed)
        said = generator.run({k: v.numpy() for k, v in offer.items()})
        with torch.no_grad():
            real = player(**offer)
        pairs = zip((said.onset, said.sustain, said.velocity, said.gate), real, strict=True)
        worst = max(worst, *(float(np.abs(mine - true[0].numpy()).max()) for mine, true in pairs))
    if worst > TOLERANCE:
        raise ModelError(
            f"{name} differs from its network by {worst:.2g}; export it with another torch or opset"
        )
    return worst


def write(player: Player, card: Card, path: Path) -> float:
    """Exports, checks and only then writes the file; the largest difference found. Raises ModelError."""
    data = to_bytes(player, card)
    worst = parity(player, data, path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".part").write_bytes(data)
    path.with_suffix(".part").replace(path)
    return worst
