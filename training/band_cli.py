"""`train band`: teach a generator, judge it, and make a file of it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bandmate.models.contract import Card, ModelError

if TYPE_CHECKING:
    from bandmate.training.band.lesson import Lesson
    from bandmate.training.band.network import Player
    from bandmate.training.fitting.recipe import Recipe
    from bandmate.training.judging.rollout import Stage

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
PHASES = {"reconstruction": "reconstruction.pt", "latest": "checkpoint.pt"}


@click.group()
def band() -> None:
    """The generator that plays the four parts."""


@band.command()
@click.argument("songs", type=FOLDER)
@click.option("--run", type=click.Path(path_type=Path), required=True, help="Folder that keeps this run.")
@click.option("--genre", type=click.Choice(["pop", "symphony"]), default="pop", show_default=True)
@click.option("--recipe", "recipe_file", type=click.Path(exists=True, path_type=Path), help="A recipe.yaml.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change one line of the recipe.")
@click.option(
    "--minutes", type=float, default=float("inf"), help="Stop after so long, keeping the checkpoint."
)
@click.option("--resume", is_flag=True, help="Go on from the run's checkpoint, with its recipe.")
def fit(
    songs: Path,
    run: Path,
    genre: str,
    recipe_file: Path | None,
    changes: tuple[str, ...],
    minutes: float,
    resume: bool,
) -> None:
    """Teach a generator from the training songs of the folder SONGS. Ctrl-C stops it cleanly."""
    from bandmate.training.band import lesson as band_fit

    kept = run / "checkpoint.pt"
    if kept.exists() != resume:
        raise click.UsageError(
            f"{run} has no checkpoint to resume"
            if resume
            else f"{run} has a checkpoint; add --resume, or name another"
        )
    chosen = _recipe(run / "recipe.yaml" if resume else recipe_file, genre, changes)
    lesson = _lesson(songs, chosen)
    if resume:
        lesson.load(kept)
    stopped: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: stopped.append(number))
    try:
        band_fit.fit(lesson, run, minutes, lambda: bool(stopped), _tell(lesson.first + lesson.second))
    finally:
        signal.signal(signal.SIGINT, before)
    click.echo(f"{run}: {lesson.step} of {lesson.first + lesson.second} updates done")


@band.command()
@click.argument("run", type=FOLDER)
@click.argument("songs", type=FOLDER)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The .onnx file to write.")
@click.option("--phase", type=click.Choice(list(PHASES)), default="latest", show_default=True)
@click.option("--corpus", "corpora", multiple=True, help="A corpus it was taught on, for the file's card.")
def export(run: Path, songs: Path, out: Path, phase: str, corpora: tuple[str, ...]) -> None:
    """Make an .onnx file of a run: a bank of styles and calibrated cuts from SONGS, parity checked."""
    from bandmate.training.band import performance
    from bandmate.training.fitting import export as band_export

    lesson, player, card, stage = _prepared(run, songs, phase, "valid")
    found = performance.judge(lesson, player, card, stage, performance.MANNER)
    card = replace(card, trained_on=corpora, metrics=performance.flat(found))
    try:
        worst = band_export.write(player, card, out)
    except ModelError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{out}: {out.stat().st_size / 1e6:.1f} MB, within {worst:.1g} of the network")


@band.command()
@click.argument("run", type=FOLDER)
@click.argument("songs", type=FOLDER)
@click.option("--split", type=click.Choice(["train", "valid", "test"]), default="valid", show_default=True)
@click.option("--ahead", is_flag=True, help="Let it hear the whole melody of each window.")
@click.option("--temperature", type=float, default=0.5, show_default=True, help="Of the noise on the gates.")
def evaluate(run: Path, songs: Path, split: str, ahead: bool, temperature: float) -> None:
    """Figures of free-running play on songs, a line a part: the real ones, then each phase of the run."""
    from bandmate.training.band import performance
    from bandmate.training.judging import figures
    from bandmate.training.judging.rollout import Manner

    manner = Manner(ahead=ahead, temperature=temperature)
    real = None
    for phase in (phase for phase, name in PHASES.items() if (run / name).exists()):
        lesson, player, card, stage = _prepared(run, songs, phase, split)
        if real is None:
            real = figures.of_all(stage.real, stage.plan, card.parts)
            click.echo("\n".join(performance.table("real", real)))
        found = performance.judge(lesson, player, card, stage, manner)
        click.echo("\n".join(performance.table(phase, found)))
        click.echo(f"{phase}: {figures.distance(found, real):.3f} from real")


def _prepared(run: Path, songs: Path, phase: str, split: str) -> tuple[Lesson, Player, Card, Stage]:
    """A run's generator at the end of a phase, calibrated, and the songs to judge it by."""
    from bandmate.training.band import performance
    from bandmate.training.songs import read_all

    if not (run / PHASES[phase]).exists():
        raise click.UsageError(f"{run} has no {PHASES[phase]} yet; fit it first")
    lesson = _lesson(songs, _recipe(run / "recipe.yaml", "", ()))
    lesson.load(run / PHASES[phase])
    try:
        stage = performance.of_split(songs, split, lesson.recipe.parts)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    player, card = performance.prepare(lesson, read_all(songs, "train"))
    return lesson, player, card, stage


def _recipe(file: Path | None, genre: str, changes: tuple[str, ...]) -> Recipe:
    """The recipe of a file, or the genre's, with single lines changed."""
    from bandmate.training.fitting import recipe

    try:
        chosen = recipe.read(file) if file else recipe.Recipe(genre=genre, parts=recipe.PARTS[genre])
        return recipe.changed(chosen, changes)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _lesson(songs: Path, chosen: Recipe) -> Lesson:
    import torch

    from bandmate.training.band.lesson import Lesson
    from bandmate.training.fitting.windows import Corpus
    from bandmate.training.songs import read_all

    found = read_all(songs, "train")
    if not found:
        raise click.UsageError(f"{songs} holds no training songs; prepare a corpus into it first")
    return Lesson(Corpus(found, chosen.parts), chosen, "cuda" if torch.cuda.is_available() else "cpu")


def _tell(last: int) -> Callable[[dict[str, float]], None]:
    """Prints a line of losses now and then."""

    def tell(row: dict[str, float]) -> None:
        losses = "  ".join(f"{k} {v:.2f}" for k, v in row.items() if k not in ("step", "phase"))
        click.echo(f"{row['step']:>7.0f}/{last}  {losses}")

    return tell
