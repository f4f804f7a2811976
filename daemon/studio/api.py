"""What a page asks over HTTP: melodies, compositions and takes. The guard stands before all of it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bandmate.daemon.studio import sheets
from bandmate.daemon.studio.library import Library, LibraryError
from bandmate.daemon.studio.sheets import Sheet, SheetError
from bandmate.daemon.studio.workshop import LARGEST, Order, WorkError, Workshop

SMALL = 4096
Handler = Callable[[Request], Awaitable[Response]]


class Api:
    """Law: what can't be done is a sentence, with status 422."""

    def __init__(self, workshop: Workshop, library: Library) -> None:
        self._workshop, self._library = workshop, library

    def routes(self) -> list[Route]:
        """For the application."""
        return [
            Route("/api/melodies", _sentences(self._melodies), methods=["GET"]),
            Route("/api/melodies", _sentences(self._bring), methods=["POST"]),
            Route("/api/melodies/{name}", _sentences(self._melody), methods=["GET"]),
            Route("/api/compositions", _sentences(self._compose), methods=["POST"]),
            Route("/api/compositions/{number}/file", _sentences(self._composition), methods=["GET"]),
            Route("/api/takes", _sentences(self._takes), methods=["GET"]),
            Route("/api/takes/{name}", _sentences(self._take), methods=["GET"]),
            Route("/api/takes/{name}", _sentences(self._rename), methods=["POST"]),
            Route("/api/takes/{name}", _sentences(self._delete), methods=["DELETE"]),
            Route("/api/takes/{name}/file", _sentences(self._taken), methods=["GET"]),
        ]

    async def _melodies(self, request: Request) -> Response:
        return JSONResponse({"melodies": self._workshop.samples()})

    async def _melody(self, request: Request) -> Response:
        return _made(*self._workshop.sample(request.path_params["name"]))

    async def _bring(self, request: Request) -> Response:
        return _made(*self._workshop.bring(await _body(request, LARGEST), "the file"))

    async def _compose(self, request: Request) -> Response:
        return _made(*await self._workshop.compose(Order.of(await _json(request))))

    async def _composition(self, request: Request) -> Response:
        path = self._workshop.file(request.path_params["number"])
        return _file(path.read_bytes(), "bandmate")

    async def _takes(self, request: Request) -> Response:
        return JSONResponse({"takes": self._library.list()})

    async def _take(self, request: Request) -> Response:
        return JSONResponse(sheets.load(self._library.find(request.path_params["name"])))

    async def _taken(self, request: Request) -> Response:
        path = self._library.find(request.path_params["name"])
        return _file(path.read_bytes(), path.stem)

    async def _rename(self, request: Request) -> Response:
        given = await _json(request)
        wanted = given.get("name") if isinstance(given, dict) else None
        if not isinstance(wanted, str):
            raise LibraryError("say the new name")
        self._library.rename(request.path_params["name"], wanted)
        return JSONResponse({"takes": self._library.list()})

    async def _delete(self, request: Request) -> Response:
        self._library.delete(request.path_params["name"])
        return JSONResponse({"takes": self._library.list()})


def _sentences(handler: Handler) -> Handler:
    async def told(request: Request) -> Response:
        try:
            return await handler(request)
        except (WorkError, LibraryError, SheetError) as error:
            return JSONResponse({"sentence": str(error)}, 422)
        except OSError as error:
            return JSONResponse({"sentence": f"the file can't be read or written ({error.strerror})"}, 422)

    return told


def _made(number: str, sheet: Sheet) -> Response:
    return JSONResponse({"id": number, "sheet": sheet})


def _file(data: bytes, name: str) -> Response:
    """A MIDI file to keep."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}.mid"
    return Response(data, media_type="audio/midi", headers={"content-disposition": disposition})


async def _body(request: Request, largest: int) -> bytes:
    """What was sent, of which no more than so many bytes are taken in."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > largest:
            raise WorkError(f"that is larger than {largest // 1024} KB")
    return body


async def _json(request: Request) -> Any:
    try:
        return json.loads(await _body(request, SMALL))
    except (ValueError, RecursionError) as error:
        raise WorkError("that is no JSON") from error
