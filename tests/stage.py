"""A band of toys on a stage in virtual time: tables of arrivals in, what left and when out.

Times are beats of 120 bpm from the first moment on (half a second each), pitches are MIDI's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import ModuleType
from typing import Any

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Pulse, Start
from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.daemon.answering.request import Answer, Request
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.offstage.rehearsal import Cue, perform
from bandmate.daemon.sending.takes import Take
from bandmate.models.generator import Ear, Generator
from bandmate.models.harmony import Reluctance
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset

USUAL = Reluctance()
BEAT = 0.5
PLAYER = 1
KICK, KEYS = 10, 3

Score = list[tuple[float, Event]]


def note(beat: float, pitch: int = 72, length: float = 1.0, velocity: int = 80) -> Score:
    """A key of the player's, struck and released."""
    return [(beat, NoteOn(PLAYER, pitch, velocity)), (beat + length, NoteOff(PLAYER, pitch))]


def tune(pitches: Iterable[int], begin: float = 0.0, length: float = 1.0) -> Score:
    """Notes one after the other."""
    return [each for k, pitch in enumerate(pitches) for each in note(begin + k * length, pitch, 0.9 * length)]


def control(beat: float, number: int, value: int) -> Score:
    """A controller of the player's."""
    return [(beat, Control(PLAYER, number, value))]


def beats(first: int, last: int) -> list[float]:
    """Every beat from the first to the last."""
    return [float(beat) for beat in range(first, last + 1)]


def pulses(begin: float, beats: float, first: Sequence[Event] = (Start(),)) -> Score:
    """A DAW's clock from a beat on for so many beats, after its messages."""
    clock: Score = [(begin + k / 24, Pulse()) for k in range(round(24 * beats))]
    return [(begin - 0.005, event) for event in first] + clock


@dataclass
class Heard:
    """What left, as (beat, event), what was asked for, and what only so that newcomers hear the music."""

    engine: Engine
    sent: Score = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    catching_up: list[Request] = field(default_factory=list)

    def struck(self, channel: int | None = None) -> list[float]:
        """The beats on which notes of a channel, or of all, began."""
        return [b for b, e in self.sent if isinstance(e, NoteOn) and channel in (None, e.channel)]

    def chords(self, channel: int = KEYS) -> dict[float, set[int]]:
        """By beat, the pitch classes that a channel struck."""
        found: dict[float, set[int]] = {}
        for beat, event in self.sent:
            if isinstance(event, NoteOn) and event.channel == channel:
                found.setdefault(beat, set()).add(event.pitch % 12)
        return found

    def at(self, beat: float) -> list[Event]:
        """What left on a beat, in order."""
        return [event for when, event in self.sent if when == beat]

    def sounding(self, before: float) -> set[tuple[int, int]]:
        """(channel, pitch) of what sounds just before a beat."""
        return set(ledger([event for when, event in self.sent if when < before]))


def ledger(events: Iterable[Event]) -> Counter[tuple[int, int]]:
    """What sounds after these events; nothing may be struck while it sounds, or ended while silent."""
    sounding: Counter[tuple[int, int]] = Counter()
    for event in events:
        if isinstance(event, NoteOn):
            assert not sounding[event.channel, event.pitch], f"{event} struck twice"
            sounding[event.channel, event.pitch] = 1
        elif isinstance(event, NoteOff):
            assert sounding.pop((event.channel, event.pitch), 0), f"{event} ended without having begun"
    return sounding


def preset(which: str = "pop", /, **changes: Any) -> Preset:
    """A packaged preset that leaves nothing to chance, whose drums fill only on a cue, and whose parts all
    play on for two bars."""
    packaged = Shelf(None).get(which)
    parts = tuple(replace(part, patience=2) for part in packaged.parts)
    return replace(packaged, **({"variation": 0.0, "fills": 0.0, "parts": parts} | changes))


def accompanist(toys: ModuleType, chosen: Preset, prices: Reluctance = USUAL, **how: Any) -> Accompanist:
    """Toys that play a preset."""
    parts = tuple(part.name for part in chosen.parts)
    ear = Ear(toys.ear(reluctance=prices), "toy-ear.onnx")
    return Accompanist(chosen.name, ear, Generator(toys.generator(parts, **how), "toy.onnx"))


class Stage:
    """Presets with toys at their instruments. Each performance begins anew."""

    def __init__(self, toys: ModuleType) -> None:
        self._toys = toys
        self._made: dict[tuple[str, str], Accompanist] = {}

    def employ(self, chosen: Preset, key: str | None = None, **how: Any) -> None:
        """Let other toys than the usual play a preset, under its name or another key."""
        self._made[key or chosen.name, chosen.name] = accompanist(self._toys, chosen, **how)

    def answer(self, request: Request, presets: dict[str, Preset]) -> Answer:
        """The toys' answer."""
        chosen = presets[request.preset]
        if (request.preset, chosen.name) not in self._made:
            self.employ(chosen, request.preset)
        return self._made[request.preset, chosen.name].answer(request)

    def play(
        self,
        score: Score,
        until: float,
        chosen: Preset | None = None,
        settings: Settings | None = None,
        *,
        arms: Sequence[tuple[float, Preset, str]] = (),
        calls: Sequence[tuple[float, Callable[[Engine, float], None]]] = (),
        delay: float = 0.0,
        take: Take | None = None,
    ) -> Heard:
        """Perform a score until a beat, then stop; what was due then has been heard too.

        arms: presets that become ready at a beat, under a key; calls: what else happens to the engine;
        delay: seconds that each decision takes. The law of the ledger is asserted.
        """
        first = chosen or preset()
        engine = Engine(first, settings or Settings(), take)
        heard = Heard(engine)
        presets = {first.name: first} | {key: ready for _, ready, key in arms}

        def answering(request: Request) -> Answer:
            (heard.requests if request.epoch >= 0 else heard.catching_up).append(request)
            return self.answer(request, presets)

        def send(event: Event, now: float) -> None:
            heard.sent.append((round(now / BEAT, 4), event))

        cues = [Cue(beat * BEAT, partial(engine.receive, event)) for beat, event in score]
        cues += [Cue(beat * BEAT, partial(_arm, engine, ready, key)) for beat, ready, key in arms]
        cues += [Cue(beat * BEAT, partial(call, engine)) for beat, call in calls]
        perform(engine, answering, cues, until * BEAT, send, delay)
        for _, event in engine.stop(until * BEAT):
            send(event, until * BEAT)
        assert not ledger(event for _, event in heard.sent)
        return heard


def _arm(engine: Engine, ready: Preset, key: str, now: float) -> None:
    engine.arm(ready, key)
