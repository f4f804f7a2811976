"""A file that is handed over once: what was held for it is let go when it has been sent, or can't be."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

LONGEST = 300.0
"""Seconds that whoever asked may take to read it."""


class Parcel(FileResponse):
    """Law: however it ends (sent, refused for its range, left by who asked, or broken off because they read
    too slowly), what is held is let go."""

    def __init__(self, path: Path, kind: str, disposition: str, held: AsyncExitStack) -> None:
        """kind: as HTTP names it; disposition: the header that names it; held: closed in the end."""
        super().__init__(path, media_type=kind, headers={"content-disposition": disposition})
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        async with self._held:
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST):
                    await super().__call__(scope, receive, send)
