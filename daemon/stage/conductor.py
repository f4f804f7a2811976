"""The shell around the engine: one inbox, one thread that owns the engine, one that runs the generator."""

from __future__ import annotations

import gc
import sys
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue

import numpy as np

from bandmate.bridge.clock import now
from bandmate.bridge.events import Event
from bandmate.bridge.outputs import Sink
from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.daemon.answering.request import Answer, Request
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.settings import LEAD
from bandmate.daemon.engine.told import Status
from bandmate.daemon.ports.echo import Echo
from bandmate.daemon.sending.schedule import Due
from bandmate.daemon.stage.surface import Surface
from bandmate.daemon.stage.worker import Worker
from bandmate.presets.preset import Preset

SPIN = 0.0005
SWITCH_INTERVAL = 0.0005
MARGIN = 0.008
LONGEST_LEAD = 0.2
IDLE = 1.0

Say = Callable[[str], None]
Sent = Callable[[Due, float, float], None]
Decided = Callable[[float, float], None]


class Conductor:
    """Runs an engine in real time. `deliver` may be called from any thread; all else happens on its own,
    `bandmate conductor`, which alone touches the engine and the output. `turned` is when that last came
    round, at least once a second while all is well."""

    def __init__(
        self,
        engine: Engine,
        output: Sink,
        say: Say,
        sent: Sent | None = None,
        decided: Decided | None = None,
        surface: Surface | None = None,
    ) -> None:
        """say: hears sentences for the user; sent: hears every event with the times, in seconds, at which it
        was due and at which it left; decided: hears of every decision the seconds that it took, and the lead
        by then; surface: shows the player where things stand."""
        self._engine, self._output, self._say, self._sent = engine, output, say, sent
        self._decided, self._surface = decided, surface
        self._echo = Echo()
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._wish: Callable[[int], None] = lambda program: None
        self._seconds: deque[float] = deque(maxlen=200)
        self._failing = False
        self._stopping = False
        self.ended = threading.Event()
        self.turned = now()
        self.status: Status = engine.status(now())
        self.worker = Worker(self._answered, self._failed)
        self._thread = threading.Thread(target=self._run, name="bandmate conductor", daemon=True)

    def start(self, wish: Callable[[int], None]) -> None:
        """Play. wish: asks for the preset of a program number."""
        self._wish = wish
        sys.setswitchinterval(SWITCH_INTERVAL)
        gc.collect()
        gc.freeze()
        self._thread.start()

    def deliver(self, event: Event, arrival: float) -> None:
        """An event arrived (an input's thread)."""
        self._inbox.put(partial(self._receive, event, arrival))

    def call(self, action: Callable[[], None]) -> None:
        """Have something done on the conductor's thread, after all that was asked of it before."""
        self._inbox.put(action)

    def arm(self, preset: Preset, key: str, accompanist: Accompanist) -> None:
        """A preset is ready (the casting's thread)."""
        self._inbox.put(partial(self._arm, preset, key, accompanist))

    def p95(self) -> float:
        """Seconds within which 95 of 100 recent decisions were taken; 0 before the first."""
        return float(np.percentile(list(self._seconds), 95)) if self._seconds else 0.0

    def stop(self) -> None:
        """Release what sounds and end the threads; within a few seconds."""
        self._inbox.put(self._stop)
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        self.worker.close()

    # --- the conductor's thread ---------------------------------------------------------------------

    def greet(self) -> None:
        """Send the parts' sounds again: the instruments have come back."""
        self._engine.band.desk.greet()

    def pause(self) -> None:
        """The music stands still until `resume`."""
        self._engine.pause(now())

    def resume(self) -> None:
        """The music may go on."""
        self._engine.resume(now())

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._wait()
                self._act()
                self.turned = now()
        except Exception as error:  # whatever goes wrong, what sounds has to end
            self._say(f"the band stopped on an error that should not happen: {error!r}; please report it")
        finally:
            try:
                self._send(self._engine.stop(now()))
            finally:
                self.ended.set()

    def _wait(self) -> None:
        """Take what arrives until something is due. The last half millisecond is waited for awake."""
        deadline = self._engine.deadline(now())
        until = now() + IDLE if deadline is None else deadline
        if self._surface is not None:
            until = min(until, self._surface.due(until))
        while not self._stopping:
            left = until - now()
            try:
                item = self._inbox.get(block=left > SPIN, timeout=max(left - SPIN, 0))
            except Empty:
                if now() >= until:
                    return
                continue
            item()
            self._drain()
            return

    def _drain(self) -> None:
        while not self._stopping:
            try:
                self._inbox.get_nowait()()
            except Empty:
                return

    def _receive(self, event: Event, arrival: float) -> None:
        if not self._echo.explains(event, arrival):
            if self._surface is not None:
                self._surface.hear(event, arrival)
            self._engine.receive(event, arrival)

    def _arm(self, preset: Preset, key: str, accompanist: Accompanist) -> None:
        self.worker.employ(key, accompanist)
        self._engine.arm(preset, key)

    def _act(self) -> None:
        moment = now()
        actions = self._engine.advance(moment)
        self._send(actions.events)
        for request in actions.requests:
            self.worker.submit(request)
        self.worker.retain(self._engine.band.keys)
        for program in actions.wishes:
            self._wish(program)
        for sentence in actions.remarks:
            self._say(sentence)
        standing = self._engine.timeline is None
        if actions.requests or standing != (self.status.bar == 0):
            self.status = self._engine.status(moment)
        if self._surface is not None:
            self._show(self._surface)

    def _show(self, surface: Surface) -> None:
        """Show where things stand, if that is due and no note is."""
        moment = now()
        if moment >= surface.due(self._engine.deadline(moment)):
            for event in surface.show(self._engine.panel(moment), moment):
                self._echo.send(event, now())

    def _send(self, events: list[Due]) -> None:
        for due in events:
            self._echo.send(due.event, now())
            self._output.send(due.event)
            if self._sent is not None:
                left, meant = now(), self._engine.meant(due)
                self._sent(due, left if meant is None else meant, left)

    def _stop(self) -> None:
        self._stopping = True

    # --- the worker's thread ------------------------------------------------------------------------

    def _answered(self, answer: Answer) -> None:
        self._inbox.put(partial(self._take, answer))

    def _failed(self, request: Request, error: Exception) -> None:
        self._inbox.put(partial(self._excuse, error))

    # --- the conductor's thread again ---------------------------------------------------------------

    def _take(self, answer: Answer) -> None:
        self._failing = False
        self._seconds.append(answer.seconds)
        if len(self._seconds) >= 8:
            self._engine.band.lead = min(max(self.p95() + MARGIN, LEAD / 2), LONGEST_LEAD)
        if self._decided is not None:
            self._decided(answer.seconds, self._engine.band.lead)
        self._engine.answer(answer, now())

    def _excuse(self, error: Exception) -> None:
        if not self._failing:
            self._say(f"{error}; the band plays on with what it had")
        self._failing = True
