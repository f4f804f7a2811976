"""What the player calls out to the band while it plays: a fill, a break, the ending, to keep the chord."""

from __future__ import annotations

from numpy.random import default_rng

from bandmate.daemon.answering.request import Moments, Span
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.leading.dynamics import PHRASE_BARS
from bandmate.daemon.leading.panel import Lamp
from bandmate.models.roll import STEPS_PER_BEAT

# How much rarer a fill is in the middle of a phrase than at its end.
HALF_PHRASE = 0.4
FILL = 11
# Beats of a fill that nobody called, at most.
LONGEST = 2


class Cues:
    """A call counts from the next decision on. held: the chord stays as it is."""

    def __init__(self, metre: Metre, seed: int) -> None:
        self.held = False
        self._metre, self._seed = metre, seed
        self._called: set[str] = set()
        self._fills: list[Span] = []
        self._breaks: list[Span] = []
        self._final: Span | None = None

    def fill(self) -> None:
        """The drums fill to the end of the bar; where less than a beat of it is left, at the next one's."""
        self._called.add("fill")

    def tacet(self) -> None:
        """The band is silent to the end of the bar; where less than a beat is left of it, in the next one."""
        self._called.add("tacet")

    def end(self) -> None:
        """The band ends on the next bar line, with a chord that lasts for a bar; or, called before it is out,
        plays on."""
        self._called ^= {"ending"}

    def forget(self) -> None:
        """The music begins elsewhere: nothing is under way."""
        self._fills.clear()
        self._breaks.clear()
        self._final = None

    def decide(self, first: int) -> None:
        """A decision is taken at a step: what was called is given its place."""
        bar = self._metre.next_bar(first)
        short = sum(self._metre.lasts(step) for step in range(first, bar)) < STEPS_PER_BEAT
        after = bar + self._metre.steps_per_bar
        if "fill" in self._called:
            here = Span(first - first % STEPS_PER_BEAT, bar)
            self._fills = [*self._fills[-1:], self._close_of(bar) if short else here]
        if "tacet" in self._called:
            self._breaks = [*self._breaks[-1:], Span(bar, after) if short else Span(first, bar)]
        if "ending" in self._called:
            self._final = None if self._final else Span(bar, after)
        self._called.clear()

    def ended(self, step: int) -> bool:
        """Whether the band has come to its end before a step."""
        return self._final is not None and step >= self._final.last

    def lamp(self, call: str, step: int) -> Lamp:
        """How far a call (`fill`, `tacet`, `ending`) has come at a step; an ending lasts until the band plays
        again."""
        if call in self._called and not (call == "ending" and self._final):
            return Lamp.BLINKING
        if call == "ending":
            spans = [] if self._final is None else [self._final]
        else:
            spans = self._fills if call == "fill" else self._breaks
        if any(span.first <= step and (step < span.last or call == "ending") for span in spans):
            return Lamp.ON
        return Lamp.BLINKING if any(step < span.first for span in spans) else Lamp.OFF

    def resume(self) -> None:
        """Play again after an ending."""
        self._final = None

    def moments(self, first: int, last: int, share: float) -> Moments:
        """What lies in steps first..last or ends at the first of them; share 0..1: of phrases, to end with a
        fill of themselves."""
        final = self._final if self._final and first < self._final.last else None
        until = last if final is None else min(last, final.first)
        bars = range(self._metre.bar_of(first - 1), self._metre.bar_of(last - 1) + 1)
        closing = [bar * self._metre.steps_per_bar for bar in bars if self._closes(bar, share)]
        fills = {span.last: span for span in (*map(self._close_of, closing), *self._fills)}
        near = [span for end, span in sorted(fills.items()) if first <= end and span.first < until]
        breaks = [span for span in self._breaks if first <= span.last and span.first < until]
        return Moments(tuple(near), tuple(breaks), final, self.held)

    def _closes(self, bar: int, share: float) -> bool:
        """Whether a bar ends with a fill of itself."""
        after = (bar + 1) % PHRASE_BARS
        chance = {0: share, PHRASE_BARS // 2: HALF_PHRASE * share}.get(after, 0.0)
        return bar >= 0 and default_rng([self._seed, FILL, bar]).random() < chance

    def _close_of(self, bar: int) -> Span:
        """The second half, in whole beats, of the bar that begins at a step, two beats at most."""
        end = bar + self._metre.steps_per_bar
        beats = [step for step in range(bar, end, STEPS_PER_BEAT) if self._metre.lasts(step)]
        return Span(beats[-max(min(len(beats) // 2, LONGEST), 1)], end)
