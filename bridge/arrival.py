"""When a message arrived, told from the intervals that the driver measured."""

from __future__ import annotations


class Stamps:
    """Turns the driver's intervals between messages into times on `clock.now`.

    The driver's thread measures the interval since the message before; ours fetches messages a little
    later, and sometimes, when Python is busy, much later. What is certain is that a message arrived
    after the last fetch that found nothing and before this one: the sum of the intervals is held
    within these bounds, which also forgets the lateness of the first fetch.
    """

    def __init__(self) -> None:
        self._last: float | None = None

    def stamp(self, interval: float, empty: float, fetched: float) -> float:
        """Return the arrival, in seconds, of a message `interval` seconds after the one before it.

        `empty` is when a fetch last found nothing, `fetched` is when this message was fetched.
        """
        expected = fetched if self._last is None else self._last + interval
        self._last = min(max(expected, empty), fetched)
        return self._last
