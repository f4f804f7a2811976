"""Where steps fall: bars of any metre laid out as the bars of four that the models know.

The models were taught bars of four beats of four steps. So every bar is presented as such: a step that the
metre lacks takes no time. A bar of 3/4 is a bar of four whose last beat is over as it begins; in 6/8, 9/8 and
12/8 a dotted beat is a beat whose last step is, so that its three eighths are the others. Bars of more than
four beats are parted, the longer part first (5/4 is 3 + 2), and bars of one or two beats share a bar of four.
Everything counts in these steps; only ticks know how long they are.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bandmate.daemon.clock.timeline import TICKS_PER_BEAT, TICKS_PER_STEP
from bandmate.models.roll import BAR, STEPS_PER_BEAT, WINDOW

THIRDS = 3


@dataclass(frozen=True)
class Metre:
    """A time signature, `beats` over `unit`; bars are counted from step 0."""

    beats: int = 4
    unit: int = 4

    def __post_init__(self) -> None:
        if self.beats < 1 or self.unit < 1 or (self.beats * 16) % self.unit:
            raise ValueError(f"a bar of {self.beats}/{self.unit} is no whole number of 16ths; choose another")

    @classmethod
    def parse(cls, text: str) -> Metre:
        """The metre that is written `3/4`. Raises ValueError."""
        beats, _, unit = text.partition("/")
        if not (beats.strip().isdecimal() and unit.strip().isdecimal()):
            raise ValueError(f"'{text}' is no metre; write one as 3/4")
        return cls(int(beats), int(unit))

    @property
    def sixteenths(self) -> int:
        """16ths in a bar."""
        return self.beats * 16 // self.unit

    @property
    def ticks_per_bar(self) -> int:
        """How long a bar is."""
        return self.sixteenths * TICKS_PER_STEP

    @property
    def compound(self) -> bool:
        """Whether a beat is three units, as in 6/8."""
        return self.unit in (8, 16) and self.beats % THIRDS == 0

    @property
    def sixteenths_per_beat(self) -> int:
        """16ths in a beat: 4, or the three units of a compound one."""
        return THIRDS * 16 // self.unit if self.compound else STEPS_PER_BEAT

    @cached_property
    def places(self) -> tuple[int, ...]:
        """For each step of a bar the 16th, 0..sixteenths, on which it falls; one that takes no time falls
        where the next one does."""
        if not self.compound:
            return _parted(tuple(range(self.sixteenths)), self.sixteenths)
        unit = self.sixteenths_per_beat // THIRDS
        beats = range(0, self.sixteenths, self.sixteenths_per_beat)
        thirds = tuple(beat + unit * k for beat in beats for k in range(STEPS_PER_BEAT))
        return _parted(thirds, self.sixteenths)

    @property
    def steps_per_bar(self) -> int:
        """Steps in a bar, those that take no time too: whole bars of four or an even part of one."""
        return len(self.places)

    @property
    def halved(self) -> bool:
        """Whether a bar of four has a strong beat in its middle: not where it is a bar of three."""
        return self.steps_per_bar < BAR or self.lasts(BAR - STEPS_PER_BEAT)

    @property
    def turn(self) -> int:
        """Steps of the whole bars that a window holds; where a bar is longer, of the window."""
        return self.steps_per_bar * (WINDOW // self.steps_per_bar) or WINDOW

    def lasts(self, step: int) -> bool:
        """Whether a step takes time."""
        at = self.step_in_bar(step)
        return self.places[at] < (*self.places, self.sixteenths)[at + 1]

    def before(self, step: int) -> int:
        """The last step before a step that takes time."""
        step -= 1
        while not self.lasts(step):
            step -= 1
        return step

    def beat_in_bar(self, step: int) -> int:
        """The beat of the bar, from 0, in which a step falls."""
        return self.places[self.step_in_bar(step)] // self.sixteenths_per_beat

    def bar_of(self, step: int) -> int:
        """The bar, from 0, that holds a step."""
        return step // self.steps_per_bar

    def step_in_bar(self, step: int) -> int:
        """How many steps after its bar line a step falls."""
        return step % self.steps_per_bar

    def next_bar(self, step: int) -> int:
        """The first bar line after a step; from a bar line it is the next one."""
        return (self.bar_of(step) + 1) * self.steps_per_bar


def _parted(places: tuple[int, ...], end: int) -> tuple[int, ...]:
    """Places by step, in whole bars of four if there is no even number of them in one."""
    if BAR % len(places) == 0:
        return places
    parts = -(-len(places) // BAR)
    size = -(-len(places) // (parts * STEPS_PER_BEAT)) * STEPS_PER_BEAT
    out: list[int] = []
    for begin in range(0, len(places), size):
        following = (*places, end)[min(begin + size, len(places))]
        part = places[begin : begin + size]
        out += [*part, *[following] * (BAR - len(part))]
    return tuple(out)


@dataclass(frozen=True)
class Grid:
    """Steps on ticks. `swing` is the first eighth's share of the beat, .5 (straight) to .75; beats of three
    do not swing."""

    swing: float = 0.5
    metre: Metre = Metre()

    def __post_init__(self) -> None:
        if not 0.5 <= self.swing <= 0.75:
            raise ValueError(f"a swing of {self.swing:g} is outside 0.5 (straight) to 0.75")

    @property
    def offsets(self) -> tuple[int, int, int, int]:
        """The ticks of a beat's four 16ths: each eighth is halved, the second one begins at 24 * swing."""
        swing = 0.5 if self.metre.compound else self.swing
        beat, long = TICKS_PER_BEAT, TICKS_PER_BEAT * swing
        exact = (0.0, long / 2, long, (long + beat) / 2)
        first, second, third, fourth = (math.floor(tick + 0.5) for tick in exact)
        return first, second, third, fourth

    def tick_of(self, step: int) -> int:
        """The tick on which a step falls; steps may be negative."""
        bar, at = divmod(step, self.metre.steps_per_bar)
        return bar * self.metre.ticks_per_bar + self._ticks[at]

    def step_of(self, position: float) -> int:
        """The step whose tick is nearest to a position in ticks, of those that take time; half way counts as
        the later one."""
        bar, within = divmod(position, self.metre.ticks_per_bar)
        middles, steps = self._nearest
        return int(bar) * self.metre.steps_per_bar + steps[bisect_right(middles, within)]

    def step_at(self, tick: int) -> int:
        """The last step that has come at a tick."""
        bar, within = divmod(tick, self.metre.ticks_per_bar)
        return bar * self.metre.steps_per_bar + bisect_right(self._ticks, within) - 1

    @cached_property
    def _ticks(self) -> tuple[int, ...]:
        """The ticks of a bar's steps."""
        offsets = self.offsets
        beats = (divmod(place, STEPS_PER_BEAT) for place in self.metre.places)
        end = self.metre.ticks_per_bar
        return tuple(min(beat * TICKS_PER_BEAT + offsets[index], end) for beat, index in beats)

    @cached_property
    def _nearest(self) -> tuple[list[float], list[int]]:
        """The steps of a bar that take time, and the next bar's first; and the middles between them."""
        bar = self.metre.steps_per_bar
        steps = [step for step in range(bar) if self.metre.lasts(step)]
        ticks = [self._ticks[step] for step in steps]
        return [(a + b) / 2 for a, b in pairwise([*ticks, self.metre.ticks_per_bar])], [*steps, bar]
