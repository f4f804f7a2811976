"""Since when the player is silent and the band plays, though the music may jump."""

from __future__ import annotations

from bandmate.daemon.hearing.melody import Melody


class Attendance:
    """A jump is no silence and no entry: after it both count as for as long as before."""

    def __init__(self) -> None:
        self._silence: int | None = None
        self._sounded: int | None = None
        self._entered = 0
        self._stayed = 0

    def begin(self, step: int, *, afresh: bool) -> None:
        """The music runs on from a step: `afresh`, with nobody having played, or after a jump."""
        self._stayed = 0 if afresh else self._stayed
        self._sounded = None if afresh or self._silence is None else step - self._silence
        self._entered = step - self._stayed

    def leave(self, step: int, melody: Melody) -> None:
        """The music stands still from a step on."""
        until = self.sounding_until(step, melody)
        self._silence = None if until is None else step - until
        self._stayed = self.played(step)

    def enter(self, step: int) -> None:
        """The band, having rested, comes in at a step."""
        self._entered = step

    def played(self, step: int) -> int:
        """For how many steps the band has been playing."""
        return step - self._entered

    def sounding_until(self, step: int, melody: Melody) -> int | None:
        """The step before which the player last sounded, at most `step`, or None."""
        ends = (melody.sounding_until(step), self._sounded)
        return max((end for end in ends if end is not None), default=None)
