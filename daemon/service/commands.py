"""`bandmate service`: the band starts by itself."""

from __future__ import annotations

from collections.abc import Iterable

import click

from bandmate.daemon.sentences import sentences


@click.group()
def service() -> None:
    """Have the band start with the machine (Linux) or when you log in (macOS, Windows)."""


@service.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("flags", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
@sentences
def install(context: click.Context, flags: tuple[str, ...]) -> None:
    """Install and start it: 'bandmate play FLAGS', with what config.yaml says.

    Installing again changes the flags.
    """
    from bandmate.daemon.config import FILE, load
    from bandmate.daemon.service.service import here
    from bandmate.presets.home import folder

    _check(context, flags)
    load(folder(FILE))
    _tell(here().install(flags))


@service.command()
@sentences
def uninstall() -> None:
    """Stop it, and start it no more."""
    from bandmate.daemon.service.service import here

    _tell(here().uninstall())


@service.command()
@sentences
def status() -> None:
    """Tell whether it runs."""
    from bandmate.daemon.service.service import here

    _tell(here().status())


@service.command()
@click.option("--lines", type=click.IntRange(1), default=50, show_default=True, help="So many, the last.")
@sentences
def logs(lines: int) -> None:
    """Print what it said last."""
    from bandmate.daemon.service.service import here

    _tell(here().logs(lines))


def _check(context: click.Context, flags: tuple[str, ...]) -> None:
    """Refuse flags that `play` does not take now, and not when nobody looks."""
    root = context.find_root()
    play = root.command.get_command(root, "play") if isinstance(root.command, click.Group) else None
    if play is not None:
        play.make_context("play", list(flags), parent=root)


def _tell(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        click.echo(sentence)
