"""The command line. Heavy imports happen inside the commands, so that `--help` is instant."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from bandmate.daemon.choices import OUTPUTS, STARTS
from bandmate.daemon.clock.source import CLOCKS, SPEEDS
from bandmate.daemon.commands import Commands
from bandmate.daemon.engine.mode import MODES, PLAYED
from bandmate.daemon.flags import OFFSET, Number, bars, offsets, scale
from bandmate.daemon.learn.commands import learn
from bandmate.daemon.selftest.commands import selftest
from bandmate.daemon.sentences import sentences
from bandmate.daemon.service.commands import service
from bandmate.daemon.studio.commands import placed, studio
from bandmate.daemon.templates.commands import template

MODE = "With you, in turns of two bars, or (offline) knowing all that comes."
KEY = "Keep to this key: G, F# minor, Bbm, D dorian, ...  [default: any]"
PART_OFFSETS = "The same of each part beside that: 0,0,0,-40."
START = "Where no clock comes: with your first note, or a bar counted in with one key."
SOUND = "Be heard without an instrument, through FluidSynth."
SEED = "Another seed, another performance."
# On validation songs this one has held strings and a steady bass, in both packaged presets.
FIRST_SEED = 5


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="bandmate", prog_name="bandmate")
def main() -> None:
    """A band that plays along with your melody, in your DAW's time."""


main.add_command(learn)
main.add_command(selftest)
main.add_command(service)
main.add_command(studio)
main.add_command(template)


