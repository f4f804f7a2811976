"""`bandmate studio`: the band in a browser."""

from __future__ import annotations

from typing import Any

import click

from bandmate.daemon.sentences import sentences

HOST, PORT = "127.0.0.1", 8321


def placed(command: Any) -> Any:
    """Give a command the options that say where its page is."""
    host = "Where others may come in, after pairing: 0.0.0.0 is everywhere."
    command = click.option(
        "--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="The page's."
    )(command)
    return click.option("--host", default=HOST, show_default=True, help=host)(command)


@click.command()
@placed
@click.option("--open", "browse", is_flag=True, help="Open the page in your browser.")
@click.option("--preset", default=None, help="The band to begin with.")
@click.option("--seed", type=click.IntRange(0), default=None, help="A new one each time if left out.")
@click.option("--no-record", is_flag=True, help="Keep no MIDI file of the performance.")
@sentences
def studio(host: str, port: int, browse: bool, preset: str | None, seed: int | None, no_record: bool) -> None:
    """Play with the band in a browser. No MIDI gear is needed. Ctrl-C ends it."""
    from bandmate.daemon.config import FILE, load, override
    from bandmate.daemon.stage.asked import settings
    from bandmate.daemon.stage.console import Console
    from bandmate.daemon.studio import show
    from bandmate.presets.home import folder

    config = override(load(folder(FILE)), preset=preset, record=False if no_record else None)
    console = Console()
    chosen = settings(config, "live", seed)
    address = show.Address(host, port)
    lost = show.run(config, chosen, console.say, console.show, address, indoors=True, browse=browse)
    console.end()
    if lost is not None:
        raise click.ClickException(lost)
