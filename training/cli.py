"""The command line of teaching; everything heavy is imported inside the commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bandmate.training.band_cli import band

if TYPE_CHECKING:
    from bandmate.training.corpora.dataset import Rejected
    from bandmate.training.songs import Song

GENRES = click.Choice(["pop", "symphony"])
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Teach bandmate: prepare songs from data sets, then fit an ear and a band, each one .onnx file."""


@main.command()
@click.argument("datasets", type=FOLDER)
@click.option("--genre", type=GENRES, required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the songs.")
def prepare(datasets: Path, genre: str, out: Path) -> None:
    """Make songs of the data sets in the folder DATASETS, unpacked or as NAME.tar.xz.

    Pop takes pop909 and groove; symphony takes openscore_string_quartets and jsb_deepcomposer.
    """
    from bandmate.training.corpora import dataset as corpus

    with ExitStack() as stack:
        try:
            pieces = _pieces(genre, lambda name: stack.enter_context(corpus.dataset(datasets, name)))
        except FileNotFoundError as error:
            raise click.ClickException(str(error)) from error
        click.echo(corpus.write(pieces, out))


def _pieces(genre: str, dataset: Callable[[str], Path]) -> Iterator[Song | Rejected]:
    """The songs of a genre, read as they are asked for. Raises FileNotFoundError if a data set is missing."""
    from itertools import chain

    from bandmate.training.corpora import chorales, groove, pop909, quartets

    if genre == "pop":
        return pop909.read(dataset("pop909"), groove.read(dataset("groove")))
    return chain(
        chorales.read(dataset("jsb_deepcomposer")), quartets.read(dataset("openscore_string_quartets"))
    )


@main.command()
@click.argument("songs", type=FOLDER)
@click.option("--genre", type=GENRES, required=True)
@click.option("--run", type=click.Path(path_type=Path), required=True, help="Folder that keeps this run.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The .onnx file to write.")
@click.option("--minutes", type=click.FloatRange(0), default=12.0, show_default=True)
@click.option("--resume", is_flag=True, help="Go on from the run's checkpoint.")
@click.option("--corpus", "corpora", multiple=True, help="A corpus it is taught on, for the file's card.")
def ear(
    songs: Path, genre: str, run: Path, out: Path, minutes: float, resume: bool, corpora: tuple[str, ...]
) -> None:
    """Fit a predictor of harmony to the folder SONGS, judge it on songs it never saw, and write OUT."""
    import torch

    from bandmate.models.contract import ModelError
    from bandmate.training.ear import export as ear_export
    from bandmate.training.ear import fit as ear_fit
    from bandmate.training.ear.lessons import lesson
    from bandmate.training.songs import read_all

    torch.set_num_threads(1)
    known = {split: read_all(songs, split) for split in ("train", "valid", "test")}
    if empty := [split for split, found in known.items() if not found]:
        raise click.UsageError(f"{songs} holds no songs for {', '.join(empty)}; prepare more songs into it")
    if (run / ear_fit.CHECKPOINT).exists() != resume:
        state = "no checkpoint to resume" if resume else "a checkpoint; add --resume, or name another folder"
        raise click.UsageError(f"{run} has {state}")
    fitted = ear_fit.Run(run, ear_fit.Recipe(minutes=minutes), resume)
    taught, shown = ([lesson(song) for song in known[split]] for split in ("train", "valid"))
    fitted.fit(taught, shown)
    try:
        card = ear_export.publish(fitted.ear, known["test"], genre, corpora, out)
    except ModelError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{out}: " + ", ".join(f"{name} {value:g}" for name, value in card.metrics.items()))


main.add_command(band)
