"""Ports on a real JACK server: what is sent is what arrives."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import rtmidi

from bandmate.bridge import api
from bandmate.bridge.clock import now
from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Position, Program, Pulse, Start, Stop
from bandmate.bridge.heartbeat import Cable, Heartbeat
from bandmate.bridge.names import PortError
from bandmate.bridge.ports import Input, Midi, Output

SCORE: list[Event] = [
    Program(1, 12),
    Position(64),
    Start(),
    Pulse(),
    NoteOn(1, 60, 80),
    Pulse(),
    Control(1, 64, 127),
    NoteOff(1, 60),
    Pulse(),
    Stop(),
]


def numbered(count: int) -> list[Event]:
    """Note-ons that differ from one another, in order: at most 16 * 128 * 127."""
    return [NoteOn(1 + k // 16256, k % 128, 1 + k // 128 % 127) for k in range(count)]


class Heard:
    """Keeps what is delivered, and waits for it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.times: list[float] = []
        self._new = threading.Condition()

    def __call__(self, event: Event, arrival: float) -> None:
        with self._new:
            self.events.append(event)
            self.times.append(arrival)
            self._new.notify()

    def wait(self, count: int, timeout: float = 5) -> list[Event]:
        """Return what came, as soon as `count` events did."""
        with self._new:
            self._new.wait_for(lambda: len(self.events) >= count, timeout)
            return list(self.events)


class Attended(Midi):
    """Closes with it whatever was opened, so that a test that fails leaves no port to the next."""

    def __init__(self) -> None:
        super().__init__()
        self._opened: list[Input | Output] = []

    def open_input(self, *args: Any, **options: Any) -> Input:
        self._opened.append(port := super().open_input(*args, **options))
        return port

    def open_output(self, *args: Any, **options: Any) -> Output:
        self._opened.append(port := super().open_output(*args, **options))
        return port

    def close(self) -> None:
        for port in self._opened:
            port.close()
        super().close()


@pytest.fixture
def midi(jack: Any) -> Iterator[Midi]:
    system = Attended()
    yield system
    system.close()


@pytest.mark.jack
def test_a_virtual_input_hears_notes_and_clock_in_order(midi: Midi, daw: Callable[..., Any]) -> None:
    heard = Heard()
    port = midi.open_input(None, heard)
    client = daw()
    client.play_to("bandmate in")
    before = now()
    for event in SCORE:
        client.send(event)
    assert heard.wait(len(SCORE)) == SCORE
    assert all(a <= b for a, b in pairwise([before, *heard.times, now()]))
    port.close()


@pytest.mark.jack
def test_a_virtual_output_is_heard_by_another_client(midi: Midi, daw: Callable[..., Any]) -> None:
    port = midi.open_output(None)
    client = daw()
    client.listen_to("bandmate out")
    for event in SCORE:
        port.send(event)
    client.wait_for(lambda captured: len(captured) >= len(SCORE), 5)
    assert [timed.event for timed in client.captured] == SCORE
    port.close()


@pytest.mark.jack
def test_four_virtual_outputs_have_the_names_of_their_parts(midi: Midi) -> None:
    parts = ["drums", "bass", "piano", "guitar"]
    ports = [midi.open_output(None, virtual=f"bandmate {part}") for part in parts]
    names = midi.names().inputs
    assert [sum(name.endswith(f"bandmate {part}") for name in names) for part in parts] == [1, 1, 1, 1]
    for port in ports:
        port.close()
    assert not any("bandmate" in name for name in midi.names().inputs)


@pytest.mark.jack
def test_ports_are_opened_by_a_part_of_their_name(midi: Midi) -> None:
    heard = Heard()
    far_in = midi.open_input(None, heard, virtual="Synth One")
    far_out = midi.open_output(None, virtual="Keys One")
    assert any(name.endswith("Synth One") for name in midi.names().outputs)
    to_synth = midi.open_output("synth")
    from_keys = midi.open_input("KEYS", heard)
    assert to_synth.peer is not None
    assert to_synth.peer.endswith("Synth One")
    threading.Event().wait(0.02)
    to_synth.send(NoteOn(1, 60, 1))
    far_out.send(NoteOn(2, 60, 1))
    assert sorted(map(str, heard.wait(2))) == [str(NoteOn(1, 60, 1)), str(NoteOn(2, 60, 1))]
    with pytest.raises(PortError, match="There is no MIDI port called 'Launchpad'"):
        midi.open_output("Launchpad")
    for port in (from_keys, to_synth, far_in, far_out):
        port.close()


