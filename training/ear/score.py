"""How well an ear's chords fit songs that it was not taught on, decided a beat at a time as in play.

Of a decision only what was played before it is known, and the ear never hears the real chords. Revised
decisions are made again after the first 16th of the beat.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from bandmate.models import harmony
from bandmate.models.harmony import NONE, TONES, Reluctance
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.ear.fit import asked
from bandmate.training.ear.lessons import Lesson, lesson, whole
from bandmate.training.ear.network import Answer, Ear
from bandmate.training.lines import line
from bandmate.training.songs import BEATS_PER_BAR, Song

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Guess:
    """An ear's answers for every beat of a song: chord float32[n, 8, 25], melody float32[n, 8, 12]."""

    chord: Floats
    melody: Floats


@dataclass(frozen=True)
class Rehearsal:
    """A song and what the ear says of it, a beat ahead and after the first 16th of each beat; follow: how
    much the melody expected counts in the plan."""

    song: Song
    ahead: Guess
    later: Guess
    follow: float = 1.0

    def fit(self, guess: Guess, beat: int) -> Floats:
        """How well each triad fits a beat and those after it, by what the ear said there."""
        return harmony.utility(guess.chord[beat], guess.melody[beat], follow=self.follow)


@dataclass
class Figures:
    """Sums over songs, from which come five figures.

    mel-in: share of melody time in the chord; in-gt: share of the chord's tones in the real triad;
    clash: share of the chord's tones a semitone from the melody; chg/b: changes a beat; on13: the share of
    the changes on beats 1 and 3.
    """

    melody_in: float = 0.0
    clash: float = 0.0
    sung: float = 0.0
    in_truth: float = 0.0
    labelled: float = 0.0
    changes: float = 0.0
    strong: float = 0.0
    beats: float = 0.0

    def add(self, song: Song, chords: Ints) -> None:
        """Counts a song with a chord for every step, int64[steps]."""
        pitch, _ = line(song.notes[0], song.steps)
        sung, truth = pitch >= 0, np.repeat(song.chords, STEPS_PER_BEAT)
        mine, tone = chords[sung], pitch[sung] % 12
        self.melody_in += float(TONES[mine, tone].sum())
        self.clash += float(_semitone_apart(mine, tone).sum())
        self.sung += float(sung.sum())
        known = truth != NONE
        self.in_truth += float((TONES[chords[known]] * TONES[truth[known]]).sum()) / 3
        self.labelled += float(known.sum())
        changed = np.flatnonzero(np.diff(chords)) + 1
        self.changes += len(changed)
        self.strong += float((changed // STEPS_PER_BEAT % 2 == 0).sum())
        self.beats += len(song.chords)

    def named(self) -> dict[str, float]:
        """The figures by name, to three places."""
        rows = {
            "mel-in": self.melody_in / max(self.sung, 1),
            "in-gt": self.in_truth / max(self.labelled, 1),
            "clash": self.clash / max(self.sung, 1),
            "chg/b": self.changes / max(self.beats, 1),
            "on13": self.strong / max(self.changes, 1),
        }
        return {name: round(value, 3) for name, value in rows.items()}


def _semitone_apart(chords: Ints, tone: NDArray[np.int16]) -> Floats:
    above = TONES[chords, (tone + 1) % 12]
    return np.asarray((above + TONES[chords, (tone - 1) % 12]) / 3)


def rehearse(ear: Ear, songs: Iterable[Song], follow: float = 1.0) -> list[Rehearsal]:
    """Asks the ear about every beat of every song."""
    ear.eval()
    lessons = [(song, lesson(song, lowest=1)) for song in songs]
    return [Rehearsal(song, guess(ear, of, 0), guess(ear, of, 1), follow) for song, of in lessons]


def guess(ear: Ear, of: Lesson, known: int) -> Guess:
    """The ear's answers for a song, so many steps of each beat known."""
    with torch.no_grad():
        chord, melody, _ = probabilities(asked(ear, whole(of, known)))
    return Guess(chord[0].numpy(), melody[0].numpy())


def probabilities(answer: Answer) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Chord, expected melody and hindsight as the contract has them, from an answer's logits."""
    melody = F.softmax(answer.melody, -1) * torch.sigmoid(answer.sounding).unsqueeze(-1)
    return F.softmax(answer.chord, -1), melody, F.softmax(answer.hindsight, -1)


def decide(of: Rehearsal, reluctance: Reluctance, revised: bool) -> Ints:
    """The chord of every step, int64[steps], decided on each beat and, if so asked, again a 16th later."""
    out = np.full((len(of.song.chords), STEPS_PER_BEAT), NONE, np.int64)
    sounding = NONE
    for beat in range(len(out)):
        place = beat % BEATS_PER_BAR
        sounding = int(harmony.plan(of.fit(of.ahead, beat), sounding, place, reluctance)[0])
        out[beat] = sounding
        if revised:
            heard = 1 / STEPS_PER_BEAT
            sounding = int(harmony.plan(of.fit(of.later, beat), sounding, place, reluctance, heard)[0])
            out[beat, 1:] = sounding
    return out.ravel()


def score(rehearsals: Iterable[Rehearsal], reluctance: Reluctance, revised: bool) -> dict[str, float]:
    """The figures of all the rehearsals together."""
    figures = Figures()
    for one in rehearsals:
        figures.add(one.song, decide(one, reluctance, revised))
    return figures.named()
