"""Where steps fall: the 16th grid, swung or straight, and the bars of a metre."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

from bandmate.daemon.timeline import TICKS_PER_BEAT
from bandmate.models.roll import WINDOW

_STEPS_PER_BEAT = 4


@dataclass(frozen=True)
class Grid:
    """16th-note steps on ticks. `swing` is the first eighth's share of the beat, .5 (straight) to .75."""

    swing: float = 0.5

    def __post_init__(self) -> None:
        if not 0.5 <= self.swing <= 0.75:
            raise ValueError(f"a swing of {self.swing:g} is outside 0.5 (straight) to 0.75")

    @property
    def offsets(self) -> tuple[int, int, int, int]:
        """The ticks of a beat's four steps: each eighth is halved, the second one begins at 24 * swing."""
        beat, long = TICKS_PER_BEAT, TICKS_PER_BEAT * self.swing
        exact = (0.0, long / 2, long, (long + beat) / 2)
        first, second, third, fourth = (math.floor(tick + 0.5) for tick in exact)
        return first, second, third, fourth

    def tick_of(self, step: int) -> int:
        """The tick on which a step falls; steps may be negative."""
        beat, index = divmod(step, _STEPS_PER_BEAT)
        return beat * TICKS_PER_BEAT + self.offsets[index]

    def step_of(self, position: float) -> int:
        """The step whose tick is nearest to a position in ticks; half way counts as the later one."""
        beat, within = divmod(position, TICKS_PER_BEAT)
        ticks = (*self.offsets, TICKS_PER_BEAT)
        middles = [(a + b) / 2 for a, b in pairwise(ticks)]
        return int(beat) * _STEPS_PER_BEAT + bisect_right(middles, within)

    def step_at(self, tick: int) -> int:
        """The last step that has come at a tick."""
        beat, within = divmod(tick, TICKS_PER_BEAT)
        return beat * _STEPS_PER_BEAT + bisect_right(self.offsets, within) - 1


@dataclass(frozen=True)
class Metre:
    """A time signature, `beats` over `unit`; bars are counted from step 0."""

    beats: int = 4
    unit: int = 4

    def __post_init__(self) -> None:
        if self.beats < 1 or self.unit < 1 or (self.beats * 16) % self.unit:
            raise ValueError(f"a bar of {self.beats}/{self.unit} is no whole number of 16ths; choose another")

    @property
    def steps_per_bar(self) -> int:
        """16ths in a bar."""
        return self.beats * 16 // self.unit

    @property
    def beats_per_bar(self) -> int:
        """Quarter-note beats that a bar touches: 4 in 4/4, 3 in 6/8, 4 in 7/8."""
        return -(-self.steps_per_bar // _STEPS_PER_BEAT)

    @property
    def turn(self) -> int:
        """Steps of the whole bars that a window holds; where a bar is longer, of the window."""
        return self.steps_per_bar * (WINDOW // self.steps_per_bar) or WINDOW

    def bar_of(self, step: int) -> int:
        """The bar, from 0, that holds a step."""
        return step // self.steps_per_bar

    def step_in_bar(self, step: int) -> int:
        """How many steps after its bar line a step falls."""
        return step % self.steps_per_bar

    def next_bar(self, step: int) -> int:
        """The first bar line after a step; from a bar line it is the next one."""
        return (self.bar_of(step) + 1) * self.steps_per_bar