@pytest.mark.jack
def test_a_port_that_goes_away_is_listed_no_more(midi: Midi) -> None:
    far = midi.open_input(None, Heard(), virtual="Synth")
    near = midi.open_output("Synth")
    assert near.peer in midi.names().outputs
    far.close()
    assert near.peer not in midi.names().outputs
    assert not midi.gone()
    near.close()


@pytest.mark.jack
def test_a_port_that_went_away_and_is_back_is_connected_no_more(midi: Midi) -> None:
    far_in, far_out = midi.open_input(None, Heard(), virtual="Synth"), midi.open_output(None, virtual="Keys")
    to_synth, from_keys = midi.open_output("Synth"), midi.open_input("Keys", Heard())
    near = (to_synth, from_keys)
    assert [port.connected() for port in near] == [True, True]
    for far in (far_in, far_out):
        far.close()
    assert [port.connected() for port in near] == [False, False]
    far_in, far_out = midi.open_input(None, Heard(), virtual="Synth"), midi.open_output(None, virtual="Keys")
    assert to_synth.peer in midi.names().outputs
    assert from_keys.peer in midi.names().inputs
    assert [port.connected() for port in near] == [False, False]
    for port in (*near, far_in, far_out):
        port.close()


class Graph:
    """What of libjack tells of ports and connections; the connections may be older than the ports."""

    def __init__(self) -> None:
        self.ports: set[bytes] = set()
        self.connected: list[bytes] = []

    def jack_port_by_name(self, _: int, name: bytes) -> bool:
        return name in self.ports

    def jack_port_get_all_connections(self, *_: object) -> list[bytes | None] | None:
        return [*self.connected, None] if self.connected else None

    def jack_free(self, _: object) -> None:
        pass


def test_a_connection_to_a_port_that_has_gone_is_not_taken_for_one_from_before() -> None:
    """A server that many keep busy still tells of it, and the port that is opened next has the same name."""
    graph: Any = Graph()
    graph.ports, graph.connected = {b"piano:out"}, [b"bandmate:bandmate in"]
    cable = Cable(Heartbeat(graph, 1), "piano:out")
    assert not cable.plugged()
    graph.ports.add(b"bandmate:bandmate in")
    assert cable.plugged()
    assert cable.holds()


@pytest.mark.jack
def test_what_waits_for_one_input_is_not_heard_by_the_next(midi: Midi) -> None:
    """Its client is used again; here it is closed while messages come in."""
    far, first, second = midi.open_output(None, virtual="Keys"), Heard(), Heard()
    port = midi.open_input("Keys", first)
    threading.Event().wait(0.02)
    for event in numbered(500):
        far.send(event)
    port.close()
    port = midi.open_input("Keys", second)
    far.send(NoteOn(16, 1, 1))
    assert second.wait(1) == [NoteOn(16, 1, 1)]
    for each in (port, far):
        each.close()


@pytest.mark.jack
def test_polling_grows_neither_clients_nor_files(midi: Midi, jack: Any) -> None:
    port = midi.open_output(None)
    midi.names()
    before = jack.clients(), len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))
    assert all(len(midi.names().inputs) == 1 for _ in range(2000))
    assert (jack.clients(), len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))) == before
    port.close()


@pytest.mark.jack
def test_opening_and_closing_grows_neither_files_nor_threads(midi: Midi) -> None:
    def cycle() -> tuple[int, int]:
        ports = midi.open_input(None, Heard()), midi.open_output(None)
        for port in ports:
            port.close()
        return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))

    first = cycle()
    assert [cycle() for _ in range(10)][-1] == first


@pytest.mark.jack
def test_a_burst_of_2000_arrives_whole_and_in_order(midi: Midi) -> None:
    heard = Heard()
    far = midi.open_input(None, heard, virtual="Synth")
    near = midi.open_output("Synth")
    threading.Event().wait(0.02)
    burst = numbered(2000)
    for event in burst:
        near.send(event)
    assert heard.wait(2000) == burst
    near.close()
    far.close()


@pytest.mark.jack
def test_the_last_events_before_closing_arrive(midi: Midi, daw: Callable[..., Any]) -> None:
    client = daw()
    released: list[Event] = [NoteOff(channel, pitch) for channel in (1, 2) for pitch in range(128)]
    port = midi.open_output(None)
    client.listen_to("bandmate out")
    for event in released:
        port.send(event)
    port.close()
    client.wait_for(lambda captured: len(captured) >= len(released), 5)
    assert [timed.event for timed in client.captured] == released


