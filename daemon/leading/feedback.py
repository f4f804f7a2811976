"""What goes back to the player's controller: where things stand, as the controllers that move them.

A lamp is on at 127 and off at 0, which pads of every make understand; what was called and has not come yet
blinks, lit in the first half of each beat, as clips do that wait for their bar line. No pad is sent a value
in between: some would take it for on and others for off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bandmate.bridge.events import Control
from bandmate.daemon.leading.controls import ControlMap
from bandmate.daemon.leading.panel import Lamp, Panel

HOLD = 0.3
"""Seconds for which nothing is sent to a control after the player moved it: hands win against motors."""
EVERY, MOST = 0.03, 6
"""At most so many controllers every so many seconds: a fifth of what a MIDI cable of five pins carries."""
ON, OFF = 127, 0
COUNTED = 127


@dataclass(frozen=True)
class Display:
    """Controllers that only tell, None for what is not told: the bar (1 to 127 and again from 1, 0 while the
    music stands); the beat in it; whether a preset waits for its bar line."""

    bar: int | None = 118
    beat: int | None = 119
    armed: int | None = 9


class Feedback:
    """Law: each control is sent a value when it differs from what it was sent last and `HOLD` has passed
    since the player moved it. What comes back as it was sent is no movement, so nothing goes in a circle."""

    def __init__(self, numbers: ControlMap, display: Display, channels: Mapping[int, int]) -> None:
        """channels: by controller, the one that it goes back on until it is moved; 1 where none is named.
        Where a controller both moves something and tells something, it tells what it moves."""
        self._numbers, self._display = numbers, display
        self._channels = dict(channels)
        self._moved: dict[int, float] = {}
        self._sent: dict[int, int] = {}

    def again(self) -> None:
        """The controller has come, or come back: it knows nothing yet."""
        self._sent.clear()

    def hear(self, event: Control, now: float) -> None:
        """The player moved a control."""
        if self._sent.get(event.number) != event.value:
            self._sent.pop(event.number, None)
            self._moved[event.number] = now
        self._channels[event.number] = event.channel

    def show(self, panel: Panel, now: float) -> list[Control]:
        """What to send now; to be asked no more often than `EVERY`."""
        due = [
            Control(self._channels.get(number, 1), number, value)
            for number, value in self._values(panel).items()
            if self._sent.get(number) != value and now - self._moved.get(number, -HOLD) >= HOLD
        ][:MOST]
        self._sent.update((each.number, each.value) for each in due)
        return due

    def _values(self, panel: Panel) -> dict[int, int]:
        """By controller, what it should show; the most urgent first."""
        numbers, blink = self._numbers, ON if panel.lit else OFF
        lamps = {Lamp.OFF: OFF, Lamp.BLINKING: blink, Lamp.ON: ON}
        told = {
            self._display.beat: panel.beat,
            self._display.bar: (panel.bar - 1) % COUNTED + 1 if panel.bar else 0,
            self._display.armed: OFF if panel.armed is None else blink,
        }
        values = {number: value for number, value in told.items() if number is not None}
        values |= {
            number: blink if panel.armed == program else ON if panel.preset == program else OFF
            for program, number in enumerate(numbers.choose, 1)
        }
        values |= {
            numbers.fill: lamps[panel.fill],
            numbers.tacet: lamps[panel.tacet],
            numbers.ending: lamps[panel.ending],
            numbers.key_lock: lamps[panel.key_lock],
            numbers.hold: _lamp(panel.hold),
            numbers.freeze: _lamp(panel.freeze),
            numbers.run: _lamp(panel.run),
            numbers.tap: blink if panel.run else OFF,
            # A knob shows what was asked for: going back until the bar line it would undo the turn.
            numbers.preset: (panel.preset if panel.armed is None else panel.armed) - 1,
            numbers.density: value(panel.density),
            numbers.variation: value(panel.variation),
            numbers.energy: value(panel.energy),
        }
        values |= zip(numbers.level, map(value, panel.level), strict=True)
        values |= zip(numbers.mute, map(_lamp, panel.mute), strict=True)
        return values


def value(share: float) -> int:
    """A control's 0..127 at a share of its way; the middle is 64, as on a fader that snaps to it."""
    return min(int(127 * share + 0.5), 127)


def _lamp(on: bool) -> int:
    return ON if on else OFF
