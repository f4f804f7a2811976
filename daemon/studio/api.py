"""What a page asks over HTTP: melodies, compositions and takes. The guard stands before all of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bandmate.daemon.studio import sheets
from bandmate.daemon.studio.bounce import BounceError, Busy, NoSynth
from bandmate.daemon.studio.library import Library, LibraryError
from bandmate.daemon.studio.mixing import MixError
from bandmate.daemon.studio.share import NAME, ShareError
from bandmate.daemon.studio.sheets import Sheet, SheetError
from bandmate.daemon.studio.workshop import LARGEST, Order, WorkError, Workshop
from bandmate.daemon.tuition.errors import TuitionError

SMALL = 1 << 15
Handler = Callable[[Request], Awaitable[Response]]


class Api:
    """Law: what can't be done is a sentence, with status 422. The server's loop also carries the keys that
    pages play, so files are read on threads beside it."""

    def __init__(self, workshop: Workshop, library: Library) -> None:
        self._workshop, self._library = workshop, library

    def routes(self) -> list[Route]:
        """For the application."""
        return [
            route("/api/melodies", self._melodies),
            route("/api/melodies", self._bring, "POST"),
            route("/api/melodies/{name}", self._melody),
            route("/api/compositions", self._compose, "POST"),
            route("/api/takes", self._takes),
            route("/api/takes/{name}", self._take),
            route("/api/takes/{name}", self._rename, "POST"),
            route("/api/takes/{name}", self._delete, "DELETE"),
            route("/api/takes/{name}/file", self._taken),
        ]

    async def _melodies(self, request: Request) -> Response:
        return JSONResponse({"melodies": self._workshop.samples()})

    async def _melody(self, request: Request) -> Response:
        return _made(*await asyncio.to_thread(self._workshop.sample, request.path_params["name"]))

    async def _bring(self, request: Request) -> Response:
        name = "".join(filter(str.isprintable, request.query_params.get("name", "")))[:NAME].strip()
        data = await body(request, LARGEST)
        return _made(*await asyncio.to_thread(self._workshop.bring, data, name or "the file"))

    async def _compose(self, request: Request) -> Response:
        return _made(*await self._workshop.compose(Order.of(await parsed(request))))

    async def _takes(self, request: Request) -> Response:
        return JSONResponse({"takes": self._library.list()})

    async def _take(self, request: Request) -> Response:
        path = self._library.find(request.path_params["name"])
        return JSONResponse(await asyncio.to_thread(sheets.load, path))

    async def _taken(self, request: Request) -> Response:
        path = self._library.find(request.path_params["name"])
        return attached(await asyncio.to_thread(path.read_bytes), path.name)

    async def _rename(self, request: Request) -> Response:
        given = await parsed(request)
        wanted = given.get("name") if isinstance(given, dict) else None
        if not isinstance(wanted, str):
            raise LibraryError("say the new name")
        self._library.rename(request.path_params["name"], wanted)
        return JSONResponse({"takes": self._library.list()})

    async def _delete(self, request: Request) -> Response:
        self._library.delete(request.path_params["name"])
        return JSONResponse({"takes": self._library.list()})


def route(path: str, handler: Handler, method: str = "GET") -> Route:
    """A route to a handler whose errors are told."""
    return Route(path, _sentences(handler), methods=[method])


def _sentences(handler: Handler) -> Handler:
    """A handler whose errors are told."""

    async def told(request: Request) -> Response:
        try:
            return await handler(request)
        except (
            WorkError,
            LibraryError,
            SheetError,
            MixError,
            ShareError,
            BounceError,
            TuitionError,
        ) as error:
            return JSONResponse({"sentence": str(error)}, 422)
        except NoSynth as error:
            return JSONResponse({"sentence": str(error)}, 501)
        except Busy as error:
            return JSONResponse({"sentence": str(error)}, 503)
        except OSError as error:
            return JSONResponse({"sentence": f"the file can't be read or written ({error.strerror})"}, 422)

    return told


def _made(number: str, sheet: Sheet) -> Response:
    return JSONResponse({"id": number, "sheet": sheet})


def attached(data: bytes, name: str, kind: str = "audio/midi") -> Response:
    """A file to keep, with its ending in its name."""
    return Response(data, media_type=kind, headers={"content-disposition": disposition(name)})


def disposition(name: str) -> str:
    """The header that names a file to keep."""
    return f"attachment; filename*=UTF-8''{quote(name)}"


async def body(request: Request, largest: int) -> bytes:
    """What was sent, of which no more than so many bytes are taken in."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > largest:
            raise WorkError(f"that is larger than {largest // 1024} KB")
    return body


async def parsed(request: Request) -> Any:
    """The value in a short text of JSON. Raises WorkError."""
    try:
        return json.loads(await body(request, SMALL))
    except (ValueError, RecursionError) as error:
        raise WorkError("that is no JSON") from error