@pytest.mark.jack
def test_closing_while_messages_flood_in_does_not_hang(midi: Midi) -> None:
    flooding, enough = midi.open_output(None, virtual="Flood"), threading.Event()

    def flood() -> None:
        while not enough.is_set():
            for event in numbered(50):
                flooding.send(event)
            enough.wait(0.001)

    flooder = threading.Thread(target=flood, daemon=True)
    flooder.start()
    for _ in range(5):
        heard = Heard()
        port = midi.open_input("Flood", heard)
        assert len(heard.wait(100)) >= 100
        closer = threading.Thread(target=port.close, daemon=True)
        closer.start()
        closer.join(5)
        assert not closer.is_alive()
        after = len(heard.events)
        port.close()
        assert len(heard.events) == after
    enough.set()
    flooder.join(5)
    flooding.close()


@pytest.mark.jack
def test_a_listener_that_waits_loses_nothing(midi: Midi, daw: Callable[..., Any]) -> None:
    """What comes meanwhile is kept by RtMidi, and stamped with when it came, not with when it was fetched."""
    heard, gate = Heard(), threading.Event()

    def deliver(event: Event, arrival: float) -> None:
        gate.wait(5)
        heard(event, arrival)

    port = midi.open_input(None, deliver)
    client = daw()
    client.play_to("bandmate in")
    sent = client.play([(0.02 * k, event) for k, event in enumerate(numbered(20))])
    gate.set()
    assert heard.wait(20) == numbered(20)
    spread = [arrival - timed.at for arrival, timed in zip(heard.times, sent, strict=True)]
    assert max(spread) < 0.2
    port.close()


@pytest.mark.jack
@pytest.mark.parametrize("how", ["SIGTERM", "SIGSTOP"])
def test_a_dead_or_hung_server_is_noticed_and_nothing_waits_for_it(jack: Any, how: str) -> None:
    """In a process and on a server of its own: libjack keeps to one server a process."""
    program = f"""
import os, signal, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import jackclient
from bandmate.bridge.events import NoteOn
from bandmate.bridge.names import PortError
from bandmate.bridge.ports import Midi
server = jackclient.Server(f"bandmate-dies-{{os.getpid()}}")
os.environ.update(server.environment)
midi = Midi()
into = midi.open_input(None, lambda event, at: None)
out = midi.open_output(None)
assert not midi.gone() and midi.names().inputs
os.kill(server.pid, signal.{how})
assert midi.gone() and not any(midi.names())
refusals = 0
for _ in range(5000):
    try:
        out.send(NoteOn(1, 60, 1))
    except PortError as error:
        refusals += 1
        assert "bandmate out" in str(error)
assert refusals == 1 and out.lost
for port in (into, out, midi):
    port.close()
if signal.{how} is signal.SIGSTOP:
    os.kill(server.pid, signal.SIGCONT)
server.stop()
print("done")
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert ran.stdout.strip() == "done", ran.stderr


@pytest.mark.jack
def test_signals_cut_no_request_short(midi: Midi) -> None:
    """A signal that libjack's socket sees would make opening fail; here another process sends them."""
    came: list[float] = []
    before = signal.signal(signal.SIGINT, lambda *_: came.append(now()))
    program = (
        "import os, signal, threading\n"
        "while not threading.Event().wait(0.0002):\n"
        "    os.kill(os.getppid(), signal.SIGINT)\n"
    )
    sender = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
    try:
        threading.Event().wait(0.2)
        for _ in range(10):
            for port in (midi.open_input(None, Heard()), midi.open_output(None)):
                port.close()
    finally:
        sender.kill()
        sender.wait()
        signal.signal(signal.SIGINT, before)
    assert came
    assert not any("bandmate" in name for names in midi.names() for name in names)


def test_no_server_is_a_sentence() -> None:
    program = """
from bandmate.bridge.names import PortError
from bandmate.bridge.ports import Midi
try:
    Midi("jack")
except PortError as error:
    print(error)
"""
    if rtmidi.API_UNIX_JACK not in rtmidi.get_compiled_api():
        pytest.skip("this RtMidi was built without JACK")
    environment = os.environ | {"JACK_DEFAULT_SERVER": "bandmate-nowhere", "JACK_NO_START_SERVER": "1"}
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert "The MIDI system 'jack' does not answer." in ran.stdout
    assert "Start the JACK server" in ran.stdout


def test_an_unknown_system_lists_those_there_are() -> None:
    with pytest.raises(PortError, match="There is no MIDI system 'amiga' here: choose '"):
        Midi("amiga")


@pytest.mark.jack
def test_windows_has_no_virtual_ports(jack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """On JACK, called Windows."""
    monkeypatch.setattr(api, "APIS", {"windows": rtmidi.API_UNIX_JACK})
    midi = Midi("windows")
    for opening in (lambda: midi.open_output(None), lambda: midi.open_input(None, Heard())):
        with pytest.raises(PortError, match=r"loopMIDI.*Windows MIDI Services.*--in and --out"):
            opening()
    midi.close()
