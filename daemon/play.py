"""A performance in real time: ports, threads and signals, started and stopped in mirrored order."""

from __future__ import annotations

import secrets
import signal
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bandmate.bridge import outputs
from bandmate.bridge.names import PortError
from bandmate.bridge.outputs import Fanout
from bandmate.bridge.ports import Midi
from bandmate.daemon.casting import Casting
from bandmate.daemon.conductor import Conductor
from bandmate.daemon.config import Config
from bandmate.daemon.engine import Engine, Status
from bandmate.daemon.errors import writing
from bandmate.daemon.settings import Settings
from bandmate.daemon.situation import Mode
from bandmate.daemon.takes import Take
from bandmate.daemon.trace import Trace
from bandmate.daemon.transport import Clock
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset

LOOK_EVERY = 0.1
LOOKS_PER_CHECK = 10

Say = Callable[[str], None]
Show = Callable[[Status, float], None]


@dataclass(frozen=True)
class Outcome:
    """How a performance ended: the path of its take, if it was kept, and what was lost, if a port was."""

    take: Path | None
    lost: str | None


def play(config: Config, settings: Settings, say: Say, show: Show, trace: Path | None = None) -> Outcome:
    """Play until a signal comes or a port is lost. Raises PortError, PresetError or ModelError at the start.

    say: hears sentences; show: hears the status and the seconds of inference (p95), ten times a second.
    """
    ending = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ending.set())
    record = Trace() if trace is not None else None
    with ExitStack() as stack:
        midi = Midi()
        stack.callback(midi.close)
        casting = Casting(folder("presets"), folder("models"), say)
        preset, key, accompanist = casting.first(config.preset)
        bars = (0, settings.metre.beats, settings.metre.unit)
        take = Take(_parts(preset), tempos=[(0, settings.bpm)], metres=[bars]) if config.record else None
        output = _output(midi, config, preset)
        stack.callback(output.close)
        conductor = Conductor(
            Engine(preset, settings, take, key), output, say, record.add if record else None
        )
        conductor.worker.employ(key, accompanist)
        stack.callback(conductor.stop)
        conductor.start(casting.wish, config.offset_ms / 1000)
        door = midi.open_input(config.in_port, conductor.deliver)
        stack.callback(door.close)
        ports = [door, *output.ports]
        say(f"{preset.name} is ready: listening on '{door.name}', playing on {_names(output)}")
        casting.begin(conductor.arm)
        stack.callback(casting.close)
        peers = [port.peer for port in ports if hasattr(port, "peer")]
        lost = _watch(midi, peers, conductor, ending, show)
    kept = _keep(take)
    if record is not None and trace is not None:
        with writing(trace):
            record.write(trace)
    return Outcome(kept, lost)


def _parts(preset: Preset) -> list[tuple[str, int, int | None]]:
    return [(part.name, part.channel, part.program) for part in preset.parts]


def _output(midi: Midi, config: Config, preset: Preset) -> Fanout:
    """The ports that the config asks for, by channel."""
    if config.output == "multichannel":
        return outputs.multichannel(midi.open_output(config.out_port))
    shelf = Shelf(folder("presets"))
    places = _places(preset, [shelf.get(name) for name in shelf.names()])
    if config.output == "single":
        wanted = [channel for channel, place in places.items() if place == config.part - 1]
        return outputs.single(midi.open_output(config.out_port), wanted)
    if config.out_port is not None:
        raise PortError("'split' opens four ports of its own; leave --out away, or choose another --output")
    ports = [midi.open_output(None, f"bandmate {part.name}") for part in preset.parts]
    return outputs.split({channel: ports[place] for channel, place in places.items()})


def _places(first: Preset, others: Iterable[Preset]) -> dict[int, int]:
    """Which of the four ports a channel goes to: as the first preset has it, then as the others have."""
    places: dict[int, int] = {}
    for preset in (first, *others):
        for place, part in enumerate(preset.parts):
            places.setdefault(part.channel, place)
    return places


def _names(output: Fanout) -> str:
    return ", ".join(f"'{getattr(port, 'name', '')}'" for port in output.ports)


def _watch(
    midi: Midi, peers: list[str | None], conductor: Conductor, ending: threading.Event, show: Show
) -> str | None:
    """Wait for the end; what was lost, if it ended so."""
    looks = 0
    while not ending.wait(LOOK_EVERY):
        show(conductor.status, conductor.p95())
        looks += 1
        if conductor.ended.is_set():
            return str(conductor.lost) if conductor.lost else "the band has stopped"
        if looks % LOOKS_PER_CHECK == 0:
            gone = [peer for peer in dict.fromkeys(peers) if midi.lost(peer)]
            if gone:
                what = f"the port '{gone[0]}'" if gone[0] else "the MIDI system"
                return f"{what} is gone; connect it again, then start bandmate again"
    return None


def _keep(take: Take | None) -> Path | None:
    """Write the take into the user's folder, unless nothing was played."""
    if take is None or take.empty:
        return None
    path = Take.path(folder("takes"), datetime.now())
    with writing(path):
        take.write(path)
    return path


def settings(config: Config, mode: str, seed: int | None) -> Settings:
    """The performance that a config asks for; without a seed, a new one each time."""
    return Settings(
        mode=Mode(mode),
        clock=Clock(config.clock),
        bpm=config.tempo,
        metre=config.metre,
        seed=secrets.randbelow(2**31) if seed is None else seed,
        split=config.split,
        channel=config.channel,
        key=config.key,
        send_clock=config.send_clock,
        count_in=config.count_in,
        programs=config.program_changes,
        controls=config.controls,
    )
