"""When to ask for a decision, and what to commit.

A decision is due every hop. It is asked for a lead before its first step and commits one hop; the rest
of it is kept as backup. When the answer to the next decision is not there in time, the backup plays:
never silence, never a late note. Within a hop, a melody note that leaves the committed chord has the
rest of the hop decided anew, once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bandmate.daemon.answering.request import Answer, Chords
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.hearing.memory import Memory
from bandmate.models.decoding import Score
from bandmate.models.harmony import NONE
from bandmate.models.roll import PARTS, PITCHES


@dataclass(frozen=True)
class Commitment:
    """What can no longer change: a score of steps from `first`, their chords int[n], and the preset that
    plays it (None: rest, or what was played before)."""

    first: int
    score: Score
    chords: Chords
    preset: str | None = None


class Planner:
    """Steps only; the engine says when they come. `committed` is the first step not yet committed."""

    def __init__(self, hop: int, metre: Metre) -> None:
        """hop: steps between decisions; one longer than the bar must be whole bars, else it is the bar."""
        bar = metre.steps_per_bar
        self.hop, self._metre = (bar if hop > bar and hop % bar else hop), metre
        self.committed = 0
        self.asked = 0
        self.late = 0
        self._answers: list[Answer] = []
        self._revised = self._begun = -1

    def begin(self, step: int, left: int | None = None) -> None:
        """The music runs on from a step, nothing being committed; the first decision is the next hop's.

        left: the step at which it was left for this one. What was in store for that one is played here, so
        that a loop has no hole, if both stand at the same place in the bar.
        """
        self.committed = self.asked = self._boundary(step)
        moved = 0 if left is None else step - left
        carried = left is not None and self._metre.step_in_bar(moved) == 0
        self._answers = [replace(a, first=a.first + moved) for a in self._answers if carried]
        self._revised, self._begun = -1, self.committed

    def take_over(self, other: Planner, preset: str) -> None:
        """Go on from where another planner stands, at a bar line; of its answers, with those of a preset."""
        self.committed, self.asked = other.committed, max(other.asked, other.committed)
        self._begun = other._begun
        self._answers = [answer for answer in other._answers if answer.preset == preset]

    def dismiss(self, preset: str) -> None:
        """The answers of a preset are of no use any more."""
        self._answers = [answer for answer in self._answers if answer.preset != preset]

    def next_ask(self) -> int:
        """The first step of the decision to ask for next."""
        return max(self.asked, self.committed)

    def ask(self, step: int) -> None:
        """The decision that begins at a step has been asked for."""
        self.asked = self._boundary(step + 1)

    def revisable(self, step: int) -> bool:
        """Whether a step lies in the committed hop, after its first step, and the hop was not revised yet."""
        return self._revised != self.committed and self._begun < step < self.committed

    def revise(self) -> None:
        """The committed hop is being decided anew."""
        self._revised = self.committed

    def receive(self, answer: Answer, reached: int) -> Commitment | None:
        """An answer came while step `reached` plays: what it commits now, if anything.

        It is late when its first step has been reached: then it serves only as a backup.
        """
        self.keep(answer)
        if answer.first <= reached:
            self.late += answer.first == self._boundary(answer.first)
            return None
        if answer.first < self.committed:
            return self._cut(answer, answer.first, self.committed)
        if answer.first == self.committed:
            return self._close(self._cut(answer, self.committed, self._boundary(self.committed + 1)))
        return None

    def keep(self, answer: Answer) -> None:
        """Let an answer wait for its step and serve as a backup after it."""
        still = [a for a in self._answers if a.first != answer.first and _end(a) > self.committed]
        self._answers = [*still, answer]

    def boundary(self, memory: Memory, *, freeze: bool) -> Commitment:
        """The first uncommitted step is reached: commit a hop by what is there, be it rest."""
        first, last = self.committed, self._boundary(self.committed + 1)
        if freeze:
            return self._close(self._again(memory, first, last))
        there = [a for a in self._answers if a.first <= first and last <= _end(a)]
        if there:
            return self._close(self._cut(max(there, key=lambda answer: answer.first), first, last))
        return self._close(Commitment(first, _rest(last - first), np.full(last - first, NONE, np.int_)))

    def outlook(self) -> Chords:
        """The chords int[n] planned for the steps not yet committed, by the newest answer there is."""
        newest = self.newest
        if newest is None:
            return np.zeros(0, np.int_)
        return newest.chords[max(self.committed - newest.first, 0) :]

    @property
    def newest(self) -> Answer | None:
        """The answer that begins last of those that are kept."""
        return max(self._answers, key=lambda answer: answer.first, default=None)

    def rest(self) -> Commitment:
        """Commit a hop of rest, with nothing to fall back on."""
        self._answers.clear()
        first, last = self.committed, self._boundary(self.committed + 1)
        return self._close(Commitment(first, _rest(last - first), np.full(last - first, NONE, np.int_)))

    def _close(self, commitment: Commitment) -> Commitment:
        self._begun, self.committed = commitment.first, commitment.first + commitment.score.steps
        return commitment

    @staticmethod
    def _cut(answer: Answer, first: int, last: int) -> Commitment:
        at = slice(first - answer.first, last - answer.first)
        score = answer.score
        part = Score(score.onset[:, at], score.sustain[:, at], score.velocity[:, at])
        return Commitment(first, part, answer.chords[at], answer.preset)

    def _again(self, memory: Memory, first: int, last: int) -> Commitment:
        """What was played two bars earlier."""
        then = first - max(2 * self._metre.steps_per_bar, self.hop)
        return Commitment(first, memory.read(then, last - first), memory.chords(then, last - first))

    def _boundary(self, step: int) -> int:
        """The first step at or after `step` at which a hop begins; hops are counted from each bar line,
        and one that would begin in a step that takes no time belongs to the one before it."""
        bar = self._metre.steps_per_bar
        if self.hop >= bar:
            return -(-step // self.hop) * self.hop
        in_bar = self._metre.step_in_bar(step)
        begins = step - in_bar + min(-(-in_bar // self.hop) * self.hop, bar)
        return begins if self._metre.lasts(begins) else self._boundary(begins + 1)


def _rest(steps: int) -> Score:
    silent = np.zeros((PARTS, steps, PITCHES), bool)
    return Score(silent, silent, np.zeros(silent.shape, np.float32))


def _end(answer: Answer) -> int:
    return answer.first + answer.score.steps
