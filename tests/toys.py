"""Toy models: real ONNX files of a few KB that obey the contract, made on the spot."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from bandmate.models import contract
from bandmate.models.contract import Card
from bandmate.models.harmony import CHORDS, HORIZON
from bandmate.models.roll import PARTS, PITCHES, WINDOW

STATE = 12


def generator(parts: tuple[str, ...], noise: int = 4, sure: float = 0.95, **card: object) -> bytes:
    """A band that strikes each tone of the plan on every beat (the drums a kick) and holds it for the beat.

    Part k plays in the octave from 36 + 12 k on; its velocity is .5. It is as sure of all this as is stated.
    """
    drums = np.array([name == "drums" for name in parts], np.float32)
    pitch = np.arange(PITCHES)
    octave = np.array([(pitch >= 36 + 12 * p) & (pitch < 48 + 12 * p) for p in range(PARTS)], np.float32)
    beat = (np.arange(WINDOW) % 4 == 0).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["harmony", "classes"], ["tones"], axis=2),
        helper.make_node("Unsqueeze", ["tones", "one"], ["plan"]),
        helper.make_node("Mul", ["plan", "pitched"], ["playable"]),
        helper.make_node("Mul", ["playable", "beat"], ["chords"]),
        helper.make_node("Mul", ["beat", "kick"], ["kicks"]),
        helper.make_node("Add", ["chords", "kicks"], ["onset"]),
        helper.make_node("Mul", ["playable", "between"], ["sustain"]),
        helper.make_node("ReduceSum", ["noise"], ["sum"], keepdims=0),
        helper.make_node("Mul", ["sum", "nothing"], ["zero"]),
        helper.make_node("Add", ["zero", "half"], ["loudness"]),
        helper.make_node("Expand", ["loudness", "shape"], ["velocity"]),
    ]
    constants = {
        "classes": (pitch % 12).astype(np.int64),
        "one": np.array([1], np.int64),
        "pitched": sure * (octave * (1 - drums)[:, None])[None, :, None, :],
        "beat": beat[None, None, :, None],
        "between": (1 - beat)[None, None, :, None],
        "kick": sure * drums[None, :, None, None] * (pitch == 36).astype(np.float32),
        "nothing": np.zeros(1, np.float32),
        "half": np.full((1, 1, 1, 1), 0.5, np.float32),
        "shape": np.array([1, PARTS, WINDOW, PITCHES], np.int64),
    }
    constants = {k: v.astype(np.float32) if v.dtype == np.float64 else v for k, v in constants.items()}
    inputs = {"harmony": (1, WINDOW, 24), "noise": (1, noise)}
    stated = Card(kind="generator", genre="toy", parts=parts, **card)  # type: ignore[arg-type]
    return _file(nodes, constants, inputs, dict(contract.GENERATOR_OUTPUTS), stated)


def ear(**card: object) -> bytes:
    """An ear that expects, for eight beats, the major triad on the pitch class of the last complete beat's
    last step or, where the beat to decide is known, of its first step; C before anything is heard."""
    pick = np.zeros((112, 12), np.float32)
    pick[84:96] = np.eye(12)
    first = np.zeros((112, 12), np.float32)
    first[:12] = np.eye(12)
    widen = np.zeros((12, CHORDS), np.float32)
    widen[:, :12] = np.eye(12)
    start = np.zeros((1, 12), np.float32)
    start[0, 0] = 0.1
    nodes = [
        helper.make_node("Slice", ["beat", "from", "to", "axis"], ["steps"]),
        helper.make_node("MatMul", ["steps", "pick"], ["now"]),
        helper.make_node("ReduceMax", ["beat_phase"], ["happened"], axes=[1], keepdims=1),
        helper.make_node("Mul", ["state", "half"], ["faded"]),
        helper.make_node("Sub", ["state", "faded"], ["rest"]),
        helper.make_node("Mul", ["rest", "happened"], ["forgotten"]),
        helper.make_node("Sub", ["state", "forgotten"], ["kept"]),
        helper.make_node("Mul", ["now", "happened"], ["news"]),
        helper.make_node("Add", ["kept", "news"], ["next_state"]),
        helper.make_node("MatMul", ["partial", "first"], ["early"]),
        helper.make_node("Mul", ["early", "loud"], ["heard"]),
        helper.make_node("Add", ["next_state", "heard"], ["evidence"]),
        helper.make_node("Add", ["evidence", "start"], ["weight"]),
        helper.make_node("ReduceSum", ["weight", "axis"], ["total"], keepdims=1),
        helper.make_node("Div", ["weight", "total"], ["share"]),
        helper.make_node("MatMul", ["share", "widen"], ["one"]),
        helper.make_node("Reshape", ["one", "row"], ["one_beat"]),
        helper.make_node("Expand", ["one_beat", "beats"], ["chord"]),
        helper.make_node("Expand", ["silent", "beats12"], ["melody"]),
        helper.make_node("Identity", ["chord"], ["hindsight"]),
        helper.make_node("ReduceSum", ["known"], ["u1"], keepdims=0),
        helper.make_node("ReduceSum", ["phase"], ["u2"], keepdims=0),
    ]
    constants = {
        "from": np.array([0], np.int64),
        "to": np.array([112], np.int64),
        "axis": np.array([1], np.int64),
        "pick": pick,
        "first": first,
        "widen": widen,
        "start": start,
        "half": np.array([0.25], np.float32),
        "loud": np.array([8], np.float32),
        "row": np.array([1, 1, CHORDS], np.int64),
        "beats": np.array([1, HORIZON, CHORDS], np.int64),
        "beats12": np.array([1, HORIZON, 12], np.int64),
        "silent": np.zeros((1, 1, 12), np.float32),
    }
    inputs = {name: shape if shape[1] else (1, STATE) for name, shape in contract.EAR_INPUTS.items()}
    outputs = {"next_state": (1, STATE)}
    shapes = {k: v for k, v in (contract.EAR_OUTPUTS | contract.EAR_OPTIONAL).items() if k != "next_state"}
    return _file(nodes, constants, inputs, outputs | shapes, Card(kind="ear", genre="toy", **card))  # type: ignore[arg-type]


def _file(
    nodes: list[onnx.NodeProto],
    constants: dict[str, np.ndarray],
    inputs: dict[str, tuple[int | None, ...]],
    outputs: dict[str, tuple[int | None, ...]],
    card: Card,
) -> bytes:
    graph = helper.make_graph(
        nodes,
        "toy",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    helper.set_model_props(model, {contract.PROPERTY: contract.dump(card)})
    return bytes(model.SerializeToString())
