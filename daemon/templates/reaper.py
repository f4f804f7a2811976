"""A REAPER project: a track for you and one for each part, armed, each on its channel."""

from __future__ import annotations

from bandmate.presets.preset import Preset

MELODY_CHANNEL = 1
_MIDI, _ALL_DEVICES = 4096, 63 << 5
"""An input as REAPER counts it: the lowest five bits are the channel, the next six the device."""


def project(preset: Preset, bpm: float) -> bytes:
    """The project file. Devices have other numbers on each machine, so that every track listens to all; the
    band's tracks hear its channels only. To which device clock and melody go no project file says."""
    tracks = [("melody", MELODY_CHANNEL), *((part.name, part.channel) for part in preset.parts)]
    lines = ['<REAPER_PROJECT 0.1 "7.0" 0', f"  TEMPO {bpm:g} 4 4"]
    for name, channel in tracks:
        lines += ["  <TRACK", f'    NAME "{_plain(name)}"', f"    REC 1 {_input(channel)} 1 0 0 0 0", "  >"]
    return "\n".join([*lines, ">", ""]).encode("utf-8")


def _input(channel: int) -> int:
    return _MIDI + _ALL_DEVICES + channel


def _plain(name: str) -> str:
    """A name for between double quotes, which REAPER's format can't escape."""
    return name.replace('"', "'").replace("\n", " ")
