"""Model files through the real ONNX Runtime: what is good plays, what is not is refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from bandmate.models import contract, generator, harmony
from bandmate.models.contract import Card, ModelError
from bandmate.models.generator import Ear, Generator

PARTS = ("drums", "bass", "keys", "strings")
WHOLE = [1, 4, 32, 128]

Edit = Callable[[onnx.ModelProto], object]


def offer(chord: int = 0, noise: int = 4) -> dict[str, np.ndarray]:
    """Every input of a generator, silent but for the plan: one chord throughout."""
    sizes = {name: [n or noise for n in shape] for name, shape in contract.GENERATOR_INPUTS.items()}
    out = {name: np.zeros(size, np.float32) for name, size in sizes.items()}
    out["harmony"][0] = harmony.rows(np.full(32, chord))
    return out


def listened(state: np.ndarray, last: int) -> dict[str, np.ndarray]:
    """Every input of an ear that hears a beat which ends on a pitch class."""
    sizes = {name: [n or len(state) for n in shape] for name, shape in contract.EAR_INPUTS.items()}
    out = {name: np.zeros(size, np.float32) for name, size in sizes.items()}
    out["state"][0] = state
    out["beat"][0, 84 + last] = out["beat_phase"][0, 0] = 1
    return out


def changed(data: bytes, edit: Edit) -> bytes:
    """A file, edited."""
    model = onnx.load_from_string(data)
    edit(model)
    return bytes(model.SerializeToString())


def made(
    card: Card, inputs: dict[str, list], outputs: dict[str, list], kind: int = TensorProto.FLOAT
) -> bytes:
    """A file whose outputs are constant, .25 or of whatever type, and do not hang on the inputs."""
    fill = {
        name: np.full([n if isinstance(n, int) else 3 for n in shape], 0.25)
        for name, shape in outputs.items()
    }
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    graph = helper.make_graph(
        [helper.make_node("Identity", [f"{name}_"], [name]) for name in outputs],
        "made",
        [helper.make_tensor_value_info(name, kind, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info(name, kind, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(value.astype(dtype), f"{name}_") for name, value in fill.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    helper.set_model_props(model, {contract.PROPERTY: contract.dump(card)})
    return bytes(model.SerializeToString())


@pytest.fixture(scope="module")
def band(toys: ModuleType) -> bytes:
    return bytes(toys.generator(PARTS))


def test_a_generator_plays_the_plan(band: bytes) -> None:
    loaded = Generator(band, "toy.onnx")
    said = loaded.run(offer(chord=7))
    assert loaded.card.parts == PARTS
    assert loaded.noise_size == 4
    assert {plane.shape for plane in (said.onset, said.sustain, said.velocity)} == {(4, 32, 128)}
    assert np.flatnonzero(said.onset[1, 0]).tolist() == [50, 55, 59]
    assert np.flatnonzero(said.onset[0].any(1)).tolist() == list(range(0, 32, 4))


def test_without_a_gate_the_largest_onset_is_the_gate(band: bytes) -> None:
    said = Generator(band, "toy.onnx").run(offer())
    assert np.array_equal(said.gate, said.onset.max(2))
    assert said.gate[:, 0].tolist() == pytest.approx([0.95] * 4)
    assert not said.gate[:, 1].any()


def test_a_gate_that_is_given_is_taken() -> None:
    outputs = dict.fromkeys(("onset", "sustain", "velocity"), WHOLE) | {"gate": [1, 4, 32]}
    said = Generator(made(Card("generator", parts=PARTS), {}, outputs), "toy.onnx").run(offer())
    assert (said.gate == 0.25).all()


def test_a_bare_generator_of_melody_and_noise_plays_through_the_same_code() -> None:
    inputs = {"melody": [1, 4, 32, 128], "noise": [1, 9]}
    outputs = dict.fromkeys(("onset", "sustain", "velocity"), WHOLE)
    loaded = Generator(made(Card("generator", parts=PARTS), inputs, outputs), "bare.onnx")
    assert loaded.noise_size == 9
    assert (loaded.run(offer(noise=9)).onset == 0.25).all()


def test_an_ear_remembers_what_it_heard(toys: ModuleType) -> None:
    ear = Ear(toys.ear(), "toy-ear.onnx")
    before = ear.silence()
    heard = ear.run(listened(before, last=9))
    assert before.shape == (ear.state_size,) == heard.state.shape
    assert heard.chord.shape == (8, 25)
    assert heard.melody.shape == (8, 12)
    assert heard.chord[0].argmax() == 9
    assert heard.hindsight is not None
    assert ear.run(listened(heard.state, last=2)).chord[0, 9] > 0


def test_an_ear_may_leave_hindsight_out(toys: ModuleType) -> None:
    def drop(model: onnx.ModelProto) -> None:
        model.graph.output.remove(next(o for o in model.graph.output if o.name == "hindsight"))

    ear = Ear(changed(toys.ear(), drop), "toy-ear.onnx")
    assert ear.run(listened(ear.silence(), last=0)).hindsight is None


def test_any_model_is_loaded_as_what_it_says_it_is(toys: ModuleType, band: bytes) -> None:
    assert isinstance(generator.load(band, "toy.onnx"), Generator)
    assert isinstance(generator.load(toys.ear(), "toy-ear.onnx"), Ear)


def told(make: Callable[[], object]) -> str:
    """The one sentence of a ModelError."""
    with pytest.raises(ModelError) as error:
        make()
    sentence = str(error.value)
    assert sentence.startswith("toy.onnx ")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("data", [b"", b"MThd", b"\x00" * 99, b"not a model at all"])
def test_bytes_that_are_no_model(data: bytes) -> None:
    assert "can't be loaded as an ONNX model" in told(lambda: Generator(data, "toy.onnx"))


@pytest.mark.parametrize("eighths", range(1, 8))
def test_a_truncated_file(band: bytes, eighths: int) -> None:
    told(lambda: Generator(band[: len(band) * eighths // 8], "toy.onnx"))


def test_metadata_that_is_no_text(band: bytes) -> None:
    damaged = band.replace(b'"genre": "toy"', b'"genre": "\xa7oy"')
    assert damaged != band
    assert told(lambda: Generator(damaged, "toy.onnx")).startswith("toy.onnx has names that are no text")


def rename(old: str, new: str) -> Edit:
    """An output under another name."""

    def edit(model: onnx.ModelProto) -> None:
        for each in (*model.graph.output, *model.graph.node):
            if isinstance(each, onnx.NodeProto):
                each.output[:] = [new if name == old else name for name in each.output]
            elif each.name == old:
                each.name = new

    return edit


def without_metadata(model: onnx.ModelProto) -> None:
    del model.metadata_props[:]


def without_velocity(model: onnx.ModelProto) -> None:
    model.graph.output.remove(model.graph.output[2])


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (without_metadata, "carries no 'bandmate' metadata"),
        (without_velocity, "gives no velocity; a generator must give onset, sustain, velocity"),
        (rename("velocity", "loud"), "gives 'loud', which is none of onset, sustain, velocity, gate"),
    ],
)
def test_what_a_toy_must_not_lack(band: bytes, edit: Edit, sentence: str) -> None:
    assert sentence in told(lambda: Generator(changed(band, edit), "toy.onnx"))


@pytest.mark.parametrize(
    ("inputs", "outputs", "sentence"),
    [
        ({"harmony": [1, 32, 12]}, {}, "takes 'harmony' of shape [1, 32, 12]; it must be [1, 32, 24]"),
        ({"heard": [1, 1, 32]}, {}, "takes 'heard' of shape [1, 1, 32]; it must be [1, 32]"),
        ({"tempo": [1, 1]}, {}, "takes 'tempo', which is none of melody, heard, band"),
        ({"noise": [1, "Z"]}, {}, "leaves the size of 'noise' open; export it with a fixed one"),
        (
            {},
            {"onset": [1, 5, 32, 128]},
            "gives 'onset' of shape [1, 5, 32, 128]; it must be [1, 4, 32, 128]",
        ),
        ({}, {"onset": [1, 4, 32, "n"]}, "gives 'onset' of shape [1, 4, 32, 3]; it must be [1, 4, 32, 128]"),
    ],
)
def test_shapes_that_the_contract_does_not_know(
    inputs: dict[str, list], outputs: dict[str, list], sentence: str
) -> None:
    all_outputs = dict.fromkeys(("onset", "sustain", "velocity"), WHOLE) | outputs
    data = made(Card("generator", parts=PARTS), inputs, all_outputs)
    assert sentence in told(lambda: Generator(data, "toy.onnx"))


def test_a_batch_may_be_left_open() -> None:
    outputs = dict.fromkeys(("onset", "sustain", "velocity"), WHOLE)
    data = made(Card("generator", parts=PARTS), {"harmony": ["batch", 32, 24]}, outputs)
    assert Generator(data, "toy.onnx").run(offer()).onset.shape == (4, 32, 128)


def test_numbers_must_be_float32() -> None:
    outputs = dict.fromkeys(("onset", "sustain", "velocity"), WHOLE)
    data = made(Card("generator", parts=PARTS), {}, outputs, TensorProto.DOUBLE)
    assert "has 'onset' as tensor(double); it must be tensor(float)" in told(
        lambda: Generator(data, "toy.onnx")
    )


def test_an_ear_is_no_band_and_a_band_no_ear(toys: ModuleType, band: bytes) -> None:
    assert "is of kind 'ear' where a preset needs 'generator'" in told(
        lambda: Generator(toys.ear(), "toy.onnx")
    )
    assert "is of kind 'generator' where a preset needs 'ear'" in told(lambda: Ear(band, "toy.onnx"))


def test_an_ears_states_are_of_one_size() -> None:
    outputs = {"next_state": [1, 7], "chord": [1, 8, 25], "melody": [1, 8, 12]}
    data = made(Card("ear"), {"state": [1, 12]}, outputs)
    assert "takes a 'state' of 12 and gives a 'next_state' of 7" in told(lambda: Ear(data, "toy.onnx"))


def root_of_minus_plan(model: onnx.ModelProto) -> None:
    """Velocity is no number where there is a plan."""
    rename("velocity", "plain")(model)
    model.graph.output[2].name = "velocity"
    model.graph.node.extend(
        [
            helper.make_node("ReduceSum", ["harmony"], ["all"], keepdims=0),
            helper.make_node("Neg", ["all"], ["less"]),
            helper.make_node("Sqrt", ["less"], ["root"]),
            helper.make_node("Add", ["plain", "root"], ["velocity"]),
        ]
    )


def test_what_is_not_a_number_is_refused_while_playing(band: bytes) -> None:
    loaded = Generator(changed(band, root_of_minus_plan), "toy.onnx")
    assert "gave 'velocity' that is not a number" in told(lambda: loaded.run(offer()))


def of_another_length(model: onnx.ModelProto) -> None:
    """Its onsets have as many steps as the melody has onsets, where it has any."""
    (made,) = [node for node in model.graph.node if node.output[0] == "onset"]
    made.output[0] = "whole"
    model.graph.initializer.extend(
        [
            numpy_helper.from_array(np.array([0], np.int64), "nought"),
            numpy_helper.from_array(np.array([2], np.int64), "second"),
            numpy_helper.from_array(np.array([32], np.int64), "all"),
        ]
    )
    nodes = [
        helper.make_node("ReduceSum", ["noise"], ["loud"], keepdims=0),
        helper.make_node("Cast", ["loud"], ["count"], to=TensorProto.INT64),
        helper.make_node("Sub", ["all", "count"], ["end"]),
        helper.make_node("Slice", ["whole", "nought", "end", "second"], ["onset"]),
    ]
    model.graph.node.extend(nodes)
    (onset,) = [output for output in model.graph.output if output.name == "onset"]
    onset.type.tensor_type.shape.dim[2].dim_param = "steps"


def test_another_shape_than_before_is_refused_while_playing(band: bytes) -> None:
    generator = Generator(changed(band, of_another_length), "toy.onnx")
    given = offer()
    assert generator.run(given).onset.shape == (4, 32, 128)
    given["noise"][:] = 1
    assert told(lambda: generator.run(given)) == (
        "toy.onnx gave 'onset' of shape [1, 4, 28, 128]; it must be [1, 4, 32, 128] whatever it is given: "
        "export it again"
    )


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("std::bad_alloc")])
def test_a_want_of_memory_is_called_so(
    band: bytes, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    generator = Generator(band, "toy.onnx")

    class Starved:
        def run(self, *_: object) -> None:
            raise error

    monkeypatch.setattr(generator._session, "_session", Starved())
    assert told(lambda: generator.run(offer())) == (
        "toy.onnx needs more memory than there is; close other programs, or choose a smaller model"
    )


def test_what_is_never_a_number_is_refused_before_playing(band: bytes) -> None:
    def edit(model: onnx.ModelProto) -> None:
        half = next(value for value in model.graph.initializer if value.name == "half")
        half.CopyFrom(numpy_helper.from_array(np.full((1, 1, 1, 1), np.inf, np.float32), "half"))

    assert "gave 'velocity' that is not a number" in told(lambda: Generator(changed(band, edit), "toy.onnx"))


def test_a_file_that_breaks_when_it_runs_is_refused_before_playing(band: bytes) -> None:
    def edit(model: onnx.ModelProto) -> None:
        shape = next(value for value in model.graph.initializer if value.name == "classes")
        shape.CopyFrom(numpy_helper.from_array(np.full(128, 99, np.int64), "classes"))

    assert "fails when it is run" in told(lambda: Generator(changed(band, edit), "toy.onnx"))
