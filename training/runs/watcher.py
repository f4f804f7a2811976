"""Looks at a generator while it learns: at chosen epochs it plays, is measured, and the sample is kept."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from bandmate.training.fitting import recipe as recipes
from bandmate.training.fitting.lesson import Lesson
from bandmate.training.judging import limits, metrics, similarity
from bandmate.training.runs import played, samples
from bandmate.training.runs.board import Board
from bandmate.training.runs.run import CHIEF, Run
from bandmate.training.runs.samples import Point, Sample
from bandmate.training.songs import Song

SHOWN = 3
MEASURED = 12


class Watcher:
    """Watches one lesson of a run. taught: training songs; shown: others, to play along with."""

    def __init__(
        self, run: Run, lesson: Lesson, taught: list[Song], shown: Sequence[Song], tempo: float
    ) -> None:
        self.run, self.lesson, self.taught, self.tempo = run, lesson, taught, tempo
        self.parts = lesson.recipe.parts
        self.given = played.excerpts(shown, MEASURED)
        self.limits = limits.of(lesson.corpus)
        self.board = Board(run.board, lesson.step or None)
        self.board.recipe(recipes.dump(lesson.recipe))
        real = metrics.rows(self.given, self.parts)
        self.spread = similarity.spread(real)
        self.real = {name: kept.mean for name, kept in self.spread.items()}
        run.compared(self.real)
        samples.write(run.samples, Sample(None, tuple(self.given[:SHOWN])), self.parts, tempo)
        self.losses: Mapping[str, float] = {}

    def told(self, step: int, losses: Mapping[str, float]) -> None:
        """The losses of an update."""
        self.losses = losses
        self.run.log(step, losses)
        self.board.losses(step, losses)

    def look(self) -> None:
        """Plays, measures and keeps a sample if the lesson is at an epoch at which that is due."""
        every = max(self.lesson.recipe.sample_every * self.lesson.each, 1)
        turn = math.floor(self.lesson.step / every) > math.floor((self.lesson.step - 1) / every)
        if turn or self.lesson.done:
            self.play()

    def play(self) -> None:
        """Plays, measures and keeps a sample of what the lesson's generator is now."""
        step, (performer, card) = self.lesson.step, self.lesson.performer(self.taught, quick=True)
        songs = played.perform(performer, card, self.limits, self.given)
        mine = metrics.measure(songs, self.parts)
        figures = {CHIEF: similarity.index(mine, self.spread), **mine}
        if self.run.measured(step, figures):
            self.lesson.save(self.run.best)
        point = Point(step, self.lesson.epoch, self.losses, {CHIEF: figures[CHIEF]})
        sample = Sample(point, tuple(songs[:SHOWN]))
        samples.write(self.run.samples, sample, self.parts, self.tempo)
        rolls = {song.name: samples.picture(sample, k, self.parts) for k, song in enumerate(sample.songs)}
        self.board.measured(step, figures, {CHIEF: 1.0, **self.real})
        self.board.rolls(step, rolls)
        self.board.flush()

    def close(self) -> None:
        """Ends the board."""
        self.board.close()
