"""What a page asks of teaching over HTTP. The guard stands before all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bandmate.daemon.studio import sheets
from bandmate.daemon.studio.api import Handler, attached, body, parsed, sentences
from bandmate.daemon.tuition.classroom import Classroom
from bandmate.daemon.tuition.drops import LARGEST


class Teach:
    """Law: what can't be done is a sentence, with status 422. The classroom reads files, so it works on a
    thread beside the server's loop."""

    def __init__(self, classroom: Classroom) -> None:
        self._classroom = classroom

    def routes(self) -> list[Route]:
        """For the application."""
        run, sample = "/api/teach/runs/{name}", "/api/teach/runs/{name}/samples/{place}/{number:int}"
        return [
            Route("/api/teach", sentences(self._overview), methods=["GET"]),
            Route("/api/teach/drops", sentences(self._open), methods=["POST"]),
            Route("/api/teach/drops/{drop}", sentences(self._add), methods=["POST"]),
            Route("/api/teach/runs", sentences(self._begin), methods=["POST"]),
            Route(run, sentences(self._look), methods=["GET"]),
            Route(f"{run}/stop", sentences(self._asked(self._classroom.stop)), methods=["POST"]),
            Route(f"{run}/resume", sentences(self._asked(self._classroom.resume)), methods=["POST"]),
            Route(f"{run}/preset", sentences(self._asked(self._classroom.preset)), methods=["POST"]),
            Route(sample, sentences(self._sample), methods=["GET"]),
            Route(f"{sample}/file", sentences(self._file), methods=["GET"]),
        ]

    async def _overview(self, request: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(self._classroom.overview))

    async def _look(self, request: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(self._classroom.look, request.path_params["name"]))

    async def _open(self, request: Request) -> Response:
        return JSONResponse({"drop": await asyncio.to_thread(self._classroom.drops.open)})

    async def _add(self, request: Request) -> Response:
        name, within = (request.query_params.get(each, "") for each in ("name", "within"))
        data = await body(request, LARGEST)
        add = self._classroom.drops.add
        return JSONResponse(
            {"files": await asyncio.to_thread(add, request.path_params["drop"], name, within, data)}
        )

    async def _begin(self, request: Request) -> Response:
        given = await parsed(request)
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
        return attached(path.read_bytes(), f"{name} {place} {path.stem}.mid")
