"""A JACK server of one's own and a client that plays and captures with exact times: a stand-in for a DAW.

Used by the tests through the fixtures of conftest.py, and by tests/bench/. Needs jackd (Debian: jackd2).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence

import rtmidi

from bandmate.bridge import codec
from bandmate.bridge.arrival import Stamps
from bandmate.bridge.clock import now
from bandmate.bridge.events import Event, NoteOff, NoteOn
from bandmate.daemon.selftest.exercise import Timed, merge, note, pulses

__all__ = ["PERIOD", "Client", "Server", "Timed", "available", "merge", "note", "pulses", "until"]

PERIOD = 64 / 48000


class Server:
    """A jackd with the dummy driver, by default 64 frames at 48 kHz, under a name of its own.

    Sync mode (-S): the server waits for its clients in each cycle. In the default mode a client that a
    busy machine keeps from running for one cycle of 1.3 ms loses that cycle's messages, before any code of
    ours: 1 of 3,000 on two shared cores. But in sync mode it waits 30 s for a client that was killed, in the
    other 3 s.

    realtime: whether it and its clients' threads for audio ask for real-time priority, as they do on
    musicians' machines. Where the system allows it, the band's threads that play have it anyway, and a server
    without it comes after them. Where it does not, the server says so and runs without.
    """

    def __init__(self, name: str, *, sync: bool = True, frames: int = 64, realtime: bool = False) -> None:
        # Under nohup it is ignored, and children, whom a test may send it, would ignore it, too.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        mode = ["-S"] if sync else []
        command = ["jackd", "-R" if realtime else "-r", *mode, "-n", name, "-d", "dummy", "-r", "48000"]
        command += ["-p", str(frames)]
        self.environment = {
            "JACK_DEFAULT_SERVER": name,
            "JACK_NO_START_SERVER": "1",
            "JACK_NO_AUDIO_RESERVATION": "1",
            "BANDMATE_MIDI_API": "jack",
        }
        # A machine can have eight servers: when it has, one of them may soon end.
        deadline = now() + 60
        while not self._starts(command):
            if now() > deadline:
                raise RuntimeError(f"jackd does not start: {' '.join(command)}")
            threading.Event().wait(1)

    def _starts(self, command: Sequence[str]) -> bool:
        """Start the server; whether it answers."""
        self._process = subprocess.Popen(
            command,
            env=os.environ | self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: self._process.poll() is not None or self._answers(), 30)
        if self._process.poll() is None and self._answers():
            return True
        self.stop()
        return False

    @property
    def pid(self) -> int:
        """The process, for a test that ends or halts it."""
        return self._process.pid

    def clients(self) -> set[str]:
        """Return the names of the clients that have ports, without the server's own."""
        listed = subprocess.run(
            ["jack_lsp"], env=os.environ | self.environment, capture_output=True, text=True
        )
        return {line.split(":")[0] for line in listed.stdout.splitlines() if ":" in line} - {"system"}

    def stop(self) -> None:
        """End the server; a second call does nothing.

        A killed jackd keeps its place among the eight that a machine can have, so killing is the last resort.
        """
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        listed = subprocess.run(
            ["jack_lsp"], env=os.environ | self.environment, capture_output=True, text=True
        )
        return "system:" in listed.stdout


def available() -> bool:
    """Whether this machine has jackd and its tools."""
    return shutil.which("jackd") is not None and shutil.which("jack_lsp") is not None


def until(true: Callable[[], bool], timeout: float, every: float = 0.005) -> bool:
    """Ask `true()` every few ms until it is, at most `timeout` seconds; return whether it was."""
    deadline, pause = now() + timeout, threading.Event()
    while not true():
        if now() > deadline:
            return False
        pause.wait(every)
    return True


