"""A storm in virtual time: whatever may come from players, DAWs, ports, models and the machine, at random."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hall import Crew, Deed, Hall, Synth

from bandmate.bridge import codec
from bandmate.bridge.events import (
    Continue,
    Control,
    Event,
    NoteOff,
    NoteOn,
    Position,
    Program,
    Pulse,
    Start,
    Stop,
)
from bandmate.bridge.outputs import split
from bandmate.daemon.answering.request import Answer, Request
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.source import Clock, Speed
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.mode import Mode
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.leading.controls import ControlMap
from bandmate.daemon.learn.lesson import Lesson
from bandmate.daemon.ports.door import Door
from bandmate.daemon.ports.outlet import Outlet
from bandmate.daemon.sending.ledger import ALL_NOTES_OFF, ALL_SOUND_OFF, SUSTAIN
from bandmate.models.contract import ModelError
from bandmate.models.decoding import Score
from bandmate.models.roll import WINDOW
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset

METRES = (Metre(), Metre(), Metre(3, 4), Metre(6, 8), Metre(7, 8), Metre(1, 16), Metre(11, 4))
OFFSETS = ((0.0,) * 4, (0.0,) * 4, (0.0, 0.05, -0.08, 0.5), (-0.5, 0.0, 0.02, 0.0))
WAITS = (0.0, 0.0, 0.001, 0.005, 0.02, 0.1, 0.4)


@dataclass
class Toll:
    """What a storm has done: events that came, notes that were struck, those left hanging, the seconds by
    which the latest note was late, decisions asked for."""

    events: int = 0
    struck: int = 0
    hanging: int = 0
    latest: float = 0.0
    asked: int = 0
    longest_crew: int = 0


def _scores(seed: int) -> list[Score]:
    """Restless scores of a window: notes short and long, struck again while they sound."""
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(32):
        onset = rng.random((4, WINDOW, 128)) < 0.004
        sustain = onset | (rng.random(onset.shape) < 0.2) & np.roll(onset, 1, 1)
        out.append(Score(onset, sustain, onset.astype(np.float32)))
    return out


class Storm:
    """One performance in bad weather."""

    def __init__(self, dice: random.Random, scores: list[Score], numbers: ControlMap) -> None:
        self._dice, self._scores = dice, scores
        shelf = Shelf(None)
        self._presets = [shelf.get(name) for name in shelf.names()]
        self.settings = Settings(
            mode=dice.choice((Mode.LIVE, Mode.LIVE, Mode.LIVE, Mode.RESPOND)),
            clock=dice.choice((Clock.AUTO, Clock.AUTO, Clock.MIDI, Clock.INTERNAL)),
            bpm=dice.choice((20.0, 90.0, 120.0, 180.0, 300.0, 400.0)),
            metre=dice.choice(METRES),
            split=dice.choice((0, 55)),
            send_clock=dice.random() < 0.5,
            count_in=dice.choice((0, 1, 4)),
            lead=dice.choice((0.015, 0.03, 0.2)),
            controls=numbers,
            speed=dice.choice((Speed.NORMAL, Speed.NORMAL, Speed.HALF, Speed.DOUBLE)),
            offset=dice.choice((0.0, 0.0, -0.02, 0.3)),
            offsets=dice.choice(OFFSETS),
            counted=dice.random() < 0.2,
            tap_note=dice.choice((None, None, 36)),
            pickup=dice.random() < 0.2,
        )
        first = self._preset()
        self.synths = [Synth() for _ in range(dice.choice((1, 4)))]
        self.outlets = [Outlet(lambda: self.hall.time.now) for _ in self.synths]
        channels = {channel: self.outlets[channel % len(self.outlets)] for channel in range(1, 17)}
        engine = Engine(first, self.settings, key="0")
        output = split(channels) if len(self.outlets) > 1 else self.outlets[0]
        self.hall = Hall(engine, self._act, "0", output)
        self.hall.sent = None
        for outlet, synth in zip(self.outlets, self.synths, strict=True):
            outlet.plug(synth, synth.record, heard=True)
        self.lesson = Lesson(numbers)
        self.door = Door(self.hall.podium.receive)
        self.armed = 0
        self.crew: Crew = self.hall.crew
        self.longest = 0
        self._mood: float | None = 0.0
        self._period = 0.02

    def run(self, events: int) -> None:
        """So many events, then the end, with every port there."""
        self.hall.run(self._weather(events))
        for outlet, synth in zip(self.outlets, self.synths, strict=True):
            synth.back()
            outlet.plug(synth, synth.record, heard=True)
        self.hall.podium.stop()
        for outlet in self.outlets:
            outlet.close()

    def _weather(self, events: int) -> Iterator[tuple[float, Callable[[], None]]]:
        gusts: tuple[tuple[int, Any], ...] = (
            (50, self._note), (10, self._control), (2, self._transport), (8, self._garbage),
            (1, self._port), (1, self._arm), (1, self._tempo), (0.5, self._pause), (1, self._keys_gone),
            (0.7, self._temper), (0.5, self._panic), (0.2, self._gap), (1, self._rest), (3, self._calm),
        )  # fmt: skip
        weights, deeds = zip(*gusts, strict=True)
        while events > 0:
            if self._dice.random() < 0.02:
                for _ in range(min(events, self._dice.randint(1, 200))):
                    events -= 1
                    wait = self._period * self._dice.uniform(0.8, 1.2)
                    yield self.hall.time.now + wait, lambda: self._come(Pulse())
                self._period = self._dice.choice((0.006, 0.01, 0.02, 0.03, 0.1))
            else:
                events -= 1
                wait = self._dice.choice(WAITS)
                yield self.hall.time.now + wait, self._dice.choices(deeds, weights)[0]
            if events % 50 == 0:
                for outlet in self.outlets:
                    outlet.tend()
                self.longest = max(self.longest, len(self.crew.keys))

    # --- what may happen ----------------------------------------------------------------------------

    def _note(self) -> None:
        channel, pitch = self._dice.choice((1, 1, 1, 2, 10, 16)), self._dice.randint(30, 95)
        on = self._dice.random() < 0.6
        self._come(NoteOn(channel, pitch, self._dice.randint(1, 127)) if on else NoteOff(channel, pitch))

    def _control(self) -> None:
        numbers = (SUSTAIN, ALL_NOTES_OFF, ALL_SOUND_OFF, *range(85, 118))
        event: Event = Control(1, self._dice.choice(numbers), self._dice.choice((0, 20, 64, 127)))
        if self._dice.random() < 0.1:
            event = Program(self._dice.randint(1, 16), self._dice.randint(1, 128))
        self._come(event)
        self.lesson.hear(event)

    def _transport(self) -> None:
        position = Position(self._dice.choice((0, 16, self._dice.randint(0, 16383))))
        self._come(self._dice.choice((Start(), Start(), Continue(), Stop(), position)))

    def _garbage(self) -> None:
        data = [self._dice.randint(0, 255) for _ in range(self._dice.randint(0, 6))]
        event = codec.from_bytes(data)
        if event is not None:
            self.door(event, self.hall.time.now)

    def _port(self) -> None:
        which = self._dice.randrange(len(self.synths))
        outlet, synth = self.outlets[which], self.synths[which]
        if synth.there:
            synth.pull()
            if self._dice.random() < 0.5:
                outlet.unplug()
        else:
            synth.back()
            outlet.unplug()
            outlet.plug(synth, synth.record, heard=self._dice.random() < 0.7)
            self.hall.podium.greet()

    def _arm(self) -> None:
        self.armed += 1
        self.hall.podium.arm(self._preset(), str(self.armed), None)  # type: ignore[arg-type]
        self.lesson.skip()

    def _tempo(self) -> None:
        # What was due by the old tempo leaves first: its lateness is not told in the new one's ticks.
        self.hall.podium.turn()
        self.hall.podium.engine.tempo(self._dice.uniform(20, 400), self.hall.time.now)

    def _pause(self) -> None:
        self.hall.podium.pause()
        if self._dice.random() < 0.8:
            self.hall.podium.resume()

    def _keys_gone(self) -> None:
        self.door.release(self.hall.time.now)

    def _temper(self) -> None:
        """From now on the models answer like this: in so many seconds, with an error, or never."""
        self._mood = self._dice.choice((0.0, 0.005, 0.01, 0.02, 0.1, 0.4, 2.0, None, float("inf")))
        self.crew.return_all()
        self.hall.podium.resume()

    def _panic(self) -> None:
        self.hall.podium.panic()

    def _gap(self) -> None:
        """The machine stands still: asleep, or its clock runs on."""
        seconds = self._dice.choice((0.05, 1.0, 2.5, 60.0, 30000.0))
        if self._dice.random() < 0.5:
            self.hall.time.slept += seconds
        else:
            self.hall.time.now += seconds

    def _calm(self) -> None:
        """All faders up, nothing held or ended, and the player strikes a key."""
        numbers = self.settings.controls
        for number in numbers.level:
            self._come(Control(1, number, 127))
        for number in (*numbers.mute, numbers.freeze, numbers.hold, numbers.key_lock, SUSTAIN):
            self._come(Control(1, number, 0))
        self.hall.podium.resume()
        self._come(NoteOn(1, 72, 100))

    def _rest(self) -> None:
        """Nothing happens for a while."""
        until = self.hall.time.now + self._dice.choice((0.5, 1.0, 3.0, 12.0))
        self.hall.play(until)

    # --- ---------------------------------------------------------------------------------------------

    def _come(self, event: Event) -> None:
        """An event arrives, as bytes do."""
        decoded = codec.from_bytes(codec.to_bytes(event))
        assert decoded == event
        self.door(decoded, self.hall.time.now)

    def _preset(self) -> Preset:
        hop, swing = self._dice.choice((1, 2, 4, 8, 16)), self._dice.choice((0.5, 0.66))
        return replace(self._dice.choice(self._presets), hop=hop, swing=swing)

    def _act(self, request: Request) -> Deed:
        if self._mood is None:
            return Deed(0.01, self._dice.choice((ModelError("not a number"), MemoryError(), ValueError("x"))))
        score, steps = self._dice.choice(self._scores), request.window + WINDOW - request.first
        part = Score(score.onset[:, :steps], score.sustain[:, :steps], score.velocity[:, :steps])
        chords = np.full(steps, self._dice.randrange(25))
        seconds = min(self._mood, 10.0)
        answer = Answer(request.number, request.epoch, request.preset, request.first, part, chords, seconds)
        return Deed(self._mood, answer)


def storm(events: int, seed: int, each: int, tell: Callable[[Toll], None] = lambda toll: None) -> Toll:
    """So many events, in performances of `each`; tell: hears the toll after every performance."""
    dice, toll, numbers = random.Random(seed), Toll(), ControlMap()
    scores = _scores(seed)
    while toll.events < events:
        number = min(each, events - toll.events)
        performance = Storm(dice, scores, numbers)
        performance.run(number)
        numbers = performance.lesson.numbers
        toll.events += number
        toll.struck += sum(synth.struck for synth in performance.synths)
        toll.hanging += sum(synth.sounding.total() for synth in performance.synths)
        toll.hanging += sum(1 for synth in performance.synths for _ in synth.record)
        # A note that waits for its part's time leaves then, whatever the tempo has become since its tick.
        if not any(performance.settings.offsets):
            toll.latest = max(toll.latest, performance.hall.late)
        toll.asked += performance.crew.asked
        toll.longest_crew = max(toll.longest_crew, performance.longest)
        tell(toll)
    return toll
