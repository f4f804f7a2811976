"""The ports of a performance on a MIDI system of names: what is plugged in and out, what the band hears."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Pulse, Start
from bandmate.bridge.names import PortError, Ports
from bandmate.daemon.ports.door import Deliver
from bandmate.daemon.ports.outlet import REMINDERS, Outlet
from bandmate.daemon.ports.sounding import Sounding
from bandmate.daemon.ports.wiring import MISSES, Wiring, Wishes


class Port:
    """One end; `log` is what happened to all."""

    def __init__(self, name: str, log: list[object], deliver: Deliver | None = None) -> None:
        self.name, self._log, self.deliver = name, log, deliver
        self.broken = False

    def connected(self) -> bool:
        return not self.broken

    def send(self, event: Event) -> None:
        self._log.append(event)

    def close(self) -> None:
        self._log.append(f"closed {self.name}")


class System:
    """The devices there are; what has been opened."""

    def __init__(self, inputs: list[str], outputs: list[str]) -> None:
        self.inputs, self.outputs = inputs, outputs
        self.log: list[object] = []
        self.opened: dict[str, Port] = {}
        self.busy: set[str] = set()
        self.dead = False
        self.virtual = True

    def names(self) -> Ports:
        return Ports(tuple(self.inputs), tuple(self.outputs))

    def gone(self) -> bool:
        return self.dead

    def own(self, name: str) -> bool:
        return name.startswith("bandmate")

    def prepare(self) -> None:
        self.log.append("prepared")

    def open_input(self, name: str | None, deliver: Deliver, virtual: str = "bandmate in") -> Port:
        return self._open(name or virtual, deliver)

    def open_output(self, name: str | None, virtual: str = "bandmate out") -> Port:
        return self._open(name or virtual)

    def _open(self, name: str, deliver: Deliver | None = None) -> Port:
        if name in self.busy:
            raise PortError(f"{name} is busy")
        self.opened[name] = Port(name, self.log, deliver)
        return self.opened[name]


class Band:
    """Does at once what it is called for, unless it is `slow`: then when it is let."""

    def __init__(self, log: list[object]) -> None:
        self.log, self.slow = log, False
        self.heard: list[Event] = []
        self.waiting: list[Callable[[], None]] = []

    def deliver(self, event: Event, arrival: float) -> None:
        self.heard.append(event)

    def call(self, action: Callable[[], None]) -> None:
        if self.slow:
            self.waiting.append(action)
        else:
            action()

    def greet(self) -> None:
        self.log.append("greeted")

    def pause(self) -> None:
        self.log.append("paused")

    def resume(self) -> None:
        self.log.append("resumed")


class House:
    """A wiring between a system and a band."""

    def __init__(
        self,
        listen: str | None,
        play: str | None,
        inputs: tuple[str, ...] = ("Keys",),
        outputs: tuple[str, ...] = ("Synth",),
        *,
        pauses: bool = False,
        left: tuple[tuple[int, int], ...] = (),
    ) -> None:
        self.system = System(list(inputs), list(outputs))
        self.band = Band(self.system.log)
        self.said: list[str] = []
        self.out = Outlet()
        self.records: dict[str, Sounding] = {}
        self._left = left
        wishes = Wishes(listen, play, pauses=pauses)
        self.wiring = Wiring(
            self.system, wishes, {"bandmate out": self.out}, self.keep, self.band, self.said.append
        )

    def keep(self, name: str) -> Sounding:
        assert name not in self.records
        self.records[name] = Sounding()
        for note in self._left:
            self.records[name].add(*note)
        return self.records[name]

    def log(self) -> list[object]:
        """What has happened since the last time."""
        log = [each for each in self.system.log if each != "prepared"]
        self.system.log.clear()
        return log


def test_virtual_ports_are_opened_and_closed() -> None:
    house = House(None, None)
    house.wiring.begin()
    assert (house.wiring.listening, house.wiring.playing) == (["bandmate in"], ["bandmate out"])
    assert house.wiring.look() is None
    house.out.send(NoteOn(2, 40, 80))
    house.wiring.close()
    house.out.send(NoteOff(2, 40))
    ended = [NoteOff(2, 40), Control(2, 123, 0)]
    assert house.log() == [NoteOn(2, 40, 80), "closed bandmate in", *ended, "closed bandmate out"]
    assert list(house.records["bandmate out"]) == []
    assert house.said == []


def test_an_output_that_vanishes_is_closed_when_the_band_has_let_go_and_taken_up_when_it_is_back() -> None:
    house = House("Keys", "Synth")
    house.wiring.begin()
    assert (house.wiring.listening, house.wiring.playing) == (["Keys"], ["Synth"])
    house.out.send(NoteOn(2, 40, 80))
    house.log()
    house.system.outputs.clear()
    house.band.slow = True
    house.wiring.look()
    house.wiring.look()
    assert house.log() == []
    for action in house.band.waiting:
        action()
    house.band.slow = False
    house.wiring.look()
    assert house.log() == ["closed Synth"]
    house.out.send(NoteOff(2, 40))
    house.system.outputs.append("Synth")
    house.wiring.look()
    assert house.log() == [NoteOff(2, 40), Control(2, 123, 0), "greeted", NoteOff(2, 40)]
    assert house.said == [
        "'Synth' is gone; the band plays on, and is heard again when it returns",
        "'Synth' is back",
    ]


def test_keys_that_are_down_on_a_keyboard_that_vanishes_go_up() -> None:
    house = House("any", None, inputs=("Keys", "Pads"))
    house.wiring.begin()
    keys, pads = house.system.opened["Keys"].deliver, house.system.opened["Pads"].deliver
    assert keys is not None
    assert pads is not None
    for event in (NoteOn(1, 60, 80), NoteOn(1, 64, 80), Control(1, 64, 127), NoteOff(1, 60)):
        keys(event, 0.0)
    pads(NoteOn(1, 67, 80), 0.0)
    house.band.heard.clear()
    house.system.inputs.remove("Keys")
    house.wiring.look()
    assert house.band.heard == [Control(1, 64, 0), NoteOff(1, 64)]
    assert house.log() == ["closed Keys"]
    assert sorted(house.wiring.listening) == ["Pads", "bandmate in"]


def test_of_several_inputs_one_gives_the_time_until_it_is_gone() -> None:
    house = House("any", None, inputs=("Keys", "Daw"))
    house.wiring.begin()
    doors = [house.system.opened[name].deliver for name in ("Keys", "Daw")]
    keys, daw = (door for door in doors if door is not None)
    keys(Pulse(), 0.0)
    daw(Start(), 0.1)
    keys(Pulse(), 0.2)
    daw(Pulse(), 0.3)
    assert house.band.heard == [Pulse(), Start(), Pulse()]
    house.system.inputs.remove("Daw")
    house.wiring.look()
    keys(Pulse(), 0.4)
    assert house.band.heard == [Pulse(), Start(), Pulse(), Pulse()]


def test_ports_that_were_gone_between_two_looks_are_opened_again() -> None:
    house = House("Keys", "Synth")
    house.wiring.begin()
    house.out.send(NoteOn(2, 40, 80))
    for name in ("Keys", "Synth"):
        house.system.opened[name].broken = True
    house.log()
    house.wiring.look()
    house.wiring.look()
    ended = [NoteOff(2, 40), Control(2, 123, 0)]
    assert house.log() == ["closed Keys", "closed Synth", *ended, "greeted", NoteOff(2, 40)]
    assert [sentence.split("'")[1] + sentence.split("'")[2][:8] for sentence in house.said] == [
        "Synth is gone",
        "Keys is gone",
        "Synth is back",
        "Keys is back",
    ]


def test_who_wishes_so_waits_for_what_is_missing() -> None:
    house = House("Keys", "Synth", inputs=(), pauses=True)
    house.wiring.begin()
    house.system.inputs.append("Keys")
    house.wiring.look()
    house.wiring.look()
    house.system.outputs.clear()
    house.wiring.look()
    house.wiring.look()
    house.system.outputs.append("Synth")
    house.wiring.look()
    happened = [each for each in house.log() if each in ("paused", "resumed")]
    assert happened == ["paused", "resumed", "paused", "resumed"]


def test_a_port_that_is_there_but_busy_is_an_error_at_the_start_and_said_once_later() -> None:
    house = House(None, "Synth")
    house.system.busy.add("Synth")
    with pytest.raises(PortError, match="Synth is busy"):
        house.wiring.begin()
    house = House("Keys", None, inputs=())
    house.wiring.begin()
    house.system.busy.add("Keys")
    house.system.inputs.append("Keys")
    for _ in range(5):
        house.wiring.look()
    house.system.busy.clear()
    house.wiring.look()
    assert house.said[1:] == ["Keys is busy", "'Keys' is there"]
    assert house.wiring.listening == ["Keys"]


def test_what_a_killed_process_left_is_ended_and_said_in_one_sentence() -> None:
    house = House("Keys", "Synth 20:0", outputs=("Synth 20:0",), left=((2, 40), (10, 36)))
    house.wiring.begin()
    ended = [NoteOff(2, 40), NoteOff(10, 36), Control(2, 123, 0), Control(10, 123, 0)]
    assert house.log() == ended
    assert house.said == ["bandmate was killed: what it left sounding on 'Synth 20:0' is ended now"]
    assert list(house.records) == ["Synth"]
    for _ in range(3):
        house.wiring.look()
    assert house.log() == 2 * [NoteOff(2, 40), NoteOff(10, 36)]


def test_on_a_virtual_port_it_is_ended_at_every_look_for_a_while() -> None:
    house = House(None, None, left=((2, 40),))
    house.wiring.begin()
    assert house.log() == [NoteOff(2, 40), Control(2, 123, 0)]
    for _ in range(REMINDERS + 5):
        house.wiring.look()
    assert house.log() == [NoteOff(2, 40)] * REMINDERS


def test_without_its_midi_system_the_performance_ends() -> None:
    house = House("Keys", "Synth")
    house.wiring.begin()
    assert house.wiring.look() is None
    house.system.dead = True
    looks = [house.wiring.look() for _ in range(MISSES)]
    assert looks == [None] * (MISSES - 1) + ["the MIDI system is gone; start it, then bandmate again"]
    assert house.said == []


def test_a_midi_system_that_stands_still_for_a_moment_loses_no_port() -> None:
    house = House("Keys", "Synth")
    house.wiring.begin()
    ports = house.system.inputs, house.system.outputs
    house.system.dead = True
    house.system.inputs, house.system.outputs = [], []
    for _ in range(MISSES - 1):
        assert house.wiring.look() is None
    house.system.dead = False
    house.system.inputs, house.system.outputs = ports
    for _ in range(MISSES):
        assert house.wiring.look() is None
    assert house.said == []
