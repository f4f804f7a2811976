"""The server's application: the page's files, the pairing, and the WebSocket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from bandmate.bridge.clock import now
from bandmate.daemon.studio import protocol
from bandmate.daemon.studio.api import parsed
from bandmate.daemon.studio.guard import COOKIE, Asking, Guard, Refused
from bandmate.daemon.studio.pages import Page, Pages
from bandmate.daemon.studio.pairing import Pairing, Verdict
from bandmate.daemon.studio.protocol import Ping, Refusal
from bandmate.daemon.studio.workshop import WorkError

LARGEST = 4 * protocol.LONGEST
"""Bytes of a message that are taken in at all."""
BROKEN = {1002: "that is no WebSocket frame", 1007: "that is no text", 1009: "it is too long"}
"""Close codes of RFC 6455 with which the server ends a page before a message is there to be read."""
YEAR = 365 * 86400
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "midi=(self), camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

Tell = Callable[[Any], None]
PAIRED = "/api/paired"


class Door:
    """Stands before the application: who is refused never reaches it. What was refused is said once."""

    def __init__(self, app: ASGIApp, guard: Guard, tell: Tell) -> None:
        self._app, self._guard, self._tell = app, guard, tell
        self._told: set[tuple[str, str]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        socket = scope["type"] == "websocket"
        refused = self._guard.refuses(_asking(scope), socket=socket)
        if refused is None:
            await self._app(scope, receive, _dressed(send))
            return
        self._note(refused, scope)
        if socket:
            await receive()
            await send({"type": "websocket.close", "code": 4000 + refused.status})
        else:
            await JSONResponse({"sentence": refused.sentence}, refused.status)(scope, receive, _dressed(send))

    def _note(self, refused: Refused, scope: Scope) -> None:
        client = scope.get("client")
        whom = client[0] if client else "somebody"
        # By this a page of ours learns that it is not paired yet.
        asks = refused.status == 401 and scope["path"] == PAIRED
        if not asks and (refused.sentence, whom) not in self._told and len(self._told) < 100:
            self._told.add((refused.sentence, whom))
            self._tell({"say": f"the page refused {protocol.shown(whom)}: {refused.sentence}"})


class Studio:
    """What the routes share."""

    def __init__(self, guard: Guard, pairing: Pairing, token: str, tell: Tell) -> None:
        """tell: sends a value to the band."""
        self.pages = Pages()
        self._guard, self._pairing, self._token, self._tell = guard, pairing, token, tell

    def app(self, files: Path, sounds: Path, api: Sequence[Route]) -> ASGIApp:
        """The application, serving the page's files and the sounds from these folders."""
        routes = [
            Route("/", self._page(files), methods=["GET"]),
            Route("/pair", self._pair, methods=["POST"]),
            Route(PAIRED, self._paired, methods=["GET"]),
            *api,
            WebSocketRoute("/band", self._band),
            Mount("/assets", _Lasting(directory=files / "assets")),
            Mount("/sounds", _Lasting(directory=sounds)),
        ]
        return Door(Starlette(routes=routes), self._guard, self._tell)

    def _page(self, files: Path) -> Callable[[Request], Any]:
        async def page(request: Request) -> Response:
            html = (files / "index.html").read_bytes()
            return Response(html, media_type="text/html", headers={"cache-control": "no-cache"})

        return page

    async def _paired(self, request: Request) -> Response:
        return JSONResponse({"paired": True})

    async def _pair(self, request: Request) -> Response:
        """Give the token for the code."""
        typed = await _code(request)
        before = self._pairing.code
        verdict = self._pairing.offer(typed, now())
        if self._pairing.code != before:
            self._tell({"code": self._pairing.code})
        if verdict is Verdict.WAIT:
            return JSONResponse({"sentence": "too many codes were tried: wait a minute"}, 429)
        if verdict is Verdict.WRONG:
            return JSONResponse({"sentence": "that is not the code; it is on the band's terminal"}, 403)
        answer = JSONResponse({"paired": True})
        answer.set_cookie(COOKIE, self._token, max_age=YEAR, httponly=True, samesite="strict", path="/")
        return answer

    async def _band(self, socket: WebSocket) -> None:
        if self.pages.full:
            await socket.close(4008)
            return
        await socket.accept()
        page = self.pages.enter()
        talking = asyncio.create_task(self._talk(socket, page))
        try:
            await self._listen(socket, page)
        finally:
            talking.cancel()
            self.pages.leave(page)
            self._tell({"page": page.number, "left": True})

    async def _talk(self, socket: WebSocket, page: Page) -> None:
        """Tell a page the band's news."""
        with suppress(WebSocketDisconnect, RuntimeError):
            while True:
                frames = await page.take()
                if frames is None:
                    hello = {"is": "hello", "page": page.number, "now": now()}
                    await socket.send_text(_text([hello, *self.pages.picture.tell()]))
                else:
                    for frame in frames:
                        await socket.send_text(frame)

    async def _listen(self, socket: WebSocket, page: Page) -> None:
        """Hear a page until it is gone."""
        while True:
            arrived = await socket.receive()
            if arrived["type"] == "websocket.disconnect":
                self._end(page, arrived.get("code"))
                return
            try:
                if not page.may_speak(now()):
                    raise Refusal("too many messages at once; the page is closed, open it again")
                text = _said(arrived)
                message = protocol.read(text)
            except Refusal as refusal:
                self._refuse(page, str(refusal))
                with suppress(RuntimeError):
                    await socket.send_text(_text([{"is": "refused", "sentence": str(refusal)}]))
                    if "too many" in str(refusal):
                        await socket.close(4029)
                        return
                continue
            if isinstance(message, Ping):
                await socket.send_text(_text([{"is": "pong", "mark": message.mark, "now": now()}]))
            else:
                self._tell({"page": page.number, "asks": json.loads(text)})

    def _end(self, page: Page, code: int | None) -> None:
        """Say why the server itself closed a page, if it did."""
        if code in BROKEN:
            self._refuse(page, f"{BROKEN[code]}; the page is closed, open it again")

    def _refuse(self, page: Page, sentence: str) -> None:
        if not page.refused:
            page.refused = True
            self._tell({"say": f"a page sent something that is no message: {sentence}"})


class _Lasting(StaticFiles):
    """Files whose names change with what is in them."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """As Starlette does, to be kept by the browser."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = f"public, max-age={YEAR}, immutable"
        return response


def _asking(scope: Scope) -> Asking:
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        # One header twice is nothing that a browser sends.
        headers[name] = b"" if name in headers and name in (b"host", b"origin") else value
    found = {
        name: headers[name].decode("latin-1") for name in (b"host", b"origin", b"cookie") if name in headers
    }
    return Asking(
        scope.get("method", "GET"),
        scope["path"],
        found.get(b"host"),
        found.get(b"origin"),
        found.get(b"cookie"),
    )


def _dressed(send: Send) -> Send:
    """Send, with the headers that every answer has."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            extra = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            message = {**message, "headers": [*message.get("headers", []), *extra]}
        await send(message)

    return sending


async def _code(request: Request) -> str:
    """The code in a request; none, if there is none."""
    try:
        given = await parsed(request)
    except WorkError:
        return ""
    code = given.get("code") if isinstance(given, dict) else None
    return code if isinstance(code, str) else ""


def _said(arrived: Message) -> str:
    text = arrived.get("text")
    if not isinstance(text, str):
        raise Refusal("a message is text, and this is not")
    return text


def _text(told: list[Any]) -> str:
    return json.dumps(told, separators=(",", ":"))
