"""What goes wrong with the decisions, in sentences: each trouble is told once, and its end once."""

from __future__ import annotations

PATIENCE = 3.0
"""Seconds for which a decision may be taken before it counts as one that never comes."""
LATE = 4
"""So many late answers in a row are a trouble; one now and then is what the backup is for."""
OVER = 8
"""So many answers in time in a row end it."""
MEANWHILE = "the band plays on with what it had"


class Trouble:
    """Counts answers. Times are seconds of one clock; one thread owns it."""

    def __init__(self) -> None:
        self._told: set[str] = set()
        self._good = self._late = 0
        self._remarks: list[str] = []

    def answered(self, *, late: bool) -> None:
        """A decision came back, in time or not."""
        self._late = self._late + 1 if late else 0
        self._good = 0 if late else self._good + 1
        if self._late >= LATE:
            self._tell("late", f"the last {LATE} decisions came too late; {MEANWHILE}")
        if self._good >= OVER and self._told:
            self._told.clear()
            self._remarks.append("decisions come in time again")

    def failed(self, error: BaseException) -> None:
        """A decision could not be taken."""
        self._good = 0
        self._tell("failed", f"{sentence(error)}; {MEANWHILE}")

    def overdue(self, seconds: float) -> bool:
        """A decision has been taken for so many seconds: whether it is not to be waited for any more."""
        if seconds < PATIENCE:
            return False
        self._good = 0
        self._tell("overdue", f"a decision has not come for {PATIENCE:.0f} s; {MEANWHILE}")
        return True

    def remarks(self) -> list[str]:
        """What there is to tell since the last time, in sentences."""
        told, self._remarks = self._remarks, []
        return told

    def _tell(self, kind: str, remark: str) -> None:
        if kind not in self._told:
            self._told.add(kind)
            self._remarks.append(remark)


def sentence(error: BaseException) -> str:
    """What went wrong, in words."""
    if isinstance(error, MemoryError):
        return "there is not enough memory to decide what to play (close other programs)"
    return str(error).strip() or f"{type(error).__name__}, which should not happen: please report it"
