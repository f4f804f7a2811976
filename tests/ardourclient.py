"""Ardour without a window, as the DAW that the band plays in: clock master and recorder.

Needs Ardour 7 or 8 (Debian: ardour) and a JACK server. A session is made by tests/ardour.lua, which Ardour's
Lua runs; a player follows Ardour's clock with a melody. What Ardour recorded is read from the MIDI files of
its session: it stamps what comes in with the sample of its JACK cycle at which it came, and writes it in
1920ths of a quarter note of its tempo map (0.26 ms at 120 bpm).
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, NamedTuple
from xml.etree import ElementTree

import mido
from jackclient import Client, Device, until

from bandmate.bridge.events import Continue, Event, NoteOff, NoteOn, Position, Program, Pulse, Start, Stop
from bandmate.daemon.selftest.exercise import MAJOR, TUNE

PROGRAMS = ("ardour8-lua", "ardour7-lua")
SUPERCLOCK = 5880  # of Ardour's smallest units to a sample, at 48 kHz
EIGHTH, STEP = 12, 6  # pulses
STEPPED = 16
ATTEMPTS = 4
PATIENCE = 45.0


def program() -> str | None:
    """Ardour's Lua, if it is installed."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class StuckError(RuntimeError):
    """Ardour waits for JACK for ever: of two of its threads that ask at once, one may get no answer."""


def again(act: Callable[[], None]) -> None:
    """Do something with Ardour, and once more where it gets stuck. Raises StuckError where it always does."""
    for _ in range(ATTEMPTS - 1):
        with contextlib.suppress(StuckError):
            return act()
    return act()


class Struck(NamedTuple):
    """A recorded note-on: where, in quarter notes of Ardour's timeline, and what."""

    quarter: float
    channel: int
    pitch: int


class Ardour:
    """A session in a new folder, whose tracks record a channel of a port each."""

    def __init__(self, folder: Path, tracks: Iterable[tuple[str, int, str]]) -> None:
        """Tracks are (name, channel 1..16, port to record, by a part of its name). Raises RuntimeError."""
        wanted = list(tracks)
        again(lambda: self._begin(folder, wanted))

    def _begin(self, folder: Path, tracks: list[tuple[str, int, str]]) -> None:
        """Start it with a new session and its tracks."""
        command = program()
        assert command is not None, "Ardour is not installed"
        folder = Path(tempfile.mkdtemp(prefix="session-", dir=folder))
        self._folder, self._words = folder / "session", folder / "ardour.log"
        self._known: set[str] = set()
        environment = os.environ | {"XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
        script, pipe = Path(__file__).with_name("ardour.lua"), subprocess.PIPE
        with self._words.open("w") as words:
            self._process = subprocess.Popen(
                [command, str(script)], stdin=pipe, stdout=pipe, stderr=words, text=True, env=environment
            )
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, args=(self._process.stdout, self._answers), daemon=True).start()
        self.tell(f'open("{self._folder}")')
        if not until(lambda: bool(self._ports(giving=True)), 5, every=0.1):
            # "JACK HALTED": a busy server has put it out while it came in.
            self.close()
            raise StuckError(f"Ardour sees no port of JACK's:\n{self._words.read_text(errors='replace')}")
        for name, channel, port in tracks:
            self.tell(f'track("{name}", {channel}, "{self._port(port, giving=True)}")')

    def _read(self, pipe: IO[str], answers: queue.Queue[str]) -> None:
        for line in pipe:
            answers.put(line)
        answers.put("")

    def _answer(self, line: str) -> str:
        try:
            return self._answers.get(timeout=PATIENCE)
        except queue.Empty:
            self._process.kill()
            raise StuckError(f"{line}: Ardour does not answer") from None

    def tell(self, line: str) -> str:
        """Have a line of Lua done and return its value; RuntimeError with Ardour's words if it fails."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        while answer := self._answer(line):
            if answer.startswith("= "):
                return answer[2:].strip()
            if answer.startswith("! "):
                raise RuntimeError(f"{line}: {answer[2:].strip()}")
        words = self._words.read_text(errors="replace")
        raise RuntimeError(f"{line}: Ardour ended with status {self._process.wait(5)}:\n{words[-2000:]}")

    def send_clock(self, port: str) -> None:
        """Send MIDI clock to the port whose name holds `port`."""
        self.tell(f'send_clock("{self._port(port, giving=False)}")')

    def tempo(self, bpm: float) -> None:
        """The tempo of the whole session. (The clock that Ardour 7 sends knows no other than the first.)"""
        self.tell(f"tempo({bpm})")

    def take(self, begin: float, end: float) -> dict[str, list[Struck]]:
        """Roll from `begin` to `end` or a little further, recording; the note-ons of each track, in order.

        While it rolls, a place can't be jumped to: Ardour loses what it is recording.
        """
        self.tell(f"record({begin})")
        longest = 10 + 60 / 20 * (end - begin)
        if not until(lambda: end <= self.now(), longest, every=0.02):
            raise RuntimeError(f"Ardour stands at {self.now()} and not at {end}")
        self.tell("stop()")
        if not until(lambda: self.tell("return rewound()") == "true", 20, every=0.2):
            raise RuntimeError("Ardour does not stop")
        self.tell('session:save_state("")')
        return self._taken()

    def now(self) -> float:
        """Where it is, in quarter notes."""
        return float(self.tell("return now()"))

    @property
    def xruns(self) -> int:
        """Cycles that JACK lost: what happened then did not happen in Ardour's time."""
        return int(self.tell("return session:get_xrun_count()"))

    def close(self) -> None:
        """End it; a second call does nothing."""
        if self._process.poll() is None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _taken(self) -> dict[str, list[Struck]]:
        """The note-ons of the files that are new since the last take."""
        notes: dict[str, list[Struck]] = {}
        for source in ElementTree.parse(self._folder / "session.ardour").iterfind("Sources/Source"):
            track, name = source.get("captured-for"), source.attrib["name"]
            if track is None or name in self._known:
                continue
            self._known.add(name)
            (path,) = self._folder.glob(f"interchange/*/midifiles/{name}")
            notes[track] = read(path, self._quarter(source.attrib["natural-position"]))
        return notes

    def _quarter(self, position: str) -> float:
        """A place as Ardour writes it: in beats (b, 1920ths), or in time (a)."""
        number = int(position[1:])
        if position[0] == "b":
            return number / 1920
        return float(self.tell(f"return quarters({number // SUPERCLOCK})"))

    def _ports(self, *, giving: bool) -> list[str]:
        """The names of all ports that give events, or that take them."""
        names = self.tell(f"return ports({str(giving).lower()})")
        return names.split("\t") if names else []

    def _port(self, part: str, *, giving: bool) -> str:
        found: list[str] = []

        def appears() -> bool:
            found[:] = [name for name in self._ports(giving=giving) if part in name]
            return bool(found)

        assert until(appears, 20, every=0.1), f"there is no port {part!r}"
        return found[0]


