"""What the player asks of the band as its leader, beside the melody: how much, how freely, how loud, in which
key, and where the drums fill."""

from __future__ import annotations

import numpy as np

from bandmate.daemon import dynamics
from bandmate.daemon.dynamics import PHRASE_BARS
from bandmate.daemon.metre import Metre
from bandmate.daemon.request import Array, Span
from bandmate.models.decoding import Limits
from bandmate.models.keys import Key
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.presets.preset import Preset

# How much rarer a fill is in the middle of a phrase than at its end.
HALF_PHRASE = 0.4
FILL = 11
LONGEST = 2
# Steps of melody from which a key is told.
TELLING = 32


class Leader:
    """density, variation, energy: 0..1, None where the preset's or the player's own counts. The key is locked
    by name or, once enough was heard, by ear."""

    def __init__(self, metre: Metre, seed: int, key: Key | None = None) -> None:
        """key: locked from the beginning."""
        self.density: float | None = None
        self.variation: float | None = None
        self.energy: float | None = None
        self.key = key
        self._locking = False
        self._metre, self._seed = metre, seed
        self._cued = False
        self._fills: list[Span] = []

    def driven(self, player: float) -> float:
        """The energy 0..1 to play with, beside a player's."""
        return dynamics.energy(player, self.energy)

    def densities(self, preset: Preset, lean: float) -> list[float]:
        """Each part's density: the preset's, moved as a whole by the leader and by the moment's lean."""
        moved = lean + (0.0 if self.density is None else self.density - 0.5)
        return [min(max(part.density + moved, 0.0), 1.0) for part in preset.parts]

    def controls(self, densities: list[float], player: float) -> Array:
        """float32[5], the generator's input: densities and, beside a player's, the energy."""
        energy = 0.5 + 1.5 * (self.driven(player) - dynamics.USUAL)
        return np.array([*densities, min(max(energy, 0.0), 1.0)], np.float32)

    def lock(self, on: bool) -> None:
        """Keep to the key that the music is in, or in any again."""
        self._locking = on
        if not on:
            self.key = None

    def listen(self, heard: Array) -> bool:
        """Find the key to lock, if one is wanted, in the steps that each pitch class, float[12], was heard
        for; whether it was found now."""
        if not self._locking or self.key is not None or heard.sum() < TELLING:
            return False
        self.key = Key.of(heard)
        return True

    def cue_fill(self) -> None:
        """The drums are to fill from the next decision to the end of the bar."""
        self._cued = True

    def forget(self) -> None:
        """The music begins elsewhere: no fill is under way."""
        self._fills.clear()

    def decide(self, first: int) -> None:
        """A decision is taken at a step: a fill that was cued begins with its beat, or, where less than
        a beat of the bar is left, where in the next bar fills begin by themselves."""
        if not self._cued:
            return
        self._cued = False
        bar = self._metre.next_bar(first)
        left = sum(self._metre.lasts(step) for step in range(first, bar))
        span = Span(first - first % STEPS_PER_BEAT, bar) if left >= STEPS_PER_BEAT else self._ending(bar)
        self._fills = [*self._fills[-1:], span]

    def fills(self, first: int, last: int, share: float) -> tuple[Span, ...]:
        """The fills that lie in steps first..last or land there; share 0..1: of phrases, to end with one."""
        bars = range(self._metre.bar_of(first - 1), self._metre.bar_of(last - 1) + 1)
        usual = [self._ending(bar * self._metre.steps_per_bar) for bar in bars if self._closes(bar, share)]
        cued = {span.last: span for span in self._fills}
        spans = {span.last: span for span in usual} | cued
        return tuple(span for end, span in sorted(spans.items()) if first <= end and span.first < last)

    def _closes(self, bar: int, share: float) -> bool:
        """Whether a bar ends with a fill of itself."""
        after = (bar + 1) % PHRASE_BARS
        chance = {0: share, PHRASE_BARS // 2: HALF_PHRASE * share}.get(after, 0.0)
        return bar >= 0 and np.random.default_rng([self._seed, FILL, bar]).random() < chance

    def _ending(self, bar: int) -> Span:
        """The second half, in whole beats, of the bar that begins at a step, two beats at most."""
        end = bar + self._metre.steps_per_bar
        beats = [step for step in range(bar, end, STEPS_PER_BEAT) if self._metre.lasts(step)]
        return Span(beats[-max(min(len(beats) // 2, LONGEST), 1)], end)


def limits(preset: Preset, densities: list[float]) -> Limits:
    """What the parts of a preset may play at such densities."""
    parts = preset.parts
    return Limits(
        voices=tuple(part.voices for part in parts),
        low=tuple(part.low for part in parts),
        high=tuple(part.high for part in parts),
        density=tuple(densities),
    )
