"""The generator's thread: one request at a time, the newest first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from functools import partial
from queue import Empty, SimpleQueue

from bandmate.bridge.clock import now
from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.daemon.answering.request import Answer, Request

Failed = Callable[[Request, Exception], None]
Requests = SimpleQueue[Request | None]


class Worker:
    """Answers requests on a thread of its own, `bandmate worker`, and hands the answers on from there.

    A request that waits while a newer one comes is dropped, and one for an accompanist who was let go: nobody
    needs its answer any more. An accompanist who does not come back is left alone with one thread while
    another serves the others, and is asked again once back.
    """

    def __init__(self, answered: Callable[[Answer], None], failed: Failed) -> None:
        self._answered, self._failed = answered, failed
        self._accompanists: dict[str, Accompanist] = {}
        self._away: set[Accompanist] = set()
        self._since: float | None = None
        self._requests: Requests = SimpleQueue()
        self._thread = self._serve()

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

    def busy(self) -> float:
        """For how many seconds the decision at hand has been taken; 0 without one."""
        since = self._since
        return 0.0 if since is None else now() - since

    def relieve(self) -> None:
        """Wait for the decision at hand no longer: another thread takes those to come."""
        self._requests.put(None)
        self._requests, self._since = SimpleQueue(), None
        self._thread = self._serve()

    def close(self) -> None:
        """Finish the decision at hand and end. ONNX Runtime must not be left running at exit: see `stuck`."""
        self._requests.put(None)
        self._thread.join(timeout=5)

    @property
    def stuck(self) -> bool:
        """Whether a decision is being taken even after `close`: then the process can't end as others do."""
        return bool(self._away)

    def _serve(self) -> threading.Thread:
        """A thread for the requests from now on."""
        run = threading.Thread(target=self._run, args=(self._requests,), name="bandmate worker", daemon=True)
        run.start()
        return run

    def _run(self, requests: Requests) -> None:
        while (request := _newest(requests)) is not None:
            tell = self._decided(request, requests)
            if tell is not None:
                tell()

    def _decided(self, request: Request, requests: Requests) -> Callable[[], None] | None:
        """What to tell of a decision. By then whoever took it is not held on to."""
        accompanist = self._accompanists.get(request.preset)
        if accompanist is None or accompanist in self._away:
            return None
        self._away.add(accompanist)
        self._since = now()
        try:
            return partial(self._answered, accompanist.answer(request))
        except Exception as error:  # the band plays on by its backup, whatever a model does
            return partial(self._failed, request, error)
        finally:
            self._away.discard(accompanist)
            if requests is self._requests:
                self._since = None


def _newest(requests: Requests) -> Request | None:
    request = requests.get()
    while request is not None:
        try:
            request = requests.get_nowait()
        except Empty:
            break
    return request
