"""`bandmate studio` as a process, and a page of it without a browser."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from websockets.sync.client import connect

HOST = "127.0.0.1"
PATIENCE = 60.0


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.create_server((HOST, 0)) as listening:
        return int(listening.getsockname()[1])


class House:
    """A running `bandmate studio`; `said` is what it has printed."""

    def __init__(self, *flags: str, command: str = "studio") -> None:
        self.port = free_port()
        self.origin = f"http://{HOST}:{self.port}"
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        line = [sys.executable, "-u", "-m", "bandmate.daemon", command, "--port", str(self.port), *flags]
        environment = {**os.environ, "JACK_NO_START_SERVER": "1"}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            line, stdout=pipe, stderr=subprocess.STDOUT, text=True, env=environment
        )
        threading.Thread(target=self._hear, daemon=True).start()

    def hears(self, words: str, patience: float = PATIENCE) -> str:
        """Wait for a line with these words in what is printed; what was said before counts."""
        for line in self.said:
            if words in line:
                return line
        while True:
            line = self._lines.get(timeout=patience)
            self.said.append(line)
            if words in line:
                return line

    def quiet(self) -> list[str]:
        """All that was printed by now."""
        with contextlib.suppress(queue.Empty):
            while True:
                self.said.append(self._lines.get(timeout=0.2))
        return self.said

    def end(self) -> int:
        """End it as Ctrl-C does; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """A request with these headers (host and origin as the page has them, unless they are given); its
        status, headers and body."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        given = {"Host": self.origin.removeprefix("http://"), **{k.title(): v for k, v in headers.items()}}
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in given.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        found = answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        connection.close()
        return found

    def _hear(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))


class Visitor:
    """A page: says what one says, and keeps what it is told."""

    def __init__(self, house: House, origin: str | None = None, **headers: str) -> None:
        self._stack = contextlib.ExitStack()
        opening = connect(
            f"ws://{HOST}:{house.port}/band",
            origin=origin or house.origin,
            additional_headers=headers,
            open_timeout=PATIENCE,
            proxy=None,
        )
        self._socket = self._stack.enter_context(opening)
        self.told: list[dict[str, Any]] = []

    def say(self, **message: Any) -> None:
        """Ask for something."""
        self._socket.send(json.dumps(message))

    def send(self, raw: str | bytes) -> None:
        """Send what may be no message."""
        self._socket.send(raw)

    def hears(self, fits: Callable[[dict[str, Any]], bool], patience: float = PATIENCE) -> dict[str, Any]:
        """Wait for news that fit; what came before them is kept, too."""
        while True:
            found: list[dict[str, Any]] = json.loads(self._socket.recv(timeout=patience))
            self.told += found
            for news in found:
                if fits(news):
                    return news

    def leave(self) -> None:
        """Close it."""
        self._stack.close()


@contextlib.contextmanager
def open_house(*flags: str, **how: Any) -> Iterator[House]:
    """A house that listens, ended afterwards."""
    house = House(*flags, **how)
    try:
        house.hears("is ready")
        yield house
    finally:
        house.end()
