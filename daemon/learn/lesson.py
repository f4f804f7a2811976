"""MIDI learn: the controls one by one, each given the controller that is moved for it.

A state machine without a clock: `hear` takes what arrives, `rest` that nothing did for a while, `skip` that
the user wants this one left as it is. The map is sound at every moment: of two controls that would have one
controller, the one that is not asked for gets the other's old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from bandmate.bridge.events import Control, Event
from bandmate.daemon.leading.controls import PADS, TAKEN, ControlMap

PARTS = 4
SILENT = {64, *range(120, 128)}
"""Controllers that say nothing by themselves: the sustain pedal and the channel mode messages."""
ON = 64


class Slot(NamedTuple):
    """A controller to be given: a field of the map and, of those that are several, which (from 0); what it
    does in a musician's words; whether it is a switch, which is taken when it is pressed and not when it is
    let go."""

    field: str
    part: int | None
    words: str
    switch: bool


def _parts(field: str, words: str, switch: bool) -> tuple[Slot, ...]:
    return tuple(Slot(field, part, f"{words} {part + 1}", switch) for part in range(PARTS))


SLOTS = (
    Slot("preset", None, "choose a preset (Program Change does it, too)", False),
    Slot("density", None, "density: how much the band plays", False),
    Slot("variation", None, "variation: how freely the band plays", False),
    Slot("energy", None, "energy: how loud and driven it plays beside you", False),
    *_parts("level", "the level of part", False),
    *_parts("mute", "mute part", True),
    Slot("fill", None, "a fill, to the next bar line", True),
    Slot("tacet", None, "silence, to the next bar line", True),
    Slot("ending", None, "the ending, on the next bar line", True),
    Slot("hold", None, "hold this chord", True),
    Slot("key_lock", None, "key lock: nothing outside the key", True),
    Slot("freeze", None, "freeze: keep the last bars", True),
    Slot("tap", None, "tap the tempo", True),
    Slot("run", None, "start and stop our own clock", True),
    Slot("panic", None, "panic: release every note now", True),
    *(Slot("choose", k, f"a pad for the preset of program {k + 1}", True) for k in range(PADS)),
)


class Lesson:
    """Walks through `SLOTS`; `numbers` is the map as it is now, and `channels` says by name and place on
    which channel the controls came that were given."""

    def __init__(self, numbers: ControlMap) -> None:
        self.numbers = numbers
        self.channels: dict[tuple[str, int], int] = {}
        self._place = 0
        self._given: dict[int, Slot] = {}
        self._settling: int | None = None
        self._refused: set[int] = set()

    @property
    def done(self) -> bool:
        """Whether all were asked for."""
        return self._place == len(SLOTS)

    @property
    def learned(self) -> int:
        """How many were given a controller."""
        return len(self._given)

    @property
    def prompt(self) -> str:
        """What is asked for now."""
        slot = SLOTS[self._place]
        what = "press a pad or button" if slot.switch else "move a fader or knob"
        number = self._number(slot)
        now = "none" if number is None else f"CC {number}"
        return f"{self._place + 1}/{len(SLOTS)}  {slot.words}: {what} (now {now})"

    def hear(self, event: Event) -> list[str]:
        """Sentences about an event, most often none."""
        if self.done or not isinstance(event, Control) or event.number in SILENT:
            return []
        slot, number = SLOTS[self._place], event.number
        if number == self._settling or (slot.switch and event.value < ON):
            return []
        if number in TAKEN:
            return self._refuse(number, TAKEN[number])
        if number in self._given:
            return self._refuse(number, f"'{self._given[number].words}' already")
        return self._give(slot, number, event.channel)

    def rest(self) -> None:
        """Nothing came for a while: what comes from now on is a new movement."""
        self._settling = None

    def skip(self) -> None:
        """Leave this one as it is. Of pads that choose presets none is left out between others."""
        if self.done:
            return
        if self._number(SLOTS[self._place]) is None:
            self._place = len(SLOTS)
            return
        self._next()

    def changes(self, before: ControlMap) -> dict[str, int | tuple[int, ...]]:
        """The fields in which the map differs from another."""
        names = dict.fromkeys(slot.field for slot in SLOTS)
        return {
            name: getattr(self.numbers, name)
            for name in names
            if getattr(self.numbers, name) != getattr(before, name)
        }

    def ways(self, before: Mapping[tuple[str, int], int]) -> dict[str, int | tuple[int, ...]]:
        """The fields of `config.channels` in which the channels differ from others, 1 where none is named."""
        after, found = {**before, **self.channels}, {}
        for name in dict.fromkeys(slot.field for slot in SLOTS):
            places = range(1 + max((place for field, place in after if field == name), default=-1))
            now, then = (tuple(each.get((name, place), 1) for place in places) for each in (after, before))
            if now != then:
                found[name] = now if isinstance(getattr(self.numbers, name), tuple) else now[0]
        return found

    def _refuse(self, number: int, why: str) -> list[str]:
        """Said once for each controller while one control is asked for: a fader says a lot."""
        if number in self._refused:
            return []
        self._refused.add(number)
        return [f"CC {number} is {why}; move another"]

    def _give(self, slot: Slot, number: int, channel: int) -> list[str]:
        said = [f"CC {number}"]
        old = self._number(slot)
        other = next((each for each in SLOTS if each != slot and self._number(each) == number), None)
        if other is not None and old is None:
            return self._refuse(number, f"'{other.words}' already")
        if other is not None and old is not None:
            self._set(other, old)
            said.append(f"(until you say otherwise, '{other.words}' is CC {old} now)")
        self._set(slot, number)
        self._given[number] = slot
        self.channels[slot.field, slot.part or 0] = channel
        self._settling = number
        self._next()
        return said

    def _next(self) -> None:
        self._place += 1
        self._refused.clear()

    def _number(self, slot: Slot) -> int | None:
        value = getattr(self.numbers, slot.field)
        if slot.part is None:
            return int(value)
        return int(value[slot.part]) if slot.part < len(value) else None

    def _set(self, slot: Slot, number: int) -> None:
        value: int | tuple[int, ...] = number
        if slot.part is not None:
            numbers = getattr(self.numbers, slot.field)
            value = (*numbers[: slot.part], number, *numbers[slot.part + 1 :])
        self.numbers = replace(self.numbers, **{slot.field: value})  # type: ignore[arg-type]
