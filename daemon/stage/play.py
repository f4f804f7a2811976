"""A performance in real time: ports, threads and signals, started and stopped in mirrored order."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import Event

from bandmate.bridge.bounded import bounded
from bandmate.bridge.ports import Midi
from bandmate.daemon.clock.session import Session
from bandmate.daemon.clock.source import Clock
from bandmate.daemon.config import Config
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.errors import writing
from bandmate.daemon.leading.controls import slots
from bandmate.daemon.leading.feedback import Feedback
from bandmate.daemon.link.reader import Reader
from bandmate.daemon.ports.outlet import Outlet
from bandmate.daemon.ports.sounding import Remains, Sounding
from bandmate.daemon.ports.surface import SurfacePort
from bandmate.daemon.ports.wiring import System, Wiring, Wishes
from bandmate.daemon.sending.takes import Take
from bandmate.daemon.stage import priority
from bandmate.daemon.stage.alarm import Alarm
from bandmate.daemon.stage.audience import Audience, Seat, watching
from bandmate.daemon.stage.caretaker import Caretaker, Show
from bandmate.daemon.stage.casting import Casting
from bandmate.daemon.stage.conductor import Conductor
from bandmate.daemon.stage.keeping import Keeper, recover_beside
from bandmate.daemon.stage.notify import Herald
from bandmate.daemon.stage.routes import routed, sounding
from bandmate.daemon.stage.surface import Surface
from bandmate.daemon.stage.trace import Trace
from bandmate.presets.home import folder, runtime
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
        casting = Casting(folder("presets"), folder("models"), say)
        stack.callback(casting.close)
        preset, key, accompanist = casting.first(config.preset)
        take = _take(config, settings, preset)
        channels, outlets = routed(config, preset)
        output = sounding(config, channels, midi, say, closing)
        surface = None if config.feedback is None else Surface(_feedback(config))
        engine = Engine(preset, settings, take, key)
        conductor = Conductor(engine, output, say, watching(record, audience), surface)
        conductor.worker.employ(key, accompanist)
        stack.callback(conductor.stop)
        wiring = _wired(config, midi, outlets, conductor, say, closing)
        mirror = _mirrored(config, midi, surface, conductor, say, closing)
        if audience is not None:
            _seated(audience, Seat(engine, conductor, casting.wish), wiring, stack)
        conductor.start(casting.wish)
        herald = _announced(preset, wiring, say, stack)
        casting.begin(conductor.arm)
        _linked(settings, engine, conductor, say, stack)
        recover_beside(folder("takes"), say)
        keeper = None if take is None else _keeping(take, say, closing)
        priority.claim()
        stack.callback(priority.release)
        lost = Caretaker(wiring, mirror, conductor, keeper, audience, herald, show, say).until(alarm)
        if lost is not None:
            say(lost)  # now, since what follows may be cut short
        _end(stack, keeper, closing)
    if conductor.worker.stuck or casting.stuck:
        atexit.register(_leave, 0 if lost is None else 1)
    if record is not None and trace is not None:
        with writing(trace):
            record.write(trace, conductor.status.late, conductor.status.dropped)
    return lost


def _take(config: Config, settings: Settings, preset: Preset) -> Take | None:
    """What the performance is kept in, if it is."""
    if not config.record:
        return None
    parts = [(part.name, part.channel, part.program) for part in preset.parts]
    bars = (0, settings.metre.beats, settings.metre.unit)
    return Take(parts, tempos=[(0, settings.bpm)], metres=[bars])


def _keeping(take: Take, say: Say, closing: ExitStack) -> Keeper:
    """Who notes the take down from now on, and lets go of it however the performance ends."""
    keeper = Keeper(take, folder("takes"), say)
    closing.callback(keeper.close)
    return keeper


def _wired(
    config: Config,
    midi: System,
    outlets: dict[str, Outlet],
    conductor: Conductor,
    say: Say,
    closing: ExitStack,
) -> Wiring:
    """The ports that the config asks for, opened; what sounds on them is noted on disk."""
    remains = Remains(runtime("sounding"))
    closing.callback(remains.close)
    wishes = Wishes(config.in_port, config.out_port, pauses=config.when_lost == "pause")
    wiring = Wiring(midi, wishes, outlets, partial(_keep_sounding, remains, say), conductor, say)
    closing.callback(wiring.close)
    wiring.begin()
    return wiring


def _mirrored(
    config: Config, midi: System, surface: Surface | None, conductor: Conductor, say: Say, closing: ExitStack
) -> SurfacePort | None:
    """The port of the controller that shows where things stand, if there is to be one."""
    if config.feedback is None or surface is None:
        return None
    mirror = SurfacePort(midi, config.feedback, conductor, surface.came, say)
    closing.callback(mirror.close)
    surface.plug(mirror.outlet)
    mirror.look()
    return mirror


def _seated(audience: Audience, seat: Seat, wiring: Wiring, stack: ExitStack) -> None:
    """Have an audience, until the performance is over."""
    audience.take(seat)
    stack.callback(audience.leave)
    audience.looked(wiring)


def _announced(preset: Preset, wiring: Wiring, say: Say, stack: ExitStack) -> Herald:
    """Say, to the user and to a service manager, that the band is ready."""
    heard, played = _all(wiring.listening), _all(wiring.playing)
    ready = f"{preset.name} is ready: listening on {heard}, playing on {played}"
    say(ready)
    herald = Herald.of()
    herald.ready(ready)
    stack.callback(herald.stopping)
    return herald


def _linked(settings: Settings, engine: Engine, conductor: Conductor, say: Say, stack: ExitStack) -> None:
    """Follow a Link session, where one is to give the time."""
    if settings.clock is Clock.LINK:
        hear = partial(_hear_link, conductor, engine)
        quantum = settings.metre.sixteenths / 4
        stack.callback(Reader(settings.bpm, quantum, hear, say).close)


def _hear_link(conductor: Conductor, engine: Engine, session: Session) -> None:
    """A Link session was reported (the reader's thread)."""
    conductor.call(partial(engine.session, session, session.time))


def _end(stack: ExitStack, keeper: Keeper | None, closing: ExitStack) -> None:
    """Notes end first, then the take is written, and only then ports are closed, which may fail. Raises
    WriteError."""
    stack.close()
    if keeper is not None:
        keeper.keep()
    # Closing ends it all again: a busy system may have lost what left in one of its cycles.
    Event().wait(AGAIN)
    with bounded(CLOSING):
        closing.close()


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


def _all(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "nothing yet"


def _feedback(config: Config) -> Feedback:
    """What goes back to the controller that a config names."""
    channels = {n: config.channels.get((name, place), 1) for name, place, n in slots(config.controls)}
    return Feedback(config.controls, config.display, channels)
