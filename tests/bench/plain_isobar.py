"""A player of 16ths on a MIDI clock as an isobar user writes it, for follower.py to run beside ours.

Needs isobar only. It reads arrivals of clock pulses, in seconds, as a JSON list from its input, and prints
when each 16th was struck. Its time is the pulses' own: isobar strikes a note within the callback of a pulse,
so this is what it would do on a machine that takes no time.
"""

from __future__ import annotations

import json
import sys
from unittest import mock

import isobar as iso
import mido
from isobar.io.midi.input import MidiInputDevice
from isobar.io.output import OutputDevice


class Page(OutputDevice):
    """Writes down when notes are struck."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.struck = 0.0, []

    def note_on(self, note: int = 60, velocity: int = 64, channel: int = 0) -> None:
        self.struck.append(self.now)


def main() -> None:
    arrivals = json.load(sys.stdin)
    page = Page()
    with mock.patch.object(mido, "open_input"):
        clock = MidiInputDevice("a DAW")
    timeline = iso.Timeline(clock_source=clock, output_device=page)
    timeline.schedule({"note": iso.PSeries(60, 0), "duration": 0.25})
    for arrival in arrivals:
        page.now = arrival
        clock._mido_callback(mido.Message("clock"))
    print(json.dumps(page.struck))


if __name__ == "__main__":
    main()