def read(path: Path, begin: float) -> list[Struck]:
    """The note-ons of a MIDI file that begins at a quarter note."""
    file, tick, notes = mido.MidiFile(path), 0, []
    for message in file.tracks[0]:
        tick += message.time
        if message.type == "note_on" and message.velocity:
            quarter = begin + tick / file.ticks_per_beat
            notes.append(Struck(quarter, message.channel + 1, message.note))
    return notes


def lateness(notes: Iterable[Struck], bpm: float) -> list[float]:
    """How late each note is on the nearest 16th, in ms."""
    steps = [4 * note.quarter for note in notes]
    return [(step - round(step)) * 15000 / bpm for step in steps]


class Player:
    """Plays the tune of `bandmate selftest` to the band, an eighth each, by Ardour's clock, and asks for the
    next of `programs` every `every` bars. On channel 16 of a port of its own it strikes a note with every
    sixth pulse as it comes: a plain clock follower, to compare the band with."""

    def __init__(self, programs: Sequence[int] = (), every: int = 16) -> None:
        self.client, self.stepped = Client("player"), Device("stepped")
        self._programs, self._every = programs, every
        self._pulses, self._seen = 0, 0
        self._held: int | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)

    def follow(self, band: str, clock: str = "MIDI Clock out") -> None:
        """Play to the port whose name holds `band` by the clock of another."""
        self.client.play_to(band)
        self.client.listen_to(clock)
        self._thread.start()

    @property
    def transport(self) -> list[Event]:
        """What Ardour said, without the pulses."""
        return [each.event for each in list(self.client.captured) if not isinstance(each.event, Pulse)]

    def slowness(self, bpms: Sequence[float]) -> list[float]:
        """By what share each roll's clock came slower than its tempo: what JACK lost of real time."""
        rolls: list[list[float]] = []
        for at, event in list(self.client.captured):
            if isinstance(event, Start | Continue):
                rolls.append([])
            elif isinstance(event, Pulse) and rolls:
                rolls[-1].append(at)
        spans = [(roll[-1] - roll[0]) / (len(roll) - 1) for roll in rolls]
        return [span / (2.5 / bpm) - 1 for span, bpm in zip(spans, bpms, strict=True)]

    def close(self) -> None:
        """Play no more."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(5)
        self.client.close()
        self.stepped.unplug()

    def _run(self) -> None:
        while not self._ending.wait(0.0005):
            while self._seen < len(self.client.captured):
                event = self.client.captured[self._seen].event
                self._seen += 1
                match event:
                    case Pulse():
                        self._pulse()
                    case Stop():
                        self._release()
                    case Start() | Continue() | Position():
                        self._pulses = -(-self._pulses // 96) * 96  # Ardour jumps to bar lines here
        self._release()

    def _pulse(self) -> None:
        place, self._pulses = self._pulses, self._pulses + 1
        bar, into = divmod(place, 96)
        if self._programs and into == 48 and bar % self._every == self._every - 1:
            turn = bar // self._every + 1
            self.client.send(Program(1, self._programs[turn % len(self._programs)]))
        if place % EIGHTH == 0:
            self._release()
            degree = TUNE[place // EIGHTH % len(TUNE)]
            if degree is not None:
                self._held = 60 + 12 * (degree // 7) + MAJOR[degree % 7]
                self.client.send(NoteOn(1, self._held, 80))
        if place % STEP == 0:
            self.stepped.send(NoteOn(STEPPED, 60, 80))
            self.stepped.send(NoteOff(STEPPED, 60))

    def _release(self) -> None:
        if self._held is not None:
            self.client.send(NoteOff(1, self._held))
            self._held = None
