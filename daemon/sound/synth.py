"""FluidSynth, played live: a process of its own that is told note by note what to sound."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Program
from bandmate.bridge.outputs import Sink
from bandmate.daemon.child import end
from bandmate.daemon.sound.font import GAIN, Instrument

CLOSING = 2.0
"""Seconds that FluidSynth has to end by itself."""
JACK = ("-a", "jack", "-j", "-o", "audio.jack.id=bandmate sound")

Say = Callable[[str], None]


def spoken(event: Event) -> str | None:
    """An event in the words of FluidSynth's shell, whose channels and programs count from 0; None for what
    it does not sound."""
    match event:
        case NoteOn(channel, pitch, velocity):
            return f"noteon {channel - 1} {pitch} {velocity}\n"
        case NoteOff(channel, pitch):
            return f"noteoff {channel - 1} {pitch}\n"
        case Control(channel, number, value):
            return f"cc {channel - 1} {number} {value}\n"
        case Program(channel, number):
            return f"prog {channel - 1} {number - 1}\n"
    return None


class Synth:
    """Sounds what it is sent. Law: sending takes no time and raises nothing; a FluidSynth that has ended or
    no longer listens is given up, which is said once. It falls silent when this process ends, however that
    does."""

    def __init__(self, instrument: Instrument, say: Say, options: Sequence[str] = ()) -> None:
        """options: for FluidSynth's command line. The SoundFont is loaded while the band already plays."""
        self._say = say
        program, font = instrument
        self._process = subprocess.Popen(
            [program, "-q", "-n", "-g", GAIN, *options, str(font)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is ours: the last notes end first
        )
        assert self._process.stdin is not None
        self._pipe = self._process.stdin.fileno()
        if sys.platform != "win32" or sys.version_info >= (3, 12):  # elsewhere a pipe can't be told
            os.set_blocking(self._pipe, False)
        self._lost = False

    def send(self, event: Event) -> None:
        """Sound an event at once."""
        words = spoken(event)
        if words is None or self._lost:
            return
        try:
            os.write(self._pipe, words.encode("ascii"))
        except OSError:  # it has ended, or 64 KB wait for it
            self._lost = True
            self._say("FluidSynth has stopped sounding; run 'fluidsynth' by itself to see what it lacks")

    def close(self) -> None:
        """End it; a second call does nothing."""
        self._lost = True  # the pipe's number may soon be another file's
        end(self._process, CLOSING)


class Both:
    """Sends everything to two sinks."""

    def __init__(self, first: Sink, second: Sink) -> None:
        self._sinks = first, second

    def send(self, event: Event) -> None:
        """Send an event at once."""
        for sink in self._sinks:
            sink.send(event)

    def close(self) -> None:
        """Close both."""
        for sink in self._sinks:
            sink.close()
