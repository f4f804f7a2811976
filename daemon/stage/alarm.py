"""What ends a performance: a signal, or an error in any thread."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue


class Alarm:
    """Raised once, from any thread. `reason`: a sentence, where it was no signal."""

    def __init__(self, raised: threading.Event | None = None) -> None:
        """raised: is set when it is raised, and may be set to raise it."""
        self.reason: str | None = None
        self._raised = raised or threading.Event()

    def wait(self, seconds: float) -> bool:
        """Whether it is raised, or comes to be within so many seconds."""
        return self._raised.wait(seconds)

    def ring(self, reason: str | None = None) -> None:
        """The performance has to end; the first reason counts."""
        self.reason = self.reason or reason
        self._raised.set()

    def listen(self) -> None:
        """Have it raised by Ctrl-C, by a request to end, and by the terminal being closed."""
        signals(self._raised)

    @contextmanager
    def guarding(self) -> Iterator[None]:
        """While inside, an error that ends any thread raises it, too."""
        before = threading.excepthook
        threading.excepthook = self._caught
        try:
            yield
        finally:
            threading.excepthook = before

    def _caught(self, error: threading.ExceptHookArgs) -> None:
        name = "a thread" if error.thread is None else f"the thread '{error.thread.name}'"
        self.ring(unforeseen(name, error.exc_value))


def signals(*flags: threading.Event) -> None:
    """Have these set by Ctrl-C, by a request to end, and by the terminal being closed.

    A thread of its own sets them. A handler interrupts whatever the main thread does, and if that is to look
    at one of them, would wait for it for ever; into a SimpleQueue it may put at any time.
    """
    arrived: SimpleQueue[None] = SimpleQueue()

    def obey() -> None:
        while True:
            arrived.get()
            for flag in flags:
                flag.set()

    def end(*_: object) -> None:
        arrived.put(None)

    threading.Thread(target=obey, name="bandmate signals", daemon=True).start()

    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):  # the last is Windows' own
        number = getattr(signal, name, None)
        # `nohup` has the closing of the terminal ignored.
        if number is not None and (name != "SIGHUP" or signal.getsignal(number) is not signal.SIG_IGN):
            signal.signal(number, end)


def unforeseen(who: str, error: BaseException | None) -> str:
    """The sentence about an error that nobody foresaw."""
    return f"{who} stopped on an error that should not happen: {error!r}; please report it"
