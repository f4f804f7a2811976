"""Whether teaching can be done here: what its command itself says of what it lacks."""

from __future__ import annotations

import click

from bandmate.daemon import commands

COMMAND = "train"
MISSING = 'teaching is not installed here; pip install "bandmate[train]"'


def lacking() -> str:
    """What is to be installed first, a sentence; nothing where all is there."""
    entry = next((entry for entry in commands.found() if entry.name == COMMAND), None)
    if entry is None:
        return MISSING
    command = commands.load(entry)
    try:
        # A group reads its words before it does anything, and says then what it lacks; a command that
        # stands for one that can't be loaded says so when it is called.
        if isinstance(command, click.Group):
            command.make_context(COMMAND, ["runs"])
        else:
            command.main([], COMMAND, standalone_mode=False)
    except click.ClickException as error:
        return error.format_message()
    return ""
