"""The shell around the podium: one inbox, one thread that owns the engine, one that runs the generator."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue

from bandmate.bridge.clock import now, slept
from bandmate.bridge.events import Event
from bandmate.bridge.outputs import Sink
from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.daemon.answering.request import Answer, Request
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.status import Status
from bandmate.daemon.stage.podium import DEAF, Ears, Podium, Say
from bandmate.daemon.stage.surface import Surface
from bandmate.daemon.stage.worker import Worker
from bandmate.presets.preset import Preset

SPIN = 0.0005
SWITCH_INTERVAL = 0.0005


class Conductor:
    """Runs an engine in real time. `deliver` and `call` may be called from any thread; all else happens on
    its own, `bandmate conductor`, which alone touches the engine and the output. `turned` is when that last
    came round, at least once a second while all is well."""

    def __init__(
        self,
        engine: Engine,
        output: Sink,
        say: Say,
        ears: Ears = DEAF,
        surface: Surface | None = None,
    ) -> None:
        """say: hears sentences for the user; surface: shows the player where things stand."""
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._say = say
        self._stopping = False
        self.ended = threading.Event()
        self.turned = now()
        self.worker = Worker(self._answered, self._failed)
        self.podium = Podium(engine, output, self.worker, say, now, slept, ears, surface)
        self._thread = threading.Thread(target=self._run, name="bandmate conductor", daemon=True)

    @property
    def status(self) -> Status:
        """Where the music stood at the last decision."""
        return self.podium.status

    def start(self, wish: Callable[[int], None]) -> None:
        """Play. wish: asks for the preset of a program number."""
        self.podium.wish = wish
        sys.setswitchinterval(SWITCH_INTERVAL)
        gc.collect()
        gc.freeze()
        self._thread.start()

    def deliver(self, event: Event, arrival: float, *, certain: bool = False) -> None:
        """An event arrived (an input's thread); certain: it can't be one of the band's own coming back."""
        self._inbox.put(partial(self.podium.receive, event, arrival, certain=certain))

    def call(self, action: Callable[[], None]) -> None:
        """Have something done on the conductor's thread, after all that was asked of it before."""
        self._inbox.put(action)

    def arm(self, preset: Preset, key: str, accompanist: Accompanist) -> None:
        """A preset is ready (the casting's thread)."""
        self._inbox.put(partial(self.podium.arm, preset, key, accompanist))

    def p95(self) -> float:
        """Seconds within which 95 of 100 recent decisions were taken; 0 before the first."""
        return self.podium.p95()

    def stop(self) -> None:
        """Release what sounds and end the threads; within a few seconds."""
        self._inbox.put(self._stop)
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        self.worker.close()
        # A performance refers to itself: frozen, it would stay in memory with its models for ever.
        gc.unfreeze()

    # --- the conductor's thread ---------------------------------------------------------------------

    def greet(self) -> None:
        """Send the parts' sounds again: the instruments have come back."""
        self.podium.greet()

    def pause(self) -> None:
        """The music stands still until `resume`."""
        self.podium.pause()

    def resume(self) -> None:
        """The music may go on."""
        self.podium.resume()

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._wait()
                self.podium.turn()
                self.turned = now()
        except Exception as error:  # whatever goes wrong, what sounds has to end
            self._say(f"the band stopped on an error that should not happen: {error!r}; please report it")
        finally:
            try:
                self.podium.stop()
            finally:
                self.ended.set()

    def _wait(self) -> None:
        """Take what arrives until something is due. The last half millisecond is waited for awake."""
        until = self.podium.deadline()
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

    def _stop(self) -> None:
        self._stopping = True

    # --- the worker's thread ------------------------------------------------------------------------

    def _answered(self, answer: Answer) -> None:
        self._inbox.put(partial(self.podium.take, answer))

    def _failed(self, request: Request, error: Exception) -> None:
        self._inbox.put(partial(self.podium.excuse, error))
