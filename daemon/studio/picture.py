"""What a page that comes late is told, so that it sees what the others see."""

from __future__ import annotations

from collections import deque
from typing import Any

News = dict[str, Any]

LASTING = ("presets", "setup", "ports", "state", "place", "meter")
"""News of which the last counts, and counts until the next."""
KEPT = {"sent": 1500, "heard": 500, "plan": 24, "said": 8}
"""Of what passes, so many of each kind: some minutes of music."""


class Picture:
    """Takes the band's news; gives them again, shortened to what still counts."""

    def __init__(self) -> None:
        self._lasting: dict[str, News] = {}
        self._passing: deque[News] = deque(maxlen=sum(KEPT.values()))
        self._sounds: dict[int, News] = {}

    def add(self, told: list[News]) -> None:
        """The band told this."""
        for news in told:
            kind = news["is"]
            if kind in LASTING:
                self._lasting[kind] = news
            elif kind == "sound":
                self._sounds[news["channel"]] = news
            elif kind in KEPT:
                self._passing.append(news)

    def tell(self) -> list[News]:
        """All that a new page has to know, in an order that makes sense."""
        left = dict(KEPT)
        recent: list[News] = []
        for news in reversed(self._passing):
            if left[news["is"]] > 0:
                left[news["is"]] -= 1
                recent.append(news)
        lasting = [self._lasting[kind] for kind in LASTING if kind in self._lasting]
        return [*lasting, *self._sounds.values(), *reversed(recent)]
