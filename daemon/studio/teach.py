"""What a page asks of teaching over HTTP. The guard stands before all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bandmate.daemon.studio import sheets
from bandmate.daemon.studio.api import Handler, attached, body, parsed, route
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
            route("/api/teach", self._overview),
            route("/api/teach/drops", self._open, "POST"),
            route("/api/teach/drops/{drop}", self._add, "POST"),
            route("/api/teach/runs", self._begin, "POST"),
            route(run, self._look),
            route(f"{run}/stop", self._asked(self._classroom.stop), "POST"),
            route(f"{run}/resume", self._asked(self._classroom.resume), "POST"),
            route(f"{run}/preset", self._asked(self._classroom.preset), "POST"),
            route(sample, self._sample),
            route(f"{sample}/file", self._file),
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
        path, _ = await self._found(request)
        return JSONResponse(await asyncio.to_thread(sheets.load, path))

    async def _file(self, request: Request) -> Response:
        path, name = await self._found(request)
        return attached(await asyncio.to_thread(path.read_bytes), name)

    async def _found(self, request: Request) -> tuple[Path, str]:
        """The file of a sample, and a name for it."""
        name, place, number = (request.path_params[each] for each in ("name", "place", "number"))
        path = await asyncio.to_thread(self._classroom.sample, name, place, number)
        return path, f"{name} {place} {path.stem}.mid"
