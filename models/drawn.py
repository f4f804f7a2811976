"""What the card of a generator says of drawing from it: cuts, leanings, and how performances differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from math import isfinite
from typing import Any, NamedTuple

from bandmate.models import company
from bandmate.models.company import DISTANCES, INTERVALS, SIZES, Company
from bandmate.models.roll import BAR, PARTS, PITCHES

TEMPERS = 5
WARMEST = 10
WIDEST = 10


class Drum(NamedTuple):
    """One drum of a kit: its pitch 0..127 and its cut; spread: by how many logits performances differ (as a
    deviation) in how often it is hit; steps: logits by which it is likelier than was said at each of the 16
    steps of a bar; beside: logits by which it is likelier where each drum before it in the kit is hit at the
    same step, none of them where it is empty; due: logits by which it is likelier after a bar in which others
    were hit, and it was not."""

    pitch: int
    cut: float
    spread: float = 0.0
    steps: tuple[float, ...] = (0.0,) * BAR
    beside: tuple[float, ...] = ()
    due: float = 0.0


class Drawn(NamedTuple):
    """How a card is drawn from with noise of full strength. A file of three rows has only the first three.

    gate, second, hold: cuts, per part: of the gate; of a note's second step; of its later ones. rests:
    per part, the share of bars in which it lays out, whatever is said. kit: the drums, each drawn by
    itself; without any the drums are not drawn. places: per part, the logits by which it is likelier to
    strike than was said at each of the 16 steps of a bar. warmth: per part, how many
    times as much noise its gate, or each of its drums, is drawn with as a probability asks for. join: per
    part, the cut of further pitches that are struck with the likeliest. spread: per part, by how much
    performances differ (as a deviation): in logits, how much it strikes, holds its notes and lays out,
    and how many pitches it strikes together; and in logits an octave, how high it plays. height: per
    part, how much higher it always plays than was said, in the same. colour: per part, how many times as
    much noise its pitches are drawn with as a probability asks for. company: per part, the company that its
    notes keep. steady: per part, the logits by which it is likelier, in a bar that renews nothing, to strike
    at a step (a kit: to hit a drum) if it did in both bars before, and less likely if it did in neither.
    """

    gate: tuple[float, ...]
    second: tuple[float, ...]
    hold: tuple[float, ...]
    rests: tuple[float, ...] = (0.0,) * PARTS
    kit: tuple[Drum, ...] = ()
    places: tuple[tuple[float, ...], ...] = ((0.0,) * BAR,) * PARTS
    warmth: tuple[float, ...] = (1.0,) * PARTS
    join: tuple[float, ...] = (0.5,) * PARTS
    spread: tuple[tuple[float, ...], ...] = ((0.0,) * TEMPERS,) * PARTS
    height: tuple[float, ...] = (0.0,) * PARTS
    colour: tuple[float, ...] = (1.0,) * PARTS
    company: tuple[Company, ...] = (Company(),) * PARTS
    steady: tuple[float, ...] = (0.0,) * PARTS


def read(rows: Sequence[Any]) -> Drawn:
    """The rows of a file, those that it has and that are known. Raises TypeError or ValueError where they
    have no such shape."""
    drawn = Drawn(*map(tuple, rows[: len(Drawn._fields)]))
    kit = tuple(_drum(*row) for row in drawn.kit)
    places, spread = (tuple(map(tuple, each)) for each in (drawn.places, drawn.spread))
    kept = tuple(company.read(row) for row in drawn.company)
    return drawn._replace(kit=kit, places=places, spread=spread, company=kept)


def _drum(
    pitch: Any,
    cut: Any,
    spread: Any = 0.0,
    steps: Any = (0.0,) * BAR,
    beside: Any = (),
    due: Any = 0.0,
) -> Drum:
    return Drum(int(pitch), cut, spread, tuple(steps), tuple(beside), due)


def faults(drawn: Drawn) -> Iterator[str]:
    """What can't be used, each as what a file must do. The fields are of any type and length.

    Raises TypeError where numbers are not."""
    if len(drawn.warmth) != PARTS or not all(0 < each < WARMEST for each in drawn.warmth):
        yield f"give {PARTS} drawn warmths above 0 and below {WARMEST}"
    if len(drawn.colour) != PARTS or not all(0 < each < WARMEST for each in drawn.colour):
        yield f"give {PARTS} drawn colours above 0 and below {WARMEST}"
    if [len(row) for row in drawn.places] != [BAR] * PARTS or not _finite(*drawn.places):
        yield f"give each of {PARTS} parts a number for each of {BAR} steps"
    if [len(row) for row in drawn.spread] != [TEMPERS] * PARTS or not _wide(chain(*drawn.spread)):
        yield f"give each of {PARTS} parts {TEMPERS} spreads of 0 or more and below {WIDEST}"
    for name, row in (("height", drawn.height), ("steadiness", drawn.steady)):
        if len(row) != PARTS or not _finite(row):
            yield f"give each of {PARTS} parts a number for its {name}"
    if not all(0 <= drum.pitch < PITCHES and 0 <= drum.cut <= 1 for drum in drawn.kit):
        yield f"give every drum as a pitch of 0 to {PITCHES - 1} and a cut of 0 to 1"
    if not _wide(drum.spread for drum in drawn.kit):
        yield f"give every drum a spread of 0 or more and below {WIDEST}"
    if not all(len(drum.steps) == BAR and _finite(drum.steps) for drum in drawn.kit):
        yield f"give every drum a number for each of {BAR} steps"
    if not all(len(d.beside) in (0, k) and _finite(d.beside) for k, d in enumerate(drawn.kit)):
        yield "give every drum a number for each drum before it, or none"
    if not _finite([drum.due for drum in drawn.kit]):
        yield "give every drum a number for how much it is due"
    if len(drawn.company) != PARTS or not all(map(_company, drawn.company)):
        yield (
            f"give each of {PARTS} parts {INTERVALS} numbers for intervals, {DISTANCES} for distances, "
            f"{SIZES} for sizes, two for how its notes end, and three shares of 0 to 1"
        )


def _company(row: Company) -> bool:
    sizes = len(row.beside), len(row.after), len(row.size)
    known = _finite(row.beside, row.after, row.size, (row.lift, row.yields))
    shares = row.bound, row.lasting, row.bears
    return known and sizes == (INTERVALS, DISTANCES, SIZES) and all(0 <= each <= 1 for each in shares)


def _finite(*rows: Sequence[float]) -> bool:
    return all(map(isfinite, chain(*rows)))


def _wide(spreads: Iterator[float]) -> bool:
    return all(0 <= each < WIDEST for each in spreads)
