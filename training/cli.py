"""The command line of teaching; everything heavy is imported inside the commands."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from bandmate.training.extra import Taught

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PLACE = click.Path(path_type=Path)
NAME = "The genre's name: letters, digits, - and _."
SPLIT = click.Choice(["valid", "test", "all"])
ALL = "folder"

Command = Callable[..., None]


class Train(Taught):
    """A group in which a folder's name in place of a command's means: do it all."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As any group, but what begins with no command of it is given to `folder`."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            if not args[0].startswith("-") and not Path(args[0]).exists():
                near = difflib.get_close_matches(args[0], [name for name in self.commands if name != ALL], 1)
                hint = f"; did you mean '{near[0]}'?" if near else ""
                ctx.fail(f"there is no folder and no command '{args[0]}'{hint}")
            args = [ALL, *args]
        return super().parse_args(ctx, args)


def options(*some: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, in their order."""

    def put(command: Command) -> Command:
        for option in reversed(some):
            command = option(command)
        return command

    return put


def sentences(command: Command) -> Command:
    """Tell errors that a user can mend as one sentence, with exit status 1."""

    @wraps(command)
    def told(**said: Any) -> None:
        from bandmate.models.contract import ModelError
        from bandmate.presets.preset import PresetError

        try:
            command(**said)
        except (ValueError, OSError, ModelError, PresetError) as error:
            raise click.ClickException(str(error)) from error

    return told


reading = options(
    click.option("--parts", default=None, metavar="A,B,C,D", help="Names of the four parts, in order."),
    click.option("--drums", type=FOLDER, default=None, help="Drum files to pair where songs have no drums."),
    click.option("--style", default=None, help="Of arranged parts and paired drums.  [default: the name]"),
    click.option("--genre", "genres", multiple=True, help="Only songs with this tag (their folder's name)."),
    click.option("--metre", "metres", multiple=True, help="Only songs in this metre, such as 4/4."),
    click.option("--tempo", default=None, metavar="LOW-HIGH", help="Only songs between these tempos."),
    click.option("--include", multiple=True, metavar="GLOB", help="Only files like this."),
    click.option("--exclude", multiple=True, metavar="GLOB", help="No files like this."),
    click.option("--fewest", type=click.IntRange(0, 4), default=2, show_default=True,
                 help="Parts of the four that a song must really have."),
    click.option("--report", is_flag=True, help="Write a page that shows what was taken for what."),
)  # fmt: skip

fitting = options(
    click.option("--recipe", "recipe_file", type=FILE, default=None, help="A recipe.yaml to go by."),
    click.option("--technique", type=click.Choice(["band", "unet-gan", "musegan"]), default=None,
                 help="What is taught.  [default: band]"),
    click.option("--from", "base", default=None, metavar="WEIGHTS",
                 help="pop, symphony, scratch, or a .safetensors file.  [default: as the parts say]"),
    click.option("--epochs", type=float, default=None, help="Passes over the windows."),
    click.option("--learning-rate", type=float, default=None, help="At its highest."),
    click.option("--update-ratio", type=int, default=None, help="Critic updates per generator update."),
    click.option("--batch", type=int, default=None, help="Windows per update, over all processes."),
    click.option("--seed", type=int, default=None, help="Another seed, another generator."),
    click.option("--device", type=click.Choice(["auto", "cpu", "cuda", "mps"]), default=None,
                 help="Where to compute.  [default: auto]"),
    click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Another line of the recipe."),
    click.option("--minutes", type=float, default=None, help="Stop after so long; the checkpoint stays."),
    click.option("--again", is_flag=True, help="Begin anew where the run has a checkpoint."),
)  # fmt: skip


@click.group(cls=Train, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def train() -> None:
    """Teach the band a genre from a folder of MIDI, MusicXML or kern files.

    `bandmate train FOLDER --name bossa` does it all: reads the files, teaches a generator and an ear, judges
    them on songs they never saw, and puts a preset where a running band finds it. Each stage is also a
    command.
    """


@train.command(ALL, hidden=True)
@click.argument("folder", type=FOLDER)
@click.option("--name", required=True, help=NAME)
@reading
@fitting
@sentences
def folder(folder: Path, name: str, **said: Any) -> None:
    """Teach a genre from the files in FOLDER, from reading to preset. Run it again to go on after a stop."""
    from bandmate.training import school

    school.everything(folder, name, said, click.echo)


@train.command()
@click.argument("folder", type=FOLDER)
@click.option("--name", required=True, help=NAME)
@reading
@sentences
def prepare(folder: Path, name: str, **said: Any) -> None:
    """Read the files in FOLDER into songs of the run NAME, and list what can't be used and why."""
    from bandmate.training import school

    school.prepare(folder, name, said, click.echo)


@train.command()
@click.argument("run")
@click.option("--songs", type=FOLDER, default=None, help="Prepared songs, if not those of the run.")
@fitting
@sentences
def fit(run: str, songs: Path | None, **said: Any) -> None:
    """Teach the generator and the ear of RUN, or go on from where they were stopped. Ctrl-C stops cleanly."""
    from bandmate.training import school

    school.fit(run, songs, said, click.echo)


@train.command()
@click.argument("run")
@click.option("--songs", type=FOLDER, default=None, help="Prepared songs, if not those of the run.")
@click.option("--split", type=SPLIT, default="test", show_default=True, help="Which songs that it never saw.")
@click.option(
    "--against",
    "rivals",
    multiple=True,
    metavar="PRESET",
    help="A preset, or another run, to stand beside it.  [default: what it began from]",
)
@click.option("--limit", type=int, default=None, help="So many songs only.")
@sentences
def evaluate(run: str, **said: Any) -> None:
    """Judge RUN on songs it was never taught, played live through the engine: a table of figures."""
    from bandmate.training import school

    school.evaluate(run, said, click.echo)


@train.command()
@click.argument("songs", type=FOLDER)
@click.option("--preset", "presets", multiple=True, help="This one.  [default: all packaged ones with songs]")
@click.option(
    "--against",
    "rivals",
    multiple=True,
    metavar="PRESET",
    help="A preset or a run to stand beside those that have the same parts.",
)
@click.option("--split", type=SPLIT, default="test", show_default=True, help="Which songs.")
@click.option("--limit", type=click.IntRange(min=1), default=40, show_default=True, help="Songs of each.")
@click.option(
    "--bars", type=click.IntRange(min=1), default=16, show_default=True, help="Leave out shorter melodies."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another performance.")
@click.option("--markdown", type=PLACE, default=None, help="Write the tables here too.")
@click.option("--json", "figures", type=PLACE, default=None, help="Write the figures here, for programs.")
@click.option("--out", "midi", type=PLACE, default=None, help="Keep MIDI files here, for other scorers.")
@sentences
def judge(songs: Path, **said: Any) -> None:
    """Judge presets on songs they were never taught, live through the engine, by what is asked of them.

    SONGS holds a folder of prepared songs for each preset, by its name. For each preset a table tells its
    figures, what is asked and whether that is met, beside the real parts, the real parts two bars late,
    those of another song in the right key, and the tonic triad held.
    """
    from bandmate.training import judgement

    judgement.judge(judgement.Order(songs, **said), click.echo)


@train.command()
@click.argument("run")
@click.option("--songs", type=FOLDER, default=None, help="Prepared songs, if not those of the run.")
@click.option(
    "--to", "home", type=PLACE, default=None, help="Folder of models and presets.  [default: yours]"
)
@click.option("--corpus", "corpora", multiple=True, help="A corpus it is taught on, for the files' cards.")
@click.option("--weights", type=PLACE, default=None, help="Write what other runs may begin --from, too.")
@click.option("--force", is_flag=True, help="Even where a packaged preset has this name.")
@sentences
def export(run: str, **said: Any) -> None:
    """Make the .onnx files and the preset of RUN, checked against what was taught."""
    from bandmate.training import school

    school.export(run, said, click.echo)


@train.command()
@click.argument("songs", type=FOLDER)
@click.option("--preset", "name", required=True, help="Whose band is given the touch.")
@click.option("--models", type=FOLDER, required=True, help="The folder of its file, which is written anew.")
@click.option("--tempo", type=float, default=120.0, show_default=True, help="Beats a minute.")
@sentences
def touch(songs: Path, name: str, models: Path, tempo: float) -> None:
    """Give a band the touch of who played SONGS: how much velocities vary, and where the accents are.

    SONGS is a folder of prepared songs. Nothing in the band's file changes but its card's touch; what
    people do and what the band did before and does now is told as a table.
    """
    from bandmate.training import school

    school.touched(songs, name, models, tempo, click.echo)


@train.command()
@click.argument("run")
@sentences
def samples(run: str) -> None:
    """Lay the samples of RUN side by side, epoch by epoch: one picture and one animation."""
    from bandmate.training import school

    school.samples(run, click.echo)


@train.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@sentences
def runs(as_json: bool) -> None:
    """List the runs, how far they are, and their best figures."""
    from bandmate.training import school

    school.runs(as_json, click.echo)


@train.command()
@click.argument("datasets", type=FOLDER)
@click.option("--genre", type=click.Choice(["pop", "jazz", "symphony", "chorales"]), required=True)
@click.option("--out", type=PLACE, required=True, help="Folder for the songs.")
@sentences
def corpus(datasets: Path, genre: str, out: Path) -> None:
    """Make songs of the data sets that the packaged models are taught on.

    DATASETS holds them unpacked or as NAME.tar.xz. Pop takes pop909 and groove, jazz takes wjazzd,
    openewld and groove, symphony takes hauptstimme_scores, openscore_string_quartets and jsb_deepcomposer,
    chorales takes jsb_deepcomposer.
    """
    from bandmate.training.corpora import library

    click.echo(library.write(datasets, genre, out))
