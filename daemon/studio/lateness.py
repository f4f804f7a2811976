"""How well the machine keeps up, for a meter: the last seconds' lateness and the last decisions' times."""

from __future__ import annotations

from collections import deque

import numpy as np

NOTES, DECISIONS = 400, 200


class Meter:
    """Collects; `read` gives what a meter shows."""

    def __init__(self) -> None:
        self._late: deque[float] = deque(maxlen=NOTES)
        self._taken: deque[float] = deque(maxlen=DECISIONS)
        self._lead = 0.0

    def sent(self, meant: float, left: float) -> None:
        """A note left so late."""
        self._late.append(left - meant)

    def decided(self, seconds: float, lead: float) -> None:
        """A decision took so long."""
        self._taken.append(seconds)
        self._lead = lead

    def read(self) -> dict[str, float | None]:
        """In milliseconds: inference (median, p95), lateness (median, p99), and the lead."""
        return {
            "inference": _percentile(self._taken, 50),
            "inference95": _percentile(self._taken, 95),
            "late": _percentile(self._late, 50),
            "late99": _percentile(self._late, 99),
            "lead": round(1000 * self._lead, 1),
        }


def _percentile(seconds: deque[float], share: float) -> float | None:
    return round(1000 * float(np.percentile(list(seconds), share)), 2) if seconds else None
