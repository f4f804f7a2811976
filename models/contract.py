"""The generator contract: what an ONNX file says of itself, and what it is offered by name.

A file carries one metadata property, `bandmate`, a JSON object with the fields of `Card`. The player
offers every input below and feeds what the file asks for, so a bare melody-and-noise generator and
the full one play through the same code. All tensors are float32, batch first.

Generator inputs: melody [1,4,32,128] (onset and sustain of the previous window, then of this one, zero
where not yet heard); heard [1,32]; band [1,16,32,128] (four parts, each laid out as melody, zero where
not committed); played [1,32]; harmony [1,32,24]; noise [1,Z]; controls [1,5] (density of each part and
energy, all 0..1, .5 as trained).
Outputs: onset, sustain [1,4,32,128] probabilities; velocity [1,4,32,128] 0..1; and optionally
gate [1,4,32], the probability that the part strikes anything at the step (else the largest onset).

Ear inputs: state [1,S]; beat [1,148] and beat_phase [1,16], the last complete beat; partial [1,112] and
known [1,4] (one-hot: how many steps, 0..3, of the beat to decide are known); phase [1,16] of that beat.
Outputs: next_state [1,S], after `beat`; chord [1,8,25] for the beats to come; melody [1,8,12], the pitch
classes expected over them; hindsight [1,8,25] for the last eight complete beats, newest first.
"""

from __future__ import annotations

import json
from dataclasses import asdict, astuple, dataclass, field, fields
from math import isfinite
from typing import Any

from bandmate.models.drawn import Drawn, faults, read
from bandmate.models.harmony import CHORDS, HORIZON, Reluctance
from bandmate.models.listening import BEAT_SIZE, PARTIAL_SIZE, PHASES
from bandmate.models.roll import PARTS, PITCHES, STEPS_PER_BEAT, WINDOW
from bandmate.models.touch import Touch

FORMAT = 1
PROPERTY = "bandmate"
CONTROLS = PARTS + 1

Shape = tuple[int | None, ...]

GENERATOR_INPUTS: dict[str, Shape] = {
    "melody": (1, 4, WINDOW, PITCHES),
    "heard": (1, WINDOW),
    "band": (1, 4 * PARTS, WINDOW, PITCHES),
    "played": (1, WINDOW),
    "harmony": (1, WINDOW, 24),
    "noise": (1, None),
    "controls": (1, CONTROLS),
}
GENERATOR_OUTPUTS: dict[str, Shape] = dict.fromkeys(
    ("onset", "sustain", "velocity"), (1, PARTS, WINDOW, PITCHES)
)
GENERATOR_OPTIONAL: dict[str, Shape] = {"gate": (1, PARTS, WINDOW)}
EAR_INPUTS: dict[str, Shape] = {
    "state": (1, None),
    "beat": (1, BEAT_SIZE),
    "beat_phase": (1, PHASES),
    "partial": (1, PARTIAL_SIZE),
    "known": (1, STEPS_PER_BEAT),
    "phase": (1, PHASES),
}
EAR_OUTPUTS: dict[str, Shape] = {
    "next_state": (1, None),
    "chord": (1, HORIZON, CHORDS),
    "melody": (1, HORIZON, 12),
}
EAR_OPTIONAL: dict[str, Shape] = {"hindsight": (1, HORIZON, CHORDS)}


class ModelError(Exception):
    """A model file can't be used; the sentence says which, why, and what to do."""


@dataclass(frozen=True)
class Card:
    """What a model file states.

    kind: `generator` or `ear`; parts: the four part names in order; gate: per part, the cut at which
    a step is struck; pitch: per part, the cut at which a further pitch joins the likeliest one;
    hold: per part, the cut under which a note ends; drawn: of a generator that says probabilities to draw
    from, as after learning to foretell what comes, the cuts for drawing, and None where it says scores that
    can only be cut; touch: how velocities vary beside what the file says of them, None for not at all;
    reluctance: of an ear, what it costs to change the chord as its chords are planned; follow: of an ear,
    how much the melody that it expects counts in the plan beside its chords; lean: and how many times as
    much as usual parts lean to it; trained_on and metrics: for people.
    """

    kind: str
    genre: str = ""
    parts: tuple[str, ...] = ()
    gate: tuple[float, ...] = (0.5,) * PARTS
    pitch: tuple[float, ...] = (0.5,) * PARTS
    hold: tuple[float, ...] = (0.5,) * PARTS
    drawn: Drawn | None = None
    touch: Touch | None = None
    reluctance: Reluctance = field(default_factory=Reluctance)
    follow: float = 1.0
    lean: float = 1.0
    format: int = FORMAT
    steps_per_beat: int = STEPS_PER_BEAT
    window: int = WINDOW
    trained_on: tuple[str, ...] = ()
    metrics: dict[str, float] = field(default_factory=dict)


