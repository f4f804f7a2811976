"""Commands that come from elsewhere: entry points of the group `bandmate.commands`, each a click command.

Playing does not know teaching, and yet `bandmate train` is one of its commands. A command is loaded when it
is named or listed, never before; one that can't be loaded costs a sentence where it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "bandmate.commands"


class Commands(click.Group):
    """A group of its own commands and of those that are found; of one name its own is meant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names: its own as a click group has them, then those found, in order."""
        own = super().list_commands(ctx)
        return own + sorted({entry.name for entry in found()} - set(own))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of a name, or None; of two that are found under one name the first counts."""
        own = super().get_command(ctx, name)
        if own is not None:
            return own
        entry = next((entry for entry in found() if entry.name == name), None)
        return None if entry is None else load(entry)


def found() -> list[EntryPoint]:
    """The entry points there are, in the order in which they are found."""
    from importlib.metadata import entry_points

    return list(entry_points(group=GROUP))


def load(entry: EntryPoint) -> click.Command:
    """The command of an entry point or, where it can't be loaded, one that says so, whatever it is told."""
    try:
        command = entry.load()
    except (Exception, SystemExit) as error:  # a stranger's code: whatever it does, the others go on
        return _broken(entry, f"{type(error).__name__}: {error}")
    if not isinstance(command, click.Command):
        return _broken(entry, f"{entry.value} is no click command")
    return command


def _broken(entry: EntryPoint, why: str) -> click.Command:
    sentence = f"'{entry.name}' can't be loaded ({why}); install it again, or remove what brought it"

    def say() -> None:
        raise click.ClickException(sentence)

    lenient = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
    return click.Command(entry.name, callback=say, context_settings=lenient, short_help="(can't be loaded)")
