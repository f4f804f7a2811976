"""Whether a JACK server still turns its cycles.

RtMidi cannot tell: a client of a dead server lists ports as before, and a send to it waits for ever, with
the interpreter locked, once 2,340 messages stand in its ring of 16 KiB. The frame time of the server's
newest cycle can: it stands still when the server is dead or hung.
"""

from __future__ import annotations

import ctypes
import time
from itertools import count, takewhile
from pathlib import Path

from bandmate.bridge.clock import now
from bandmate.bridge.undisturbed import undisturbed

_NO_START_SERVER = 1
_CAPACITY = 1000


class Heartbeat:
    """A JACK client without ports that reads the server's cycle counter."""

    def __init__(self, jack: ctypes.CDLL, client: int) -> None:
        self._jack = jack
        self._client: int | None = client

    @classmethod
    def listen(cls, name: str) -> Heartbeat | None:
        """Return a heartbeat of the running server, or None where the JACK library shows none."""
        jack = _library()
        if jack is None:
            return None
        with undisturbed():
            client = jack.jack_client_open(name.encode(), _NO_START_SERVER, None)
        if not client:
            return None
        heartbeat = cls(jack, client)
        if heartbeat.alive():
            return heartbeat
        heartbeat.close()
        return None

    def beat(self) -> int:
        """Return the frame time of the newest cycle; it changes with each cycle (a quarter of a µs).

        It stands at 0 once this is closed.
        """
        if self._client is None:
            return 0
        frame: int = self._jack.jack_last_frame_time(self._client)
        return frame

    def alive(self, patience: float = 0.5) -> bool:
        """Wait for the next cycle, at most `patience` seconds, and return whether it came.

        The longest cycle of JACK is 0.19 s (8,192 frames at 44.1 kHz).
        """
        last, deadline = self.beat(), now() + patience
        while self.beat() == last:
            if now() > deadline:
                return False
            time.sleep(0.0002)
        return True

    def connections(self, port: str) -> frozenset[str]:
        """Return the names of the ports that a port is connected to; none if there is no such port.

        A busy server names a port for some cycles more after it has gone; such a one is left out.
        """
        if self._client is None:
            return frozenset()
        found = self._jack.jack_port_by_name(self._client, port.encode())
        names = self._jack.jack_port_get_all_connections(self._client, found) if found else None
        if not names:
            return frozenset()
        listed = list(takewhile(bool, (names[k] for k in count())))
        connected = [name for name in listed if self._jack.jack_port_by_name(self._client, name)]
        self._jack.jack_free(names)
        return frozenset(name.decode() for name in connected)

    def close(self) -> None:
        """Leave the server, if it is alive; a second call does nothing."""
        if self._client is not None and self.alive():
            with undisturbed():
                self._jack.jack_client_close(self._client)
        self._client = None


class Cable:
    """The connection that opening a port has made.

    A port that vanishes and is back before anybody looks is listed as before, but is connected no more.
    """

    def __init__(self, heartbeat: Heartbeat, peer: str) -> None:
        """To be made before the port is opened."""
        self._heartbeat, self._peer = heartbeat, peer
        self._before = heartbeat.connections(peer)
        self._ours: frozenset[str] = frozenset()

    def plugged(self) -> bool:
        """The port has been opened: whether it is connected."""
        self._ours = self._heartbeat.connections(self._peer) - self._before
        return bool(self._ours)

    def holds(self) -> bool:
        """Whether the connection is still there."""
        return self._ours <= self._heartbeat.connections(self._peer)


class Flow:
    """Keeps a sender from overrunning RtMidi's ring, and notices a server that no longer empties it.

    The ring is emptied once a cycle. At most 1,000 messages go out between two readings that show a new
    cycle, so 2,000 wait at most, of the 2,340 that fit.
    """

    def __init__(self, heartbeat: Heartbeat) -> None:
        self._heartbeat = heartbeat
        self._beat = heartbeat.beat()
        self._since = now()
        self._count = 0

    def admit(self) -> bool:
        """Return whether one more message may go, waiting for the server if need be (at most 0.5 s)."""
        beat, moment = self._heartbeat.beat(), now()
        if beat == self._beat and (self._count >= _CAPACITY or moment - self._since > 1.0):
            if not self._heartbeat.alive():
                return False
            beat = self._heartbeat.beat()
        if beat != self._beat:
            self._beat, self._since, self._count = beat, now(), 0
        self._count += 1
        return True


def _library() -> ctypes.CDLL | None:
    """Return the very libjack that python-rtmidi has loaded; only Linux shows which that is."""
    try:
        maps = Path("/proc/self/maps").read_text()
    except OSError:
        return None
    path = next((line.split()[-1] for line in maps.splitlines() if "libjack" in line), None)
    if path is None:
        return None
    jack = ctypes.CDLL(path)
    jack.jack_client_open.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
    jack.jack_client_open.restype = ctypes.c_void_p
    jack.jack_last_frame_time.argtypes = [ctypes.c_void_p]
    jack.jack_last_frame_time.restype = ctypes.c_uint32
    jack.jack_client_close.argtypes = [ctypes.c_void_p]
    jack.jack_port_by_name.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    jack.jack_port_by_name.restype = ctypes.c_void_p
    jack.jack_port_get_all_connections.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    jack.jack_port_get_all_connections.restype = ctypes.POINTER(ctypes.c_char_p)
    jack.jack_free.argtypes = [ctypes.c_void_p]
    return jack
