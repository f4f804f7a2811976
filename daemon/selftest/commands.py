"""`bandmate selftest`: is this machine fit for the stage?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from bandmate.daemon.sentences import sentences


@click.command()
@click.option(
    "--minutes", type=click.FloatRange(0.1, 600), default=1.0, show_default=True, help="Of playing."
)
@click.option("--preset", default=None, help="The band.  [default: as config.yaml says, or pop]")
@click.option(
    "--tempo", type=click.FloatRange(40, 240), default=120.0, show_default=True, help="Of the clock."
)
@click.option("--in", "in_port", default=None, help="With --out, on Windows: a loop into the band.")
@click.option("--out", "out_port", default=None, help="With --in, on Windows: a loop out of it.")
@click.option(
    "--json",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Write it there.",
)
@click.pass_context
@sentences
def selftest(
    context: click.Context,
    minutes: float,
    preset: str | None,
    tempo: float,
    in_port: str | None,
    out_port: str | None,
    file: Path | None,
) -> None:
    """Measure the band on this machine, through real ports.

    Starts a band, plays a tune and a clock to it, listens, and tells whether machine and settings are fit
    for the stage. Nothing needs to be connected. The exit status is 1 where they are not.
    """
    from bandmate.daemon.config import FILE, load
    from bandmate.daemon.errors import writing
    from bandmate.daemon.selftest.selftest import Order, run
    from bandmate.daemon.selftest.verdict import judge, record, table
    from bandmate.presets.home import folder

    if (in_port is None) != (out_port is None):
        raise click.UsageError("--in and --out go together.")
    chosen = preset or load(folder(FILE)).preset
    click.echo(f"playing for {minutes:g} minutes; leave the machine as it is on stage")
    figures = run(Order(minutes, chosen, tempo, in_port, out_port))
    verdict = judge(figures)
    for line in [*table(figures), "", *verdict.words]:
        click.echo(line)
    if file is not None:
        with writing(file):
            file.write_text(json.dumps(record(figures, verdict), indent=1) + "\n", encoding="utf-8")
    context.exit(0 if verdict.fit else 1)
