"""`bandmate template`: a set-up file for a DAW."""

from __future__ import annotations

from pathlib import Path

import click

from bandmate.daemon.sentences import sentences

DAWS = {"reaper": "rpp", "reascript": "lua", "ardour": "lua", "dawproject": "dawproject"}
"""Kinds of set-up files, and what their names end with."""
OUT = "The file to write.  [default: bandmate-PRESET and the ending of the format]"


@click.command()
@click.argument("daw", type=click.Choice(tuple(DAWS)))
@click.option("--preset", default="pop", show_default=True, help="Whose parts; see 'bandmate presets'.")
@click.option(
    "--tempo", type=click.FloatRange(20, 300), default=120, show_default=True, help="Beats a minute."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help=OUT)
@sentences
def template(daw: str, preset: str, tempo: float, out: Path | None) -> None:
    """Write a set-up file with a track for you and one for each part.

    A project for REAPER, or a script that makes the tracks in an open one; a template for Ardour's New
    Session dialog; a DAWproject for Bitwig Studio, Studio One and Cubase.
    """
    from bandmate.daemon.errors import writing
    from bandmate.daemon.templates import ardour, dawproject, reaper, reascript
    from bandmate.presets.home import folder
    from bandmate.presets.load import Shelf

    make = {
        "reaper": reaper.project,
        "reascript": reascript.script,
        "ardour": ardour.script,
        "dawproject": dawproject.archive,
    }[daw]
    chosen = Shelf(folder("presets")).get(preset)
    path = out or Path(f"bandmate-{chosen.name}.{DAWS[daw]}")
    with writing(path):
        path.write_bytes(make(chosen, tempo))
    parts = ", ".join(f"{part.name} on channel {part.channel}" for part in chosen.parts)
    click.echo(f"{path}: your own track, {parts}")
