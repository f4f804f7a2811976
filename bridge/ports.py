"""MIDI ports through RtMidi: list, open, close, and notice that one is lost.

Input is fetched from RtMidi's queue by a thread of ours every millisecond, and not delivered by RtMidi's
callback. A Python callback makes JACK's process thread wait for the interpreter: in a burst most
messages are lost, the whole graph is delayed, and closing while messages come in deadlocks. The queue is
filled without Python, and the driver's intervals tell when each message came.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from itertools import chain
from typing import Any

import rtmidi

from bandmate.bridge import api as apis
from bandmate.bridge import codec
from bandmate.bridge.arrival import Stamps
from bandmate.bridge.clock import now
from bandmate.bridge.events import Event
from bandmate.bridge.heartbeat import Cable, Flow, Heartbeat
from bandmate.bridge.names import PortError, Ports, find
from bandmate.bridge.undisturbed import undisturbed

Deliver = Callable[[Event, float], None]
Settle = Callable[[Any, bool], None]

_QUEUE = 8192
_FETCH_EVERY = 0.001
_SPARE = 4
# JACK stands still for 2.5 s when a client of it was killed.
_CONNECT = 4.0
_WINDOWS = (
    "Windows has no virtual MIDI ports of a program's own: make one with loopMIDI or with the loopback of "
    "Windows MIDI Services, then name it with --in and --out."
)


class Input:
    """An open input; a thread of its own, `bandmate input`, calls `deliver(event, arrival)`.

    `peer` is the name of the port it listens to, None for a virtual port. `deliver` must be quick and
    raise nothing.
    """

    def __init__(
        self, client: Any, name: str, peer: str | None, cable: Cable | None, deliver: Deliver, settle: Settle
    ) -> None:
        self.name = name
        self.peer = peer
        self._cable = cable
        self._client: Any | None = client
        self._deliver = deliver
        self._settle = settle
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._fetch, args=(client,), name="bandmate input", daemon=True
        )
        self._thread.start()

    def connected(self) -> bool:
        """Whether the connection to the peer still stands, where the system tells (JACK)."""
        return self._cable is None or self._cable.holds()

    def close(self) -> None:
        """Stop listening; nothing is delivered afterwards. A second call does nothing."""
        client, self._client = self._client, None
        if client is None:
            return
        self._stopping.set()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=1.0)
        self._settle(client, self._thread.is_alive())

    def _fetch(self, client: Any) -> None:
        stamps, empty = Stamps(), now()
        while not self._stopping.is_set():
            asked = now()
            packet = client.get_message()
            if packet is None:
                empty = asked
                time.sleep(_FETCH_EVERY)
                continue
            data, interval = packet
            arrival = stamps.stamp(interval, empty, now())
            event = codec.from_bytes(data)
            if event is not None and not self._stopping.is_set():
                self._deliver(event, arrival)


class Output:
    """An open output; one thread sends.

    `peer` is the name of the port it plays to, None for a virtual port.
    """

    def __init__(
        self,
        client: Any,
        name: str,
        peer: str | None,
        cable: Cable | None,
        flow: Flow | None,
        settle: Settle,
    ) -> None:
        self.name = name
        self.peer = peer
        self._cable = cable
        self.lost = False
        self._client: Any | None = client
        self._flow = flow
        self._settle = settle

    def connected(self) -> bool:
        """Whether the connection to the peer still stands, where the system tells (JACK)."""
        return self._cable is None or self._cable.holds()

    def send(self, event: Event) -> None:
        """Send at once. The first send that fails raises PortError and sets `lost`; later ones do nothing."""
        if self._client is None or self.lost:
            return
        data = codec.to_bytes(event)
        try:
            self.lost = self._flow is not None and not self._flow.admit()
            if not self.lost:
                self._client.send_message(data)
        except rtmidi.RtMidiError:
            self.lost = True
        if self.lost:
            raise PortError(f"The MIDI port {self.name!r} is lost: nothing can be sent to it.")

    def close(self) -> None:
        """Send what waits and close; within 2 s whatever the other side does. A second call does nothing."""
        client, self._client = self._client, None
        if client is not None:
            self._settle(client, self.lost)


class Midi:
    """The machine's MIDI system. Listing ports reuses two clients, so a watcher may poll for ever.

    To make a JACK client takes some 20 ms, in which nothing else in this process runs: those of ports that
    were closed are kept for others.
    """

    def __init__(self, api: str | None = None, client: str = "bandmate") -> None:
        """Find the system: `api`, else BANDMATE_MIDI_API, else what works. Raises PortError if none does."""
        self.api, self._to = apis.choose(api)
        self._client = client
        self._from = self._create(rtmidi.MidiIn, f"{client} ports")
        self._heartbeat = Heartbeat.listen(f"{client} heartbeat") if self.api == "jack" else None
        self._spare: dict[Any, list[Any]] = {rtmidi.MidiIn: [], rtmidi.MidiOut: []}
        self._closed = False

    def names(self) -> Ports:
        """Return the ports there are now; none if the MIDI system itself is gone."""
        if self._closed or self.gone():
            return Ports((), ())
        return Ports(tuple(self._from.get_ports()), tuple(self._to.get_ports()))

    def gone(self) -> bool:
        """Whether the JACK server died or hangs. Waits for one cycle of it, at most 0.5 s."""
        return self._heartbeat is not None and not self._heartbeat.alive()

    @property
    def virtual(self) -> bool:
        """Whether a program can make ports of its own."""
        return self.api != "windows"

    def own(self, name: str) -> bool:
        """Whether a name is that of a port of ours, or of another bandmate. (On Windows there are none: there
        a port of this name is one that the user has made.)"""
        return self.virtual and name.casefold().startswith(self._client)

    def open_input(self, name: str | None, deliver: Deliver, virtual: str = "bandmate in") -> Input:
        """Listen to the port that `name` means (see `find`), or for None on a virtual port."""
        client = self._entry()
        peer, cable = self._open(client, name, virtual)
        return Input(client, peer or virtual, peer, cable, deliver, self._settle)

    def open_output(self, name: str | None, virtual: str = "bandmate out") -> Output:
        """Play to the port that `name` means (see `find`), or for None to a virtual port."""
        spare = self._spare[rtmidi.MidiOut]
        client = spare.pop() if spare else self._create(rtmidi.MidiOut, self._client)
        peer, cable = self._open(client, name, virtual)
        flow = None if self._heartbeat is None else Flow(self._heartbeat)
        return Output(client, peer or virtual, peer, cable, flow, self._settle)

    def close(self) -> None:
        """Leave the system, after its ports are closed. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        for client in (self._from, self._to, *chain.from_iterable(self._spare.values())):
            self._settle(client, False)
        if self._heartbeat is not None:
            self._heartbeat.close()
            self._heartbeat = None

    def prepare(self) -> None:
        """Make ready for another input, so that it opens without delay."""
        if self.api == "jack" and not self._spare[rtmidi.MidiIn]:
            self._spare[rtmidi.MidiIn].append(self._entry())

    def _entry(self) -> Any:
        """A client to listen with, in whose queue nothing waits."""
        if self._spare[rtmidi.MidiIn]:
            client = self._spare[rtmidi.MidiIn].pop()
            while client.get_message() is not None:
                pass
            return client
        client = self._create(rtmidi.MidiIn, self._client, queue_size_limit=_QUEUE)
        # Nothing is ignored: the interval before an ignored message would be lost to the stamps.
        client.ignore_types(sysex=False, timing=False, active_sense=False)
        return client

    def _create(self, kind: Any, name: str, **options: int) -> Any:
        deadline = now() + _CONNECT
        while True:
            try:
                with undisturbed():
                    return kind(rtapi=apis.APIS[self.api], name=name, **options)
            except rtmidi.RtMidiError as error:
                if self.api != "jack" or now() > deadline:
                    raise PortError(
                        f"The MIDI system {self.api!r} refuses a new client: {error}. Restart it."
                    ) from error
                time.sleep(100 * _FETCH_EVERY)

    def _open(self, client: Any, name: str | None, virtual: str) -> tuple[str | None, Cable | None]:
        """Open `client`; return its peer's name and, where it can be told, the connection."""
        try:
            if name is None:
                if not self.virtual:
                    raise PortError(_WINDOWS)
                with undisturbed():
                    client.open_virtual_port(virtual)
                return None, None
            names = client.get_ports()
            peer = find(name, names)
            cable = None if self._heartbeat is None else Cable(self._heartbeat, peer)
            with undisturbed():
                client.open_port(names.index(peer), virtual)
            if self._heartbeat is not None and cable is not None:
                deadline = now() + _CONNECT
                while not cable.plugged():
                    if now() > deadline or peer not in client.get_ports():
                        raise PortError(f"The MIDI port {peer!r} went away while it was being opened.")
                    time.sleep(_FETCH_EVERY)
                # A connection carries messages from the server's next cycle on.
                self._heartbeat.alive()
            return peer, cable
        except PortError:
            self._settle(client, False)
            raise
        except rtmidi.RtMidiError as error:
            self._settle(client, False)
            raise PortError(
                f"The MIDI port {name or virtual!r} does not open: {error}. Is it in use?"
            ) from error

    def _settle(self, client: Any, hopeless: bool) -> None:
        """Close a client, or abandon it where RtMidi would wait: for a dead JACK server, or a busy thread."""
        if hopeless or self.gone():
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(client))
            return
        with undisturbed():
            client.close_port()
            spare = self._spare[type(client)]
            # A virtual port is closed with its client only.
            reusable = self.api == "jack" and not self._closed and not client.is_port_open()
            if reusable and len(spare) < _SPARE:
                spare.append(client)
            else:
                client.delete()