class Client:
    """Plays scores to a port and captures what another port sends, each with exact times."""

    def __init__(self, name: str = "daw") -> None:
        self.captured: list[Timed] = []
        self._name = name
        self._sender = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name=name)
        self._listeners: list[tuple[rtmidi.MidiIn, threading.Thread]] = []
        self._closing = threading.Event()

    def sees(self, part: str) -> bool:
        """Whether there is an input port whose name holds `part`."""
        return any(part in name for name in self._sender.get_ports())

    def play_to(self, part: str, timeout: float = 10) -> str:
        """Connect to the input port whose name holds `part`, waiting until it is there; return its name."""
        return self._connect(self._sender, part, timeout)

    def listen_to(self, part: str, timeout: float = 10) -> str:
        """Capture what the output port whose name holds `part` sends, waiting until it is there."""
        receiver = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name=self._name, queue_size_limit=16384)
        receiver.ignore_types(sysex=False, timing=False, active_sense=False)
        name = self._connect(receiver, part, timeout)
        thread = threading.Thread(target=self._capture, args=(receiver,), name="capture", daemon=True)
        self._listeners.append((receiver, thread))
        thread.start()
        return name

    def send(self, event: Event) -> float:
        """Send an event at once and return when."""
        moment = now()
        self._sender.send_message(codec.to_bytes(event))
        return moment

    def play(self, score: Iterable[Timed], start: float | None = None) -> list[Timed]:
        """Send each event at `start` (or 50 ms from now) plus its time; return when each was sent.

        Waits to absolute deadlines and spins the last half millisecond, so lateness does not add up.
        """
        origin = now() + 0.05 if start is None else start
        packets = [(origin + at, codec.to_bytes(event), event) for at, event in score]
        sent = []
        for due, packet, event in packets:
            if (rest := due - now() - 0.0005) > 0:
                time.sleep(rest)
            while (moment := now()) < due:
                pass
            self._sender.send_message(packet)
            sent.append(Timed(moment, event))
        return sent

    def wait_for(self, enough: Callable[[list[Timed]], bool], timeout: float) -> bool:
        """Wait until what was captured is `enough`; return whether it came to be."""
        return until(lambda: enough(self.captured), timeout)

    def close(self) -> None:
        """Let everything go; a second call does nothing."""
        if self._closing.is_set():
            return
        self._closing.set()
        for receiver, thread in self._listeners:
            # On a busy machine it may still fetch: what is deleted under it ends the process.
            thread.join()
            receiver.close_port()
            receiver.delete()
        self._sender.close_port()
        self._sender.delete()

    def _connect(self, client: rtmidi.MidiIn | rtmidi.MidiOut, part: str, timeout: float) -> str:
        found: list[str] = []

        def appears() -> bool:
            found[:] = [name for name in client.get_ports() if part in name]
            return bool(found)

        if not until(appears, timeout):
            raise TimeoutError(f"no port {part!r} within {timeout} s; there are {client.get_ports()}")
        if len(found) > 1:
            raise ValueError(f"{part!r} fits several ports: {found}")
        client.open_port(client.get_ports().index(found[0]), self._name)
        # A connection carries messages from the next cycle of the graph on.
        threading.Event().wait(10 * PERIOD)
        return found[0]

    def _capture(self, receiver: rtmidi.MidiIn) -> None:
        stamps, empty = Stamps(), now()
        while True:
            asked = now()
            packet = receiver.get_message()
            if packet is None:
                if self._closing.is_set():
                    return
                empty = asked
                time.sleep(0.001)
                continue
            data, interval = packet
            at = stamps.stamp(interval, empty, now())
            event = codec.from_bytes(data)
            if event is not None:
                self.captured.append(Timed(at, event))


class Device:
    """A device with ports of its own, which can be unplugged. It fetches what comes: a callback in Python
    makes JACK wait, which loses messages in a burst."""

    def __init__(self, name: str) -> None:
        self.heard: list[Event] = []
        self._into = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name=name, queue_size_limit=16384)
        self._from = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name=name)
        self._into.open_virtual_port(f"{name} in")
        self._from.open_virtual_port(f"{name} out")
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="device", daemon=True)
        self._thread.start()

    def send(self, event: Event) -> None:
        """Send an event at once."""
        self._from.send_message(codec.to_bytes(event))

    def unplug(self) -> None:
        """Let its ports vanish."""
        self._leaving.set()
        self._thread.join()
        for client in (self._into, self._from):
            client.close_port()
            client.delete()

    def _listen(self) -> None:
        while not self._leaving.wait(0.001):
            while (packet := self._into.get_message()) is not None:
                event = codec.from_bytes(packet[0])
                if event is not None:
                    self.heard.append(event)


class Playing:
    """A `bandmate play`, and what it says."""

    def __init__(self, *flags: str, program: Sequence[str] = ("-m", "bandmate.daemon")) -> None:
        """program: what Python is to run with these flags."""
        command = [sys.executable, "-u", *program, "play", *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.said: list[str] = []
        self._new = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def says(self, part: str, times: int = 1, timeout: float = 20) -> bool:
        """Whether it has said this so often, or does before the timeout."""
        with self._new:
            return self._new.wait_for(lambda: sum(part in line for line in self.said) >= times, timeout)

    def end(self, how: signal.Signals = signal.SIGTERM, timeout: float = 15) -> int:
        """End it, and return its status."""
        self.process.send_signal(how)
        status = self.process.wait(timeout)
        self._reader.join(5)
        return status

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._new:
                self.said.append(line.strip())
                self._new.notify_all()


def struck(events: list[Event]) -> int:
    return sum(isinstance(event, NoteOn) for event in list(events))


def sounding(events: list[Event]) -> set[tuple[int, int]]:
    notes: set[tuple[int, int]] = set()
    for event in list(events):
        if isinstance(event, NoteOn):
            notes.add((event.channel, event.pitch))
        elif isinstance(event, NoteOff):
            notes.discard((event.channel, event.pitch))
    return notes
