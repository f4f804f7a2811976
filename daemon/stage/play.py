"""A performance in real time: ports, threads and signals, started and stopped in mirrored order."""

from __future__ import annotations

import atexit
import os
import secrets
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import Event

from bandmate.bridge import outputs
from bandmate.bridge.bounded import bounded
from bandmate.bridge.names import PortError
from bandmate.bridge.outputs import Fanout, Sink
from bandmate.bridge.ports import Midi
from bandmate.daemon.clock.session import Session
from bandmate.daemon.clock.source import Clock, Speed
from bandmate.daemon.config import ANY, Config
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.engine.situation import Mode
from bandmate.daemon.errors import writing
from bandmate.daemon.leading.controls import slots
from bandmate.daemon.leading.feedback import Feedback
from bandmate.daemon.link.reader import Reader
from bandmate.daemon.ports.outlet import Outlet
from bandmate.daemon.ports.sounding import Remains, Sounding
from bandmate.daemon.ports.surface import SurfacePort
from bandmate.daemon.ports.wiring import System, Wiring, Wishes
from bandmate.daemon.sending.takes import Take
from bandmate.daemon.sound.font import instrument
from bandmate.daemon.sound.synth import JACK, Both, Synth
from bandmate.daemon.stage import priority
from bandmate.daemon.stage.alarm import Alarm
from bandmate.daemon.stage.audience import Audience, Seat, watching
from bandmate.daemon.stage.casting import Casting
from bandmate.daemon.stage.conductor import Conductor
from bandmate.daemon.stage.keeping import Keeper, recover_beside
from bandmate.daemon.stage.notify import Herald
from bandmate.daemon.stage.surface import Surface
from bandmate.daemon.stage.trace import Trace
from bandmate.daemon.stage.watch import Show, Watch
from bandmate.presets.home import folder, runtime
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset

AGAIN = 0.1
"""Seconds after which what was ended is ended again: longer than most systems gather messages for."""
CLOSING = 8.0
"""Seconds within which all ports are closed; no driver is waited for any longer."""

Say = Callable[[str], None]


def play(
    config: Config,
    settings: Settings,
    say: Say,
    show: Show,
    trace: Path | None = None,
    *,
    audience: Audience | None = None,
    system: System | None = None,
    ending: Event | None = None,
) -> str | None:
    """Play until a signal comes or the MIDI system is lost; what was lost, as was said, if it ended so.

    Raises PortError, PresetError or ModelError at the start, WriteError at the end. say: hears sentences;
    show: hears the status and the seconds of inference (p95), ten times a second; system: where the ports
    are, the machine's by default; ending: ends the performance when it is set, and signals are left alone.
    """
    alarm = Alarm(ending)
    if ending is None:
        alarm.listen()
    record = Trace() if trace is not None else None
    with alarm.guarding(), ExitStack() as closing, ExitStack() as stack:
        midi = system or Midi()
        closing.callback(midi.close)
        remains = Remains(runtime("sounding"))
        closing.callback(remains.close)
        casting = Casting(folder("presets"), folder("models"), say)
        stack.callback(casting.close)
        preset, key, accompanist = casting.first(config.preset)
        bars = (0, settings.metre.beats, settings.metre.unit)
        take = Take(_parts(preset), tempos=[(0, settings.bpm)], metres=[bars]) if config.record else None
        routed, outlets = _output(config, preset)
        output = _heard(config, routed, midi, say, closing)
        surface = None if config.feedback is None else Surface(_feedback(config))
        keeper = Keeper(take, folder("takes"), say) if take is not None else None
        engine = Engine(preset, settings, take, key)
        conductor = Conductor(engine, output, say, *watching(record, audience), surface)
        conductor.worker.employ(key, accompanist)
        stack.callback(conductor.stop)
        wishes = Wishes(config.in_port, config.out_port, pauses=config.when_lost == "pause")
        wiring = Wiring(midi, wishes, outlets, partial(_keep_sounding, remains, say), conductor, say)
        closing.callback(wiring.close)
        wiring.begin()
        mirror = None
        if config.feedback is not None and surface is not None:
            mirror = SurfacePort(midi, config.feedback, conductor, surface.came, say)
            closing.callback(mirror.close)
            surface.plug(mirror.outlet)
            mirror.look()
        if audience is not None:
            audience.take(Seat(engine, conductor, casting.wish))
            stack.callback(audience.leave)
            audience.looked(wiring)
        conductor.start(casting.wish)
        heard, played = _all(wiring.listening), _all(wiring.playing)
        ready = f"{preset.name} is ready: listening on {heard}, playing on {played}"
        say(ready)
        herald = Herald.of()
        herald.ready(ready)
        stack.callback(herald.stopping)
        priority.claim()
        stack.callback(priority.release)
        casting.begin(conductor.arm)
        if settings.clock is Clock.LINK:
            hear = partial(_hear_link, conductor, engine)
            quantum = settings.metre.sixteenths / 4
            stack.callback(Reader(settings.bpm, quantum, hear, say).close)
        recover_beside(folder("takes"), say)
        lost = Watch(wiring, mirror, conductor, keeper, audience, herald, show, say).until(alarm)
        if lost is not None:
            say(lost)  # now, since what follows may be cut short
        # Notes end first, then the take is written, and only then ports are closed, which may fail.
        stack.close()
        if keeper is not None:
            keeper.keep()
        # Closing ends it all again: a busy system may have lost what left in one of its cycles.
        Event().wait(AGAIN)
        with bounded(CLOSING):
            closing.close()
    if conductor.worker.stuck or casting.stuck:
        atexit.register(_leave, 0 if lost is None else 1)
    if record is not None and trace is not None:
        with writing(trace):
            record.write(trace, conductor.status.late, conductor.status.dropped)
    return lost


