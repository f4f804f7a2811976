"""An ear that hears a performance, and forgets where the music has turned elsewhere.

What was played in another key misleads the ear for bars. So others listen beside it who came in later and
know nothing of what was before: where one of them foretells the melody so much better that it can't be
chance, the ear is left for it. Where nothing turns, who has heard more foretells better, and nothing changes.
"""

from __future__ import annotations

import numpy as np

from bandmate.daemon.answering.request import Array
from bandmate.models.generator import Ear, Heard
from bandmate.models.listening import BEAT_SIZE, PARTIAL_SIZE, PHASES, STEP_SIZE, Histograms
from bandmate.models.roll import STEPS_PER_BEAT

EVERY, LISTENING = 2, 12
"""Beats from one later listener to the next, and how long each has to show that the ear is wrong."""
ADVANTAGE = 3.0
"""The log-likelihood of the melody by which a later listener becomes the ear, a beat counting as a note."""
FLOOR = 0.02


class _Listener:
    """One who hears from some beat on: state, histograms, and what it expects of the next beat."""

    def __init__(self, ear: Ear) -> None:
        self.state = ear.silence()
        self.beats = 0
        self.lead = 0.0
        self.expected = np.full(12, 1 / 12)
        self._histograms = Histograms()

    def hear(self, ear: Ear, features: Array, phase: Array) -> None:
        sounding = _sounding(features)
        own = np.concatenate([features[:PARTIAL_SIZE], self._histograms.hear(sounding)])
        heard = listen(ear, self.state, own.astype(np.float32), phase)
        self.state, self.beats = heard.state, self.beats + 1
        likely = np.maximum(heard.melody[0], 0) + FLOOR
        self.expected = likely / likely.sum()


class Attention:
    """See the module."""

    def __init__(self, ear: Ear) -> None:
        self._ear = ear
        self._main = _Listener(ear)
        self._later: list[_Listener] = []

    def hear(self, features: Array, phase: Array) -> None:
        """A complete beat: features float32[148], phase float32[16]."""
        share = _sounding(features) / STEPS_PER_BEAT
        for one in self._later:
            one.lead += float(share @ np.log(one.expected / self._main.expected))
        best = max(self._later, key=lambda one: one.lead, default=None)
        if best is not None and best.lead > ADVANTAGE:
            self._main = best
            self._later = []
        self._later = [one for one in self._later if one.beats < LISTENING]
        if self._main.beats >= 2 * LISTENING and self._main.beats % EVERY == 0:
            self._later.append(_Listener(self._ear))
        for one in (self._main, *self._later):
            one.hear(self._ear, features, phase)

    def expect(self, partial: Array, known: int, phase: Array) -> Heard:
        """What is to come, from the beat of which so many steps (`known`) of partial float32[112] were heard;
        phase float32[16] is that beat's."""
        return self._ear.run(
            {
                "state": self._main.state[None],
                "beat": np.zeros((1, BEAT_SIZE), np.float32),
                "beat_phase": np.zeros((1, PHASES), np.float32),
                "partial": partial[None],
                "known": np.eye(STEPS_PER_BEAT, dtype=np.float32)[None, known],
                "phase": phase[None],
            }
        )


def listen(ear: Ear, state: Array, features: Array, phase: Array) -> Heard:
    """What an ear in a state makes of a complete beat."""
    following = np.roll(phase, 1)
    return ear.run(
        {
            "state": state[None],
            "beat": features[None],
            "beat_phase": phase[None],
            "partial": np.zeros((1, PARTIAL_SIZE), np.float32),
            "known": np.eye(STEPS_PER_BEAT, dtype=np.float32)[None, 0],
            "phase": following[None],
        }
    )


def _sounding(features: Array) -> Array:
    """float32[12]: how many steps of a beat each pitch class sounds."""
    steps = features[:PARTIAL_SIZE].reshape(STEPS_PER_BEAT, STEP_SIZE)
    return np.asarray(steps[:, :12].sum(0), np.float32)
