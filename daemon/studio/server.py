"""The server's process as the band sees it: started, fed, listened to, and started again when it ends."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

from bandmate.daemon.child import end
from bandmate.daemon.studio import line

CLOSING = 3.0
RESTARTS = 5
"""How often in a row a server that ends at once is started again."""

Arrived = Callable[[Any], None]


class Server:
    """Law: `tell` waits for the pipe at most, and raises nothing. `arrived` hears what the server says, on a
    thread of its own, `bandmate studio`; after a restart the server is told `opening()` first."""

    def __init__(
        self, opening: Callable[[], list[Any]], arrived: Arrived, say: Callable[[str], None]
    ) -> None:
        self._opening, self._arrived, self._say = opening, arrived, say
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="bandmate studio", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The process, while one runs."""
        process = self._process
        return None if process is None else process.pid

    def tell(self, value: Any) -> None:
        """Send a value; it is lost where no server runs."""
        with self._lock, suppress(OSError, ValueError):
            if self._process is not None:
                line.write(_pipe(self._process.stdin), value)

    def close(self) -> None:
        """End the server, which ends when its input does."""
        self._closing = True
        process = self._process
        if process is not None:
            with self._lock, suppress(OSError):
                _pipe(process.stdin).close()
            end(process, CLOSING)
        self._thread.join(timeout=CLOSING)

    def _run(self) -> None:
        """Start it, hear it to its end, and again."""
        heard, failures = True, 0
        while not self._closing:
            failures = 0 if heard else failures + 1
            if failures > RESTARTS:
                self._say("the page can't be served: its server ends at once; the band plays on without it")
                return
            heard = self._serve()
            if not self._closing and heard:
                self._say("the page's server has ended; it is started again")

    def _serve(self) -> bool:
        """Whether the server said anything before it ended."""
        process = subprocess.Popen(_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        with self._lock:
            self._process = process
            with suppress(OSError):
                for value in self._opening():
                    line.write(_pipe(process.stdin), value)
        heard = False
        with suppress(EOFError, OSError):
            while True:
                value = line.read(_pipe(process.stdout))
                heard = True
                self._arrived(value)
        with self._lock:
            self._process = None
        process.kill()
        process.wait()
        return heard


def _command() -> list[str]:
    return [sys.executable, "-m", "bandmate.daemon.studio.serving"]


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream
