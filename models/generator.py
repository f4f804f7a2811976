"""Trained files through ONNX Runtime: the only place that imports it.

One thread and no spinning: measured beside a player, a second inference thread costs more lateness
of the notes than it saves (docs/architecture.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from bandmate.models import contract
from bandmate.models.contract import Card, ModelError, Shape
from bandmate.models.probabilities import Probabilities

FLOAT = "tensor(float)"

Array = NDArray[np.float32]
Shapes = dict[str, tuple[Any, ...]]
Known = dict[str, Shape]


@dataclass(frozen=True)
class Heard:
    """An ear's answer: the state after the beat, chord float32[8,25], melody float32[8,12] and,
    where the file gives it, hindsight float32[8,25] (the last complete beat first)."""

    state: Array
    chord: Array
    melody: Array
    hindsight: Array | None


class _Session:
    """An ONNX file opened and held to its contract; runs on inputs by name."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 4  # what goes wrong is told in sentences
        try:
            self._session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ModelError(
                _starved(error, name)
                or f"{name} can't be loaded as an ONNX model ({_first_line(error)}); export or copy it again"
            ) from error
        try:
            text = self._session.get_modelmeta().custom_metadata_map.get(contract.PROPERTY)
            inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        except UnicodeDecodeError as error:
            raise ModelError(f"{name} has names that are no text; export or copy it again") from error
        self.card: Card = contract.parse(text, name)
        self._rehearsed = False
        self.inputs, self.outputs = self._shapes(inputs), self._shapes(outputs)

    def _shapes(self, tensors: list[Any]) -> Shapes:
        for tensor in tensors:
            if tensor.type != FLOAT:
                raise ModelError(f"{self.name} has '{tensor.name}' as {tensor.type}; it must be {FLOAT}")
        return {tensor.name: tuple(tensor.shape) for tensor in tensors}

    def hold_to(self, kind: str, inputs: Known, outputs: Known, optional: Known) -> None:
        """Raises ModelError unless the file is of the kind and shape that the contract states, and runs."""
        if self.card.kind != kind:
            raise ModelError(f"{self.name} is of kind '{self.card.kind}' where a preset needs '{kind}'")
        self._check("takes", self.inputs, inputs)
        self._check("gives", self.outputs, outputs | optional)
        if missing := sorted(set(outputs) - set(self.outputs)):
            wanted = ", ".join(outputs)
            raise ModelError(f"{self.name} gives no {', '.join(missing)}; a {kind} must give {wanted}")
        for name, shape in self.inputs.items():
            if inputs[name][-1] is None and not isinstance(shape[-1], int):
                raise ModelError(f"{self.name} leaves the size of '{name}' open; export it with a fixed one")
        self._rehearse(inputs)
        self._check("gives", self.outputs, outputs | optional)
        self._rehearsed = True

    def _rehearse(self, inputs: Known) -> None:
        """Run on silence once: what a file says of its outputs may leave sizes open."""
        silence = {n: np.zeros([k or self.size(n) for k in inputs[n]], np.float32) for n in self.inputs}
        self.outputs = {name: value.shape for name, value in self.run(silence).items()}

    def _check(self, verb: str, have: Shapes, known: Known) -> None:
        for name, shape in have.items():
            if name not in known:
                raise ModelError(f"{self.name} {verb} '{name}', which is none of {', '.join(known)}")
            wanted = known[name]
            fits = len(shape) == len(wanted) and all(
                w is None or h == w or not isinstance(h, int) for h, w in zip(shape, wanted, strict=True)
            )
            if not fits:
                raise ModelError(
                    f"{self.name} {verb} '{name}' of shape {list(shape)}; it must be {list(wanted)}"
                )

    def size(self, name: str) -> int:
        """The last dimension of an input, 0 where the file does not take it."""
        shape = self.inputs.get(name, (0,))
        return shape[-1] if isinstance(shape[-1], int) else 0

    def run(self, offer: Mapping[str, Array]) -> dict[str, Array]:
        feed = {name: offer[name] for name in self.inputs}
        try:
            answers = self._session.run(None, feed)
        except Exception as error:
            raise ModelError(
                _starved(error, self.name)
                or f"{self.name} fails when it is run ({_first_line(error)}); export it again"
            ) from error
        named = dict(zip(self.outputs, answers, strict=True))
        for output, value in named.items():
            if self._rehearsed and value.shape != self.outputs[output]:
                raise ModelError(
                    f"{self.name} gave '{output}' of shape {list(value.shape)}; it must be "
                    f"{list(self.outputs[output])} whatever it is given: export it again"
                )
            if not np.isfinite(value).all():
                raise ModelError(
                    f"{self.name} gave '{output}' that is not a number; train or export it again"
                )
        return named


class Generator:
    """A band: melody, plan and noise in, four parts out."""

    def __init__(self, data: bytes, name: str) -> None:
        """data: the bytes of an ONNX file called name. Raises ModelError."""
        self._session = _Session(data, name)
        self._session.hold_to(
            "generator", contract.GENERATOR_INPUTS, contract.GENERATOR_OUTPUTS, contract.GENERATOR_OPTIONAL
        )
        self.card = self._session.card
        self.noise_size = self._session.size("noise")

    def run(self, offer: Mapping[str, Array]) -> Probabilities:
        """The four parts' probabilities. offer: every input of the contract. Raises ModelError."""
        said = self._session.run(offer)
        onset = said["onset"][0]
        gate = said["gate"][0] if "gate" in said else onset.max(2)
        return Probabilities(onset, said["sustain"][0], said["velocity"][0], gate)


class Ear:
    """A predictor of harmony: beats of melody in, chords of the beats to come out."""

    def __init__(self, data: bytes, name: str) -> None:
        """data: the bytes of an ONNX file called name. Raises ModelError."""
        self._session = _Session(data, name)
        self._session.hold_to("ear", contract.EAR_INPUTS, contract.EAR_OUTPUTS, contract.EAR_OPTIONAL)
        self.card = self._session.card
        self.state_size = self._session.size("state")
        following = self._session.outputs["next_state"][-1]
        if "state" in self._session.inputs and following != self.state_size:
            raise ModelError(
                f"{name} takes a 'state' of {self.state_size} and gives a 'next_state' of {following}; "
                "they must be of one size"
            )

    def silence(self) -> Array:
        """The state before anything was heard, float32[S]."""
        return np.zeros(self.state_size, np.float32)

    def run(self, offer: Mapping[str, Array]) -> Heard:
        """What comes next. offer: every ear input of the contract. Raises ModelError."""
        said = self._session.run(offer)
        hindsight = said["hindsight"][0] if "hindsight" in said else None
        return Heard(said["next_state"][0], said["chord"][0], said["melody"][0], hindsight)


def load(data: bytes, name: str) -> Generator | Ear:
    """The model in a file's bytes, of the kind that its card states. Raises ModelError."""
    kind = _Session(data, name).card.kind
    return Ear(data, name) if kind == "ear" else Generator(data, name)


def _starved(error: Exception, name: str) -> str | None:
    """A sentence, if memory was wanting: ONNX Runtime tells that in its own words."""
    words = str(error).lower()
    if isinstance(error, MemoryError) or "bad_alloc" in words or "allocate memory" in words:
        return f"{name} needs more memory than there is; close other programs, or choose a smaller model"
    return None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