@main.command()
@click.option("--preset", default=None, help="The band; see 'bandmate presets'.  [default: pop]")
@click.option("--melody", default="ode-to-joy", show_default=True, help="One of the bundled melodies.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="A folder.")
@click.option("--seed", type=click.IntRange(0), default=FIRST_SEED, show_default=True, help=SEED)
@sentences
def demo(preset: str | None, melody: str, out: Path, seed: int) -> None:
    """Hear and see the band without any MIDI gear.

    Writes demo.mid, demo.png (the piano roll) and, where FluidSynth is, demo.wav.
    """
    from bandmate.daemon.offstage import demo as demonstration

    demonstration.run(preset, melody, out, seed, click.echo)


@main.command()
@click.argument("melody", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The MIDI file to write."
)
@click.option("--preset", default=None, help="The band; see 'bandmate presets'.  [default: pop]")
@click.option("--mode", type=click.Choice(MODES), default="live", show_default=True, help=MODE)
@click.option("--seed", type=click.IntRange(0), default=FIRST_SEED, show_default=True, help=SEED)
@click.option("--track", type=click.IntRange(1), default=None, help="The file's track with the melody.")
@click.option("--tempo", type=Number(20, 400), default=None, help="Beats a minute, in place of the file's.")
@click.option("--split", type=click.IntRange(0, 127), default=0, help="Notes below this pitch are chords.")
@click.option("--key", callback=scale, default=None, help=KEY)
@sentences
def render(**options: Any) -> None:
    """Play a MIDI file to the band.

    Writes what would have been heard: the melody of the file MELODY on channel 1, and the four parts.
    """
    from bandmate.daemon.offstage import rendering
    from bandmate.daemon.progress import progress

    order = rendering.Order(**options)
    with progress("rendering") as show:
        said = rendering.run(order, show)
    for sentence in said:
        click.echo(sentence)


@main.command()
@click.option("--preset", default=None, help="The band to begin with.")
@click.option("--in", "in_port", default=None, help="Listen to this port; 'any': to all there are.")
@click.option("--out", "out_port", default=None, help="Play on this port instead of opening 'bandmate out'.")
@click.option("--output", type=click.Choice(OUTPUTS), default=None, help="One port, one a part, one part.")
@click.option("--part", type=click.IntRange(1, 4), default=None, help="The part that 'single' sends.")
@click.option("--clock", type=click.Choice(CLOCKS), default=None, help="Whose tempo: the DAW's if it comes.")
@click.option("--clock-speed", type=click.Choice(SPEEDS), default=None, help="Ours by the DAW's.")
@click.option("--tempo", type=Number(20, 300), default=None, help="Where no clock comes.")
@click.option("--send-clock", is_flag=True, default=None, help="Lead: send a MIDI clock where none comes.")
@click.option(
    "--count-in", type=click.IntRange(0, 4), default=None, help="Bars clicked before CC 117 starts."
)
@click.option("--start", type=click.Choice(STARTS), default=None, help=START)
@click.option("--metre", callback=bars, default=None, help="3/4, 6/8, ...: no clock tells it.")
@click.option("--key", callback=scale, default=None, help=KEY)
@click.option("--mode", type=click.Choice(PLAYED), default="live", show_default=True, help=MODE)
@click.option("--feedback", default=None, metavar="PORT", help="Show where the controls stand on this port.")
@click.option("--pickup/--no-pickup", default=None, help="A fader takes hold where its control stands.")
@click.option("--channel", type=click.IntRange(1, 16), default=None, help="Hear this channel only.")
@click.option(
    "--offset", "offset_ms", type=OFFSET, default=None, help="Milliseconds later; with a minus sooner."
)
@click.option("--part-offsets", "part_offsets_ms", callback=offsets, default=None, help=PART_OFFSETS)
@click.option("--seed", type=click.IntRange(0), default=None, help="A new one each time if left out.")
@click.option("--sound", is_flag=False, flag_value="any", default=None, metavar="[SOUNDFONT]", help=SOUND)
@click.option("--no-record", is_flag=True, help="Keep no MIDI file of the performance.")
@click.option("--trace", type=click.Path(dir_okay=False, path_type=Path), default=None, help="For measuring.")
@click.option(
    "--log", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Write there, not here."
)
@click.option("--studio", "page", is_flag=True, help="With a page for the browser, at --host and --port.")
@placed
@sentences
def play(
    seed: int | None,
    mode: str,
    no_record: bool,
    trace: Path | None,
    log: Path | None,
    page: bool,
    host: str,
    port: int,
    **flags: Any,
) -> None:
    """Play with the band, live. Ctrl-C ends it."""
    from bandmate.daemon.config import FILE, load, override
    from bandmate.daemon.stage import asked
    from bandmate.daemon.stage import play as performance
    from bandmate.daemon.stage.console import Console, divert
    from bandmate.presets.home import folder

    if log is not None:
        divert(log)
    config = override(load(folder(FILE)), record=False if no_record else None, **flags)
    console = Console()
    settings = asked.settings(config, mode, seed)
    if page:
        from bandmate.daemon.studio import show

        lost = show.run(config, settings, console.say, console.show, show.Address(host, port), trace)
    else:
        lost = performance.play(config, settings, console.say, console.show, trace)
    console.end()
    if lost is not None:
        raise SystemExit(1)


@main.command()
@sentences
def ports() -> None:
    """List the MIDI ports there are."""
    from bandmate.bridge.ports import Midi

    midi = Midi()
    names = midi.names()
    midi.close()
    for title, found in (("to listen to (--in)", names.inputs), ("to play on (--out)", names.outputs)):
        click.echo(f"{title}:")
        for name in found or ("(none)",):
            click.echo(f"  {name}")


@main.command()
def presets() -> None:
    """List the presets, and what is wrong with them."""
    from bandmate.models.catalogue import Catalogue
    from bandmate.presets.home import folder
    from bandmate.presets.load import Shelf

    shelf, known = Shelf(folder("presets")), Catalogue(folder("models")).names()
    remarks = [*shelf.remarks(), *shelf.broken().values()]
    for name in shelf.names():
        preset = shelf.get(name)
        parts = ", ".join(f"{part.name} ({part.channel})" for part in preset.parts)
        click.echo(f"{preset.program:3}  {name:16} {parts}")
        missing = [model for model in (preset.ear, preset.band) if model not in known]
        remarks += [f"{name} can't play: there is no model '{model}'" for model in missing]
    for sentence in remarks:
        click.echo(sentence, err=True)
    click.echo(f"\nYours belong in {folder('presets')}")


@main.command()
def models() -> None:
    """List the models, and what is wrong with them."""
    from bandmate.daemon.answering import loading
    from bandmate.models.catalogue import Catalogue
    from bandmate.presets.home import folder

    catalogue = Catalogue(folder("models"))
    for name in catalogue.names():
        click.echo(f"{name:20} {catalogue.where(name):9} {loading.describe(catalogue, name)}")
    click.echo(f"\nYours belong in {folder('models')}")


@main.command()
@click.option("--out", "out_port", default=None, help="One port; all that there are if left out.")
@sentences
def panic(out_port: str | None) -> None:
    """Silence every note on every channel of the MIDI outputs.

    A band that plays is told, too, so that it releases what it plays on ports that only it can reach.
    """
    from bandmate.bridge.names import PortError
    from bandmate.bridge.ports import Midi
    from bandmate.daemon.config import FILE, load
    from bandmate.daemon.leading.controls import calling
    from bandmate.daemon.sending.ledger import Ledger
    from bandmate.presets.home import folder

    midi = Midi()
    names = [out_port] if out_port is not None else list(midi.names().outputs)
    failed = []
    for name in names:
        own = midi.own(name)
        events = calling(load(folder(FILE)).controls.panic) if own else Ledger().panic(range(1, 17))
        try:
            port = midi.open_output(name)
            for event in events:
                port.send(event)
            port.close()
        except PortError as error:
            failed.append(str(error))
        else:
            click.echo(f"{'told' if own else 'silenced'} {port.peer}")
    midi.close()
    if not names:
        click.echo("there is no MIDI output to silence")
    if failed:
        raise click.ClickException("\n".join(failed))


@main.command()
@sentences
def recover() -> None:
    """Make takes of performances that were cut off.

    'bandmate play' does so by itself when it starts.
    """
    from bandmate.daemon.stage.keeping import recover as takes
    from bandmate.presets.home import folder

    if hasattr(os, "nice"):
        os.nice(19)  # a band may be playing
    for sentence in takes(folder("takes")):
        click.echo(sentence)
