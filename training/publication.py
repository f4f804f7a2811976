"""A run's generator and ear made into files: models checked against their networks, and a preset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bandmate.models.contract import Card
from bandmate.models.harmony import Reluctance
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset
from bandmate.training import base, preset, teaching
from bandmate.training.ear import export as ear_export
from bandmate.training.ear.network import Ear
from bandmate.training.ear.score import rehearse, score
from bandmate.training.fitting import export, loop
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.together import Together
from bandmate.training.genre import Genre
from bandmate.training.judging import limits, metrics
from bandmate.training.runs import played
from bandmate.training.runs.run import Run
from bandmate.training.runs.watcher import MEASURED
from bandmate.training.teaching import EAR, Material

MADE = "made"
FITS = "share of the melody in its chords"
PLAIN_EAR = {"pop": "pop-ear", "symphony": "symphony-ear"}


@dataclass(frozen=True)
class Publication:
    """models: the files by stem; preset: that plays them; worst: the largest difference of a file from its
    network; remarks: what was decided, in sentences."""

    models: dict[str, bytes]
    preset: Preset
    worst: float
    remarks: tuple[str, ...] = ()


def place_of(name: str) -> Path:
    """The folder in which the presets and models of a name are looked for: its run's, or else the user's."""
    made = folder("runs") / name / MADE
    return made if (made / "presets").is_dir() else folder()


def publish(run: Run, material: Material, corpora: Sequence[str], weights: Path | None = None) -> Publication:
    """The files of a run: of its best state if it is done, else as far as it is taught.

    Raises ValueError or ModelError.
    """
    recipe, genre, name = run.recipe, Genre.read(run.folder), run.folder.name
    together = Together("cpu", "32-true")
    lesson = teaching.begin(recipe, material, together)
    finished = run.record.state == "done" and run.best.exists()
    teaching.resume(lesson, run.best if finished else run.checkpoint)
    performer, card = lesson.performer(material.taught)
    given = played.excerpts(material.shown, MEASURED)
    mine = played.perform(performer, card, limits.of(lesson.corpus), given)
    figures = {k: round(v, 3) for k, v in metrics.measure(mine, recipe.parts).items() if v == v}
    card = replace(card, genre=name, trained_on=tuple(corpora), metrics=figures)
    data = export.to_bytes(performer, card)
    worst = export.parity(performer, data, f"{name}.onnx")
    stem, ears, remark = _ear(run, recipe, material, corpora, together)
    if weights is not None:
        base.keep(recipe, {**lesson.weights(), **ears.modules}, weights)
    shelf = Shelf(folder("presets"))
    made = preset.of(name, card, material.taught, shelf, ear=stem, swing=genre.swing, programs=genre.programs)
    return Publication({name: data, **ears.files}, made, max(worst, ears.worst), (remark,))


@dataclass(frozen=True)
class _Ears:
    files: dict[str, bytes]
    modules: dict[str, Ear]
    worst: float = 0.0


def _ear(
    run: Run, recipe: Recipe, material: Material, corpora: Sequence[str], together: Together
) -> tuple[str, _Ears, str]:
    """The preset's ear: the run's, unless the one it began from does better on the songs shown."""
    name, plain = run.folder.name, PLAIN_EAR.get(recipe.base, PLAIN_EAR["pop"])
    checkpoint = run.folder / EAR / loop.LATEST
    if not checkpoint.exists():
        return plain, _Ears({}, {}), f"the ear is {plain}, as it was"
    course = teaching.ear(recipe, material, together)
    before = _worth(course.ear, material) if recipe.base else 0.0
    teaching.resume(course, checkpoint)
    after = _worth(course.ear, material)
    if before > after:
        return plain, _Ears({}, {}), f"the ear stays {plain}: {FITS} {before:.3f}, taught {after:.3f}"
    follow, lean = recipe.ear_follow, recipe.ear_lean
    card = Card(kind="ear", genre=name, trained_on=tuple(corpora), follow=follow, lean=lean)
    data, worst = ear_export.publish(course.ear, material.shown, recipe.parts, card)
    stem, was = f"{name}-ear", f", before {before:.3f}" if before else ""
    remark = f"the ear was taught: {FITS} {after:.3f}{was}"
    return stem, _Ears({stem: data}, {"ear": course.ear}, worst), remark


def _worth(ear: Ear, material: Material) -> float:
    return score(rehearse(ear, material.shown), Reluctance(), revised=True)["mel-in"]
