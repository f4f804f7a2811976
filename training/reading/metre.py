"""Which stretches of a file are bars of 4/4.

4/4, 2/2, 8/8 and pairs of bars of 2/4 are; so is 1/4, which counts beats and knows of no bars; 12/8 is too,
its dotted quarters being the beats and its eighths swung by thirds. All other metres are left out. A stretch
begins where its metre does, so that a pick-up bar, or a bar of another metre, moves the bar lines after it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bandmate.training.reading.score import Metre
from bandmate.training.songs import BEATS_PER_BAR, Rejected

BEATS = {(4, 4): 1.0, (2, 2): 1.0, (2, 4): 1.0, (8, 8): 1.0, (12, 8): 1.5, (1, 4): 1.0}
FEWEST_BARS = 4
MOST_BARS = 1024
LARGEST, ODD = 32, "bars of odd lengths"
NEAR = 0.01
TOO_SHORT = f"fewer than {FEWEST_BARS} bars of 4/4 on end"


@dataclass(frozen=True)
class Stretch:
    """Bars of four beats. start: in quarter notes; bars: whole ones, but that a last half one may be counted;
    beat: its length in quarter notes, 1.5 in 12/8; metre: as the file has it where the stretch begins."""

    start: float
    bars: float
    beat: float
    metre: str

    @property
    def bar(self) -> float:
        """A bar's length in quarter notes."""
        return BEATS_PER_BAR * self.beat

    @property
    def compound(self) -> bool:
        """Whether a beat has three eighths."""
        return self.beat > 1


def stretches(metres: Sequence[Metre], end: float) -> list[Stretch]:
    """The stretches of at least 4 bars of 4/4 up to a quarter note, none longer than 1024 bars.

    Raises Rejected where there are none.
    """
    runs: list[Stretch] = []
    others: Counter[str] = Counter()
    ends = [*(m.start for m in metres[1:]), math.inf]
    for metre, until in zip(metres, ends, strict=True):
        name, length = f"{metre.numerator}/{metre.denominator}", min(until, end) - metre.start
        beat = BEATS.get((metre.numerator, metre.denominator))
        if length <= 0:
            continue
        if beat is None:
            others[name if metre.numerator <= LARGEST else ODD] += math.ceil(length)
            continue
        bars = length / (BEATS_PER_BAR * beat)
        run = Stretch(metre.start, bars if until < end else math.ceil(bars - NEAR), beat, name)
        if runs and _goes_on(runs[-1], run):
            runs[-1] = replace(runs[-1], bars=runs[-1].bars + run.bars)
        else:
            runs.append(run)
    found = [piece for run in runs for piece in _pieces(run)]
    if not found:
        other = others.most_common(1)
        raise Rejected(f"in {other[0][0]}" if other and 2 * others.total() > end else TOO_SHORT)
    return found


def _goes_on(run: Stretch, after: Stretch) -> bool:
    """Whether a metre begins where a run of the same beat ends, and on one of its bar lines."""
    touches = abs(run.start + run.bars * run.bar - after.start) < NEAR
    return touches and run.beat == after.beat and abs(run.bars - round(run.bars)) < NEAR


def _pieces(run: Stretch) -> Iterator[Stretch]:
    whole = int(run.bars + NEAR)
    for first in range(0, whole, MOST_BARS):
        bars = min(whole - first, MOST_BARS)
        if bars >= FEWEST_BARS:
            yield replace(run, start=run.start + first * run.bar, bars=bars)
