"""Where the parts go: by channel to the outlets that a config asks for, and to FluidSynth beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack

from bandmate.bridge import outputs
from bandmate.bridge.names import PortError
from bandmate.bridge.outputs import Fanout, Sink
from bandmate.daemon.config import ANY, Config
from bandmate.daemon.ports.outlet import Outlet
from bandmate.daemon.ports.wiring import System
from bandmate.daemon.sound.font import instrument
from bandmate.daemon.sound.synth import JACK, Both, Synth
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset

Say = Callable[[str], None]


def routed(config: Config, preset: Preset) -> tuple[Fanout, dict[str, Outlet]]:
    """What the config asks for, by channel; and the outlets, by the names that they have as virtual ports.

    Raises PortError where 'split' is to go to ports that there are.
    """
    out = Outlet()
    if config.output == "multichannel":
        return outputs.multichannel(out), {"bandmate out": out}
    shelf = Shelf(folder("presets"))
    places = _places(preset, [shelf.get(name) for name in shelf.names()])
    if config.output == "single":
        wanted = [channel for channel, place in places.items() if place == config.part - 1]
        return outputs.single(out, wanted), {"bandmate out": out}
    if config.out_port is not None:
        raise PortError("'split' opens four ports of its own; leave --out away, or choose another --output")
    outlets = {f"bandmate {part.name}": Outlet() for part in preset.parts}
    ports = list(outlets.values())
    return outputs.split({channel: ports[place] for channel, place in places.items()}), outlets


def sounding(config: Config, output: Fanout, midi: System, say: Say, closing: ExitStack) -> Sink:
    """The output, and FluidSynth beside it where the config asks for the band's own sound.

    closing: ends it. Raises SoundError where it can't be had.
    """
    if config.sound is None:
        return output
    found = instrument(None if config.sound == ANY else config.sound)
    synth = Synth(found, say, JACK if midi.api == "jack" else ())
    closing.callback(synth.close)
    say(f"the band sounds through FluidSynth and {found.font.name}")
    return Both(output, synth)


def _places(first: Preset, others: Iterable[Preset]) -> dict[int, int]:
    """Which of the four ports a channel goes to: as the first preset has it, then as the others have."""
    places: dict[int, int] = {}
    for preset in (first, *others):
        for place, part in enumerate(preset.parts):
            places.setdefault(part.channel, place)
    return places
