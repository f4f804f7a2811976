"""A taught generator as one .onnx file that says what it is, checked against what it was made from."""

from __future__ import annotations

import io
import logging
import warnings

import numpy as np
import onnx
import torch

from bandmate.models import contract
from bandmate.models.contract import CONTROLS, GENERATOR_INPUTS, Card, ModelError
from bandmate.models.generator import Generator
from bandmate.training.fitting.lesson import Performer

OPSET = 18
TOLERANCE = 1e-4
OUTPUTS = ("onset", "sustain", "velocity", "gate")


def to_bytes(performer: Performer, card: Card) -> bytes:
    """The ONNX file of a performer, batch 1, inputs and outputs by name, the card in its metadata."""
    return serialised(performer, tuple(examples(performer).values()), performer.takes, OUTPUTS, card)


def serialised(
    module: torch.nn.Module,
    offer: tuple[torch.Tensor, ...],
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    card: Card,
) -> bytes:
    """The ONNX file of a module called with `offer`, with nothing of this machine in it."""
    file = io.BytesIO()
    for wordy in ("torch.onnx", "onnxscript", "onnx_ir"):
        logging.getLogger(wordy).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        program = torch.onnx.export(
            module.eval(),
            offer,
            input_names=list(inputs),
            output_names=list(outputs),
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


def restated(data: bytes, card: Card) -> bytes:
    """The ONNX file with another card."""
    model = onnx.load_from_string(data)
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {contract.PROPERTY: contract.dump(card)})
    return bytes(model.SerializeToString())


def examples(performer: Performer, seed: int = 0) -> dict[str, torch.Tensor]:
    """Inputs of the right shapes by name: random notes, half a window known."""
    rng = np.random.default_rng(seed)
    known = np.arange(32) < 8
    sizes = {name: tuple(n or performer.noise for n in GENERATOR_INPUTS[name]) for name in performer.takes}
    out = {name: (rng.random(shape) < 0.05).astype(np.float32) for name, shape in sizes.items()}
    made = {
        "heard": known[None].astype(np.float32),
        "played": known[None].astype(np.float32),
        "noise": rng.standard_normal((1, performer.noise)).astype(np.float32),
        "controls": rng.random((1, CONTROLS)).astype(np.float32),
    }
    return {name: torch.from_numpy(made.get(name, value)) for name, value in out.items()}


def parity(performer: Performer, data: bytes, name: str) -> float:
    """The largest difference between the network and its file as the player runs it, over three inputs.

    Raises ModelError where it is more than a ten-thousandth.
    """
    generator, worst = Generator(data, name), 0.0
    for seed in range(3):
        offer = examples(performer, seed)
        said = generator.run({k: v.numpy() for k, v in offer.items()})
        with torch.no_grad():
            real = performer(*offer.values())
        pairs = zip((said.onset, said.sustain, said.velocity, said.gate), real, strict=True)
        worst = max(worst, *(float(np.abs(mine - true[0].numpy()).max()) for mine, true in pairs))
    return held_to_tolerance(worst, name)


def held_to_tolerance(worst: float, name: str) -> float:
    """A difference between a file and its network. Raises ModelError where it is too large."""
    if worst > TOLERANCE:
        raise ModelError(
            f"{name} differs from its network by {worst:.2g}; export it with another torch or opset"
        )
    return worst