def dump(card: Card) -> str:
    """The card as the JSON text of the metadata property."""
    return json.dumps(asdict(card))


def parse(text: str | None, name: str) -> Card:
    """The card of a file called `name`. Raises ModelError."""
    if text is None:
        raise ModelError(f"{name} carries no '{PROPERTY}' metadata; export it with bandmate's training")
    try:
        said = json.loads(text)
        known = {f.name for f in fields(Card)}
        values = {k: _tuple(v) for k, v in said.items() if k in known}
        if values.get("drawn") is not None:
            values["drawn"] = read(values["drawn"])
        if values.get("touch") is not None:
            values["touch"] = _touch(*values["touch"])
        if "reluctance" in values:
            values["reluctance"] = Reluctance(**values["reluctance"])
        card = Card(**values)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{name} has metadata that can't be read ({error}); export it again") from error
    _check(card, name)
    return card


def _touch(bar: Any, onset: Any, note: Any, top: Any, accent: Any) -> Touch:
    """The rows of a file."""
    return Touch(tuple(bar), tuple(onset), tuple(note), tuple(top), tuple(map(tuple, accent)))


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _check(card: Card, name: str) -> None:
    if card.format != FORMAT:
        raise ModelError(
            f"{name} is of format {card.format} and this bandmate reads {FORMAT}; "
            "update bandmate or export it again"
        )
    if (card.steps_per_beat, card.window) != (STEPS_PER_BEAT, WINDOW):
        raise ModelError(
            f"{name} has {card.window} steps of 1/{card.steps_per_beat} beat; it must have {WINDOW} of 1/4"
        )
    if card.kind not in ("generator", "ear"):
        raise ModelError(f"{name} is a model of kind '{card.kind}'; known are 'generator' and 'ear'")
    if not all(_is_number(price) for price in astuple(card.reluctance)):
        raise ModelError(f"{name} must give the prices of changing the chord as numbers")
    if not all(_is_number(each) and each >= 0 for each in (card.follow, card.lean)):
        raise ModelError(f"{name} must say how far plan and parts follow the melody by numbers of 0 or more")
    if card.kind == "generator":
        _check_parts(card, name)


def _check_parts(card: Card, name: str) -> None:
    """The fields are as the file gave them, of any type."""
    if not isinstance(card.parts, tuple) or not all(isinstance(part, str) for part in card.parts):
        raise ModelError(f"{name} must name its {PARTS} parts in a list of words")
    if len(card.parts) != PARTS:
        raise ModelError(f"{name} names {len(card.parts)} parts; a generator has {PARTS}")
    rows = {f"{field_name} cuts": getattr(card, field_name) for field_name in ("gate", "pitch", "hold")}
    if card.drawn is not None:
        for fault in faults(card.drawn):
            raise ModelError(f"{name} must {fault}")
        rows |= {f"drawn {key} cuts": row for key, row in zip(Drawn._fields[:3], card.drawn, strict=False)}
        rows |= {"drawn rests": card.drawn.rests, "drawn join cuts": card.drawn.join}
    if card.touch is not None and not card.touch.sound:
        raise ModelError(f"{name} must give the touch of {PARTS} parts as shares of one half at most")
    for words, row in rows.items():
        if not isinstance(row, tuple) or len(row) != PARTS or not all(_is_share(cut) for cut in row):
            raise ModelError(f"{name} must give {PARTS} {words} of 0 to 1, one for each part")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and isfinite(value)


def _is_share(value: Any) -> bool:
    return isinstance(value, int | float) and 0 <= value <= 1
