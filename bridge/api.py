"""Which MIDI system of the machine to use: CoreMIDI, Windows, ALSA or JACK."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import rtmidi

from bandmate.bridge.names import PortError
from bandmate.bridge.undisturbed import undisturbed

APIS: dict[str, int] = {
    "coremidi": rtmidi.API_MACOSX_CORE,
    "windows": rtmidi.API_WINDOWS_MM,
    "alsa": rtmidi.API_LINUX_ALSA,
    "jack": rtmidi.API_UNIX_JACK,
}
_REMEDY = {
    "coremidi": "Look in Audio MIDI Setup whether the MIDI server runs.",
    "windows": "Look in the device manager whether MIDI devices work.",
    "alsa": "Load the sequencer with 'sudo modprobe snd-seq' and join the group 'audio'.",
    "jack": "Start the JACK server (qjackctl, or 'jackd -d alsa').",
}


def choose(wanted: str | None) -> tuple[str, Any]:
    """Return the name of a working API and an RtMidi output client on it.

    `wanted`, else the environment variable BANDMATE_MIDI_API, picks one of `APIS`; with neither, the first
    that works of those that this machine has. Raises PortError if none works.
    """
    wanted = (wanted or os.environ.get("BANDMATE_MIDI_API") or "").lower()
    compiled = [name for name, number in APIS.items() if number in rtmidi.get_compiled_api()]
    if wanted and wanted not in compiled:
        raise PortError(
            f"There is no MIDI system {wanted!r} here: choose {' or '.join(map(repr, compiled))}."
        )
    candidates = [wanted] if wanted else [name for name in compiled if name != "alsa" or _has_sequencer()]
    for name in candidates:
        try:
            with undisturbed():
                return name, rtmidi.MidiOut(rtapi=APIS[name], name="bandmate ports")
        except rtmidi.RtMidiError:
            continue
    found = f"The MIDI system {wanted!r} does not answer." if wanted else "No MIDI system was found."
    raise PortError(" ".join([found, *(_REMEDY[name] for name in ([wanted] if wanted else compiled))]))


def _has_sequencer() -> bool:
    """Whether ALSA is worth a try: without its sequencer it complains on stderr by itself."""
    return Path("/dev/snd/seq").exists()
