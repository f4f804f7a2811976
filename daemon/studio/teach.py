"""What a page asks of teaching over HTTP. The guard stands before all of it."""

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
from bandmate.daemon.studio.sheets import SheetError
from bandmate.daemon.tuition.classroom import Classroom
from bandmate.daemon.tuition.drops import LARGEST
from bandmate.daemon.tuition.errors import TuitionError

SMALL = 8192
Handler = Callable[[Request], Awaitable[Response]]


class Teach:
    """Law: what can't be done is a sentence, with status 422. The classroom reads files, so it works on a
    thread beside the server's loop."""

    def __init__(self, classroom: Classroom) -> None:
        self._classroom = classroom

    def routes(self) -> list[Route]:
        """For the application."""
        run, sample = "/api/teach/runs/{name}", "/api/teach/runs/{name}/samples/{place}/{number:int}"
        return [
            Route("/api/teach", _sentences(self._overview), methods=["GET"]),
            Route("/api/teach/drops", _sentences(self._open), methods=["POST"]),
            Route("/api/teach/drops/{drop}", _sentences(self._add), methods=["POST"]),
            Route("/api/teach/runs", _sentences(self._begin), methods=["POST"]),
            Route(run, _sentences(self._look), methods=["GET"]),
            Route(f"{run}/stop", _sentences(self._asked(self._classroom.stop)), methods=["POST"]),
            Route(f"{run}/resume", _sentences(self._asked(self._classroom.resume)), methods=["POST"]),
            Route(f"{run}/preset", _sentences(self._asked(self._classroom.preset)), methods=["POST"]),
            Route(sample, _sentences(self._sample), methods=["GET"]),
            Route(f"{sample}/file", _sentences(self._file), methods=["GET"]),
        ]

    async def _overview(self, request: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(self._classroom.overview))

    async def _look(self, request: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(self._classroom.look, request.path_params["name"]))

    async def _open(self, request: Request) -> Response:
        return JSONResponse({"drop": await asyncio.to_thread(self._classroom.drops.open)})

    async def _add(self, request: Request) -> Response:
        name, within = (request.query_params.get(each, "") for each in ("name", "within"))
        data = await _body(request, LARGEST)
        add = self._classroom.drops.add
        return JSONResponse(
            {"files": await asyncio.to_thread(add, request.path_params["drop"], name, within, data)}
        )

    async def _begin(self, request: Request) -> Response:
        given = await _json(request)
        return JSONResponse({"name": await asyncio.to_thread(self._classroom.begin, given)})

    def _asked(self, what: Callable[[str], None]) -> Handler:
        async def ask(request: Request) -> Response:
            name = request.path_params["name"]
            await asyncio.to_thread(what, name)
            return JSONResponse(await asyncio.to_thread(self._classroom.look, name))

        return ask

    async def _sample(self, request: Request) -> Response:
        name, place, number = (request.path_params[each] for each in ("name", "place", "number"))
        path = self._classroom.sample(name, place, number)
        return JSONResponse(await asyncio.to_thread(sheets.load, path))

    async def _file(self, request: Request) -> Response:
        name, place, number = (request.path_params[each] for each in ("name", "place", "number"))
        path = self._classroom.sample(name, place, number)
        shown = quote(f"{name} {place} {path.stem}")
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{shown}.mid"}
        return Response(path.read_bytes(), media_type="audio/midi", headers=headers)


def _sentences(handler: Handler) -> Handler:
    async def told(request: Request) -> Response:
        try:
            return await handler(request)
        except (TuitionError, SheetError) as error:
            return JSONResponse({"sentence": str(error)}, 422)
        except OSError as error:
            return JSONResponse({"sentence": f"a file can't be read or written ({error.strerror})"}, 422)

    return told


async def _body(request: Request, largest: int) -> bytes:
    """What was sent, of which no more than so many bytes are taken in. Raises TuitionError."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > largest:
            raise TuitionError(f"that is larger than {largest // 1024} KB")
    return bytes(body)


async def _json(request: Request) -> Any:
    try:
        return json.loads(await _body(request, SMALL))
    except (ValueError, RecursionError) as error:
        raise TuitionError("that is no JSON") from error
