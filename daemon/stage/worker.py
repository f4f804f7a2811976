"""The generator's thread: one request at a time, the newest first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from queue import Empty, SimpleQueue

from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.daemon.answering.request import Answer, Request

Failed = Callable[[Request, Exception], None]


class Worker:
    """Answers requests on a thread of its own, `bandmate worker`, and hands the answers on from there.

    A request that waits while a newer one comes is dropped, and one for an accompanist who was let go: nobody
    needs its answer any more.
    """

    def __init__(self, answered: Callable[[Answer], None], failed: Failed) -> None:
        self._answered, self._failed = answered, failed
        self._accompanists: dict[str, Accompanist] = {}
        self._requests: SimpleQueue[Request | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="bandmate worker", daemon=True)
        self._thread.start()

    def employ(self, key: str, accompanist: Accompanist) -> None:
        """Requests for the preset of this key go to this accompanist."""
        self._accompanists[key] = accompanist

    def retain(self, keys: Collection[str]) -> None:
        """Let all others go, so that a model taught again and again leaves no old ones in memory."""
        for key in self._accompanists.keys() - keys:
            del self._accompanists[key]

    def submit(self, request: Request) -> None:
        """Take a decision; returns at once."""
        self._requests.put(request)

    def close(self) -> None:
        """Finish the decision at hand and end. ONNX Runtime must not be left running at exit."""
        self._requests.put(None)
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while (request := self._newest()) is not None:
            self._answer(request)

    def _answer(self, request: Request) -> None:
        accompanist = self._accompanists.get(request.preset)
        if accompanist is None:
            return
        try:
            answer = accompanist.answer(request)
        except Exception as error:  # the band plays on by its backup, whatever a model does
            self._failed(request, error)
        else:
            self._answered(answer)

    def _newest(self) -> Request | None:
        request = self._requests.get()
        while request is not None:
            try:
                request = self._requests.get_nowait()
            except Empty:
                break
        return request
