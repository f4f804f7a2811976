"""The server's process: told by the band through its standard input, telling it through its output.

    python -m bandmate.daemon.studio.serving

It ends when its input does, so it never outlives the band.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import uvicorn
from starlette.routing import Route

from bandmate.daemon.studio import line
from bandmate.daemon.studio.api import Api
from bandmate.daemon.studio.app import LARGEST, Studio
from bandmate.daemon.studio.counter import Counter
from bandmate.daemon.studio.digest import digest, digests
from bandmate.daemon.studio.guard import Guard
from bandmate.daemon.studio.library import Library
from bandmate.daemon.studio.pairing import Pairing
from bandmate.daemon.studio.repertoire import Repertoire
from bandmate.daemon.studio.teach import Teach
from bandmate.daemon.studio.workshop import Workshop
from bandmate.daemon.tuition.able import lacking
from bandmate.daemon.tuition.classroom import Classroom
from bandmate.daemon.tuition.places import Places
from bandmate.presets.home import folder

FILES, SOUNDS = Path(__file__).with_name("static"), Path(__file__).with_name("sounds")
FONT = "band.sf3"
MELODIES = Path(__file__).parent.parent / "melodies"
NICE = 5


def main() -> None:
    """Serve until the band is gone."""
    heard, told = sys.stdin.buffer, _mouth()
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            # They are meant for the band, which ends us by closing our input.
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICE)
    with suppress(EOFError), tempfile.TemporaryDirectory(prefix="bandmate-") as work:
        asyncio.run(_serve(line.read(heard), heard, told, Path(work)))


async def _serve(opening: dict[str, Any], heard: IO[bytes], told: IO[bytes], work: Path) -> None:
    lock = threading.Lock()

    def tell(value: Any) -> None:
        with lock, suppress(OSError, ValueError):
            line.write(told, value)

    token = opening["token"]
    guard = Guard(opening["port"], opening["names"], token if opening["guarded"] else None)
    studio = Studio(guard, Pairing(opening["code"]), token, tell)
    workshop = Workshop(work, MELODIES, digest)
    config = uvicorn.Config(
        studio.app(FILES, SOUNDS, _api(workshop, guarded=opening["guarded"])),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=LARGEST,
        limit_concurrency=100,
        timeout_graceful_shutdown=1,
    )
    # The page's refusal says it, in a sentence.
    logging.getLogger("uvicorn.error").addFilter(lambda record: not _is_no_text(record))
    server = Quiet(config)
    loop = asyncio.get_running_loop()
    threading.Thread(target=_hear, args=(heard, loop, studio, server), daemon=True).start()
    try:
        listening = _listening(opening["host"], opening["port"])
    except OSError as error:
        tell({"failed": error.strerror or str(error)})
        return
    tell({"ready": True})
    await server.serve(sockets=[listening])


def _api(workshop: Workshop, *, guarded: bool) -> list[Route]:
    places = Places([Path.home(), folder()], guarded)
    classroom = Classroom(folder(), places, Repertoire(folder("presets")).names, lacking)
    return [
        *Api(workshop, Library(folder("takes"))).routes(),
        *Counter(workshop, SOUNDS / FONT, digests).routes(),
        *Teach(classroom).routes(),
    ]


class Quiet(uvicorn.Server):
    """A server that leaves signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None."""
        yield


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises OSError."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return socket.create_server(address[:2], family=family, backlog=64)


def _is_no_text(record: logging.LogRecord) -> bool:
    """Whether this is uvicorn's traceback of a text frame that is not UTF-8."""
    return isinstance(record.exc_info[1] if record.exc_info else None, UnicodeDecodeError)


def _hear(heard: IO[bytes], loop: asyncio.AbstractEventLoop, studio: Studio, server: Quiet) -> None:
    """Hear the band, on a thread of its own, until it is gone."""
    with suppress(EOFError, OSError, RuntimeError):
        while True:
            told = line.read(heard)
            loop.call_soon_threadsafe(studio.pages.tell, told, json.dumps(told, separators=(",", ":")))
    server.should_exit = True
    server.force_exit = True


def _mouth() -> IO[bytes]:
    """Our output, for frames only: what anybody else prints goes where errors go."""
    own = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return own


if __name__ == "__main__":
    main()
