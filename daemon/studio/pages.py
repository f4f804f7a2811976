"""The pages that are open: what each is still to be told, and how fast it may talk."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from bandmate.daemon.studio.picture import Picture

MOST = 32
WAITING = 64
BURST, RATE = 400, 120.0
"""Messages that a page may send at once, and a second in the long run: ten fingers and a fader do not."""


class Page:
    """One page. What waits for a slow one is not heaped up: it is dropped, and all is told anew."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._frames: deque[str] = deque()
        self._behind = True
        self._wake = asyncio.Event()
        self._allowance, self._since = float(BURST), 0.0
        self.refused = False

    def put(self, frame: str) -> None:
        """Let a frame wait."""
        if self._behind:
            return
        self._frames.append(frame)
        if len(self._frames) > WAITING:
            self._frames.clear()
            self._behind = True
        self._wake.set()

    def wake(self) -> None:
        """Something is to be told, be it that all is told anew."""
        self._wake.set()

    async def take(self) -> list[str] | None:
        """The frames that wait; None when the page is to be told everything."""
        await self._wake.wait()
        self._wake.clear()
        if self._behind:
            self._behind = False
            return None
        frames = list(self._frames)
        self._frames.clear()
        return frames

    def may_speak(self, now: float) -> bool:
        """Whether another message is taken from it."""
        self._allowance = min(BURST, self._allowance + (now - self._since) * RATE)
        self._since = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True


class Pages:
    """All of them; on the server's loop."""

    def __init__(self) -> None:
        self.picture = Picture()
        self._pages: dict[int, Page] = {}
        self._number = 0

    @property
    def full(self) -> bool:
        """Whether no further page is let in."""
        return len(self._pages) >= MOST

    def enter(self) -> Page:
        """A page opens."""
        self._number += 1
        page = self._pages[self._number] = Page(self._number)
        page.wake()
        return page

    def leave(self, page: Page) -> None:
        """It is closed."""
        self._pages.pop(page.number, None)

    def tell(self, told: list[dict[str, Any]], frame: str) -> None:
        """The band told this; frame: the same as text."""
        self.picture.add(told)
        for page in self._pages.values():
            page.put(frame)
