"""Teaching a run's ear and generator, from where they are to their end, watched as they learn."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from bandmate.training import techniques
from bandmate.training.base import Base
from bandmate.training.ear.fit import EarCourse, validate
from bandmate.training.ear.lessons import lesson as ear_lesson
from bandmate.training.ear.lessons import lowest_voice
from bandmate.training.fitting import loop
from bandmate.training.fitting.course import Course
from bandmate.training.fitting.lesson import Lesson
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.together import Together
from bandmate.training.fitting.windows import Corpus
from bandmate.training.runs.curve import Curve
from bandmate.training.runs.progress import Progress
from bandmate.training.runs.run import Run
from bandmate.training.runs.watcher import Watcher
from bandmate.training.songs import Song, read_all

EAR = "ear"

Stop = Callable[[], bool]


@dataclass(frozen=True)
class Material:
    """What a run is taught from: songs to learn, and songs that it does not learn, to be shown with."""

    taught: list[Song]
    shown: list[Song]

    @classmethod
    def of(cls, folder: Path) -> Material:
        """The songs of a folder. Raises ValueError where there is nothing to learn from."""
        songs = read_all(folder)
        taught, shown = ([s for s in songs if s.split == split] for split in ("train", "valid"))
        if not taught or not shown:
            lacking = "train" if not taught else "valid"
            raise ValueError(
                f"{folder} holds no songs of the split '{lacking}'; prepare at least three songs"
            )
        return cls(taught, shown)


def begin(recipe: Recipe, material: Material, together: Together) -> Lesson:
    """A run's generator as it is before its first update."""
    made = techniques.lesson(Corpus(material.taught, recipe.parts), recipe, together)
    if not len(made.corpus):
        raise ValueError(
            "the songs are too short: not one has two bars in which a part plays; prepare others"
        )
    if recipe.base:
        Base(recipe.base).begin(made.weights())
    return made


def ear(recipe: Recipe, material: Material, together: Together) -> EarCourse:
    """A run's ear as it is before its first update."""
    lowest = lowest_voice(material.taught, recipe.parts)
    course = EarCourse([ear_lesson(song, lowest) for song in material.taught], recipe, together)
    if recipe.base:
        Base(recipe.base).begin(course.weights())
    return course


def teach(
    run: Run,
    recipe: Recipe,
    material: Material,
    tempo: float,
    together: Together,
    minutes: float = math.inf,
) -> bool:
    """Teaches the run's ear and then its generator; whether both are done.

    Ctrl-C, and the end of the minutes, stop it with the checkpoint kept.
    """
    lesson = begin(recipe, material, together)
    resume(lesson, run.checkpoint)
    until = time.monotonic() + 60 * minutes
    with _asked_to_stop() as asked:

        def stop() -> bool:
            return asked() or time.monotonic() > until

        with _alone(run, lesson, together):
            heard = recipe.ear_updates == 0 or _teach_ear(run, recipe, material, together, stop)
            return heard and _teach_band(run, lesson, material, tempo, stop)


def resume(course: Course, checkpoint: Path) -> None:
    """Goes on from a checkpoint, if there is one. Raises ValueError."""
    if checkpoint.exists():
        course.load(checkpoint)


def _teach_ear(run: Run, recipe: Recipe, material: Material, together: Together, stop: Stop) -> bool:
    course, folder = ear(recipe, material, together), run.folder / EAR
    lowest = lowest_voice(material.taught, recipe.parts)
    shown = [ear_lesson(song, lowest) for song in material.shown]
    resume(course, folder / loop.LATEST)
    if course.done:
        return True
    folder.mkdir(parents=True, exist_ok=True)
    curve = Curve(folder / "losses.csv")
    if together.first:
        curve.cut(course.step)
    with _progress("teaching the ear", course) as show:

        def tell(step: int, losses: dict[str, float]) -> None:
            if step % recipe.save_every == 0 or course.done:
                losses = {**losses, "valid_chord": validate(course.ear, shown)}
            curve.add(step, losses)
            show(losses["ear"])

        return loop.fit(course, folder, tell, stop=stop)


def _teach_band(run: Run, lesson: Lesson, material: Material, tempo: float, stop: Stop) -> bool:
    if not lesson.together.first:
        return loop.fit(lesson, run.folder, stop=stop)
    run.resume(lesson.step)
    watcher = Watcher(run, lesson, material.taught, material.shown, tempo)
    try:
        if lesson.step == 0:
            watcher.play()
        with _progress("teaching the band", lesson) as show:

            def tell(step: int, losses: dict[str, float]) -> None:
                watcher.told(step, losses)
                show(losses.get("loss", losses.get("generator", 0.0)))

            return loop.fit(lesson, run.folder, tell, watcher.look, stop)
    finally:
        watcher.close()


@contextmanager
def _progress(task: str, course: Course) -> Iterator[Callable[[float], None]]:
    if not course.together.first:
        yield lambda loss: None
        return
    with Progress(task, course.updates, "updates", course.step) as progress:
        yield lambda loss: progress.advance(loss=loss)


def _alone(run: Run, lesson: Lesson, together: Together) -> AbstractContextManager[None]:
    return run.fitting(lesson.updates, lesson.each) if together.first else nullcontext()


@contextmanager
def _asked_to_stop() -> Iterator[Stop]:
    """While it lasts, Ctrl-C and SIGTERM ask for a stop; a second one ends at once."""
    asked: list[int] = []

    def ask(number: int, _: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    kinds = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(kind, ask) for kind in kinds]
    try:
        yield lambda: bool(asked)
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)
