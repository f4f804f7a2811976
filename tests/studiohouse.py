"""`bandmate studio` as a process, and a page of it without a browser."""

from __future__ import annotations

import asyncio
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
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message
from websockets.sync.client import connect

from bandmate.daemon.studio.picture import KEPT

HOST = "127.0.0.1"
PATIENCE = 60.0


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.create_server((HOST, 0)) as listening:
        return int(listening.getsockname()[1])


class House:
    """A running `bandmate studio`; `said` is what it has printed."""

    def __init__(self, *flags: str, command: str = "studio", home: Path | None = None) -> None:
        """home: the user's folder, if not the one that BANDMATE_HOME says."""
        self.home = Path(os.environ["BANDMATE_HOME"]) if home is None else home
        self.port = free_port()
        self.origin = f"http://{HOST}:{self.port}"
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        line = [sys.executable, "-u", "-m", "bandmate.daemon", command, "--port", str(self.port), *flags]
        environment = {**os.environ, "JACK_NO_START_SERVER": "1", "BANDMATE_HOME": str(self.home)}
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

    @staticmethod
    def fresh(frame: str | bytes) -> list[dict[str, Any]]:
        """What of a frame is new to a page: a greeting brings what had passed before it came, too."""
        told: list[dict[str, Any]] = json.loads(frame)
        passed = KEPT if told[0]["is"] == "hello" else {}
        return [news for news in told if news["is"] not in passed]

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

    def api(self, path: str, method: str | None = None, body: Any = None) -> tuple[int, Any]:
        """What the page asks: bytes, or else what becomes JSON, to be answered to a GET, or to a POST where
        there is a body; the status, and what comes back, which is bytes if it is a file to be kept."""
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        method = method or ("GET" if body is None else "POST")
        status, headers, answer = self.ask(path, method, data, origin=self.origin)
        kept = "attachment" in headers.get("content-disposition", "")
        plain = headers["content-type"] == "application/json" and not kept
        return status, json.loads(answer) if plain else answer

    def _hear(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))


async def visit(
    app: ASGIApp, path: str, method: str = "GET", body: bytes = b"", **headers: str
) -> tuple[int, bytes]:
    """A request of an application in this process, by somebody who stays until it is answered: the status
    and what was sent."""
    arriving = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Message] = []

    async def receive() -> Message:
        if not arriving:
            await asyncio.Event().wait()
        return arriving.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    place, _, query = path.partition("?")
    given = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "method": method,
        "path": place,
        "query_string": query.encode(),
        "headers": given,
    }
    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


class Visitor:
    """A page: says what one says, and keeps what it is told."""

    def __init__(self, house: House, origin: str | None = None, **headers: str) -> None:
        self._stack = contextlib.ExitStack()
        opening = connect(
            f"ws://{HOST}:{house.port}/band",
            origin=origin or house.origin,
            additional_headers=headers,
            open_timeout=PATIENCE,
            # Who only says things reads nothing for minutes, and must answer pings all the same.
            max_queue=None,
            proxy=None,
        )
        self._socket = self._stack.enter_context(opening)
        self.told: list[dict[str, Any]] = []

    def say(self, **message: Any) -> None:
        """Ask for something."""
        self._socket.send(json.dumps(message))

    def send(self, raw: str | bytes, *, text: bool | None = None) -> None:
        """Send what may be no message; text: in a frame of text, whatever it is."""
        self._socket.send(raw, text=text)

    def hears(self, fits: Callable[[dict[str, Any]], bool], patience: float = PATIENCE) -> dict[str, Any]:
        """Wait for news that fit; what came before them is kept, too. What others did before this page came
        is no news."""
        while True:
            found = House.fresh(self._socket.recv(timeout=patience))
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
