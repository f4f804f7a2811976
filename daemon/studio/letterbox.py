"""A queue that never keeps the one who puts in waiting."""

from __future__ import annotations

from collections import deque
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")


class Letterbox(Generic[T]):
    """Law: `put` returns at once whoever takes; when it is full, what has waited longest is dropped and
    counted. One thread takes; any may put."""

    def __init__(self, size: int) -> None:
        self.dropped = 0
        self._waiting: deque[T] = deque(maxlen=size)
        self._bell: SimpleQueue[None] = SimpleQueue()

    def put(self, item: T) -> None:
        """Let something wait to be taken."""
        self.dropped += len(self._waiting) == self._waiting.maxlen
        self._waiting.append(item)
        if self._bell.empty():
            self._bell.put(None)

    def take(self, patience: float | None = None) -> list[T]:
        """All that waits, oldest first; waits for the first so many seconds, and is empty after that."""
        try:
            self._bell.get(timeout=patience)
        except Empty:
            return []
        taken: list[T] = []
        while self._waiting:
            taken.append(self._waiting.popleft())
        return taken
