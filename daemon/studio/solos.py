"""Which parts are heard: mutes and solos become mutes only, which is all that the desk knows."""

from __future__ import annotations

from bandmate.presets.preset import PARTS


class Solos:
    """While parts are soloed, the others are silent; when none is any more, the mutes are as they were."""

    def __init__(self) -> None:
        self.soloed: frozenset[int] = frozenset()
        self._before: tuple[bool, ...] = (False,) * PARTS

    def turn(self, part: int, on: bool, mutes: tuple[bool, ...]) -> list[tuple[int, bool]]:
        """Solo a part or let it go, when the mutes are these; the mutes to change, as (part, on)."""
        if not self.soloed:
            self._before = mutes
        self.soloed = self.soloed | {part} if on else self.soloed - {part}
        wanted = [k not in self.soloed for k in range(PARTS)] if self.soloed else list(self._before)
        return [(k, mute) for k, mute in enumerate(wanted) if mute != mutes[k]]

    def mute(self, part: int, on: bool) -> bool:
        """A part is muted or let play: whether that changes anything now, and not only after the solos."""
        self._before = tuple(on if k == part else mute for k, mute in enumerate(self._before))
        return not self.soloed