def _hear_link(conductor: Conductor, engine: Engine, session: Session) -> None:
    """A Link session was reported (the reader's thread)."""
    conductor.call(partial(engine.session, session, session.time))


def _leave(status: int) -> None:
    """End the process now: a thread that is in ONNX Runtime for ever would make its ending crash."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _keep_sounding(remains: Remains, say: Say, port: str) -> Sounding:
    """The record of what sounds on a port; where none can be written, one that ends with us."""
    try:
        return remains.keep(port)
    except OSError as error:
        reason = error.strerror or error
        say(f"what sounds can't be noted on disk ({reason}): if bandmate is killed, notes may hang")
        return Sounding()


def _parts(preset: Preset) -> list[tuple[str, int, int | None]]:
    return [(part.name, part.channel, part.program) for part in preset.parts]


def _output(config: Config, preset: Preset) -> tuple[Fanout, dict[str, Outlet]]:
    """What the config asks for, by channel; and the outlets, by the names that they have as virtual ports."""
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


def _heard(config: Config, output: Fanout, midi: System, say: Say, closing: ExitStack) -> Sink:
    """The output, and FluidSynth beside it where the config asks for the band's own sound."""
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


def _all(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "nothing yet"


def _feedback(config: Config) -> Feedback:
    """What goes back to the controller that a config names."""
    channels = {n: config.channels.get((name, place), 1) for name, place, n in slots(config.controls)}
    return Feedback(config.controls, config.display, channels)


def _reserve(shelf: Shelf) -> float:
    """Seconds by which the parts of any preset on the shelf want to be sooner, at most."""
    offsets = [part.offset_ms for name in shelf.names() for part in shelf.get(name).parts]
    return -min([0.0, *offsets]) / 1000


def settings(config: Config, mode: str, seed: int | None) -> Settings:
    """The performance that a config asks for; without a seed, a new one each time."""
    return Settings(
        mode=Mode(mode),
        clock=Clock(config.clock),
        speed=Speed(config.clock_speed),
        bpm=config.tempo,
        metre=config.metre,
        seed=secrets.randbelow(2**31) if seed is None else seed,
        split=config.split,
        channel=config.channel,
        key=config.key,
        send_clock=config.send_clock,
        count_in=config.count_in,
        counted=config.start == "count",
        tap_note=config.tap_note,
        programs=config.program_changes or config.sound is not None,
        offset=config.offset_ms / 1000,
        offsets=tuple(each / 1000 for each in config.part_offsets_ms),
        reserve=_reserve(Shelf(folder("presets"))),
        controls=config.controls,
        pickup=config.pickup,
    )
