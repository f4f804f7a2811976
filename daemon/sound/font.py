"""Where FluidSynth and a General MIDI SoundFont are on this machine."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

SETTING = "BANDMATE_SOUNDFONT"
GAIN, RATE = "0.7", "44100"
_PLACES = (
    "/usr/share/sounds/sf2",
    "/usr/share/sounds/sf3",
    "/usr/share/soundfonts",
    "/usr/local/share/sounds/sf2",
    "/usr/local/share/soundfonts",
    "/opt/homebrew/share/soundfonts",
    "/opt/homebrew/share/sounds/sf2",
    "/Library/Audio/Sounds/Banks",
    "~/Library/Audio/Sounds/Banks",
    "~/.local/share/sounds/sf2",
    "~/.local/share/soundfonts",
    "C:/soundfonts",
)
_HELP = {
    "linux": ("install the package fluidsynth", "install the package fluid-soundfont-gm"),
    "darwin": (
        "'brew install fluid-synth' installs it",
        "put a General MIDI .sf2 file into ~/Library/Audio/Sounds/Banks",
    ),
    "win32": ("install it from fluidsynth.org", "put a General MIDI .sf2 file into C:/soundfonts"),
}
_FAVOURITES = ("FluidR3_GM.sf2", "default.sf2", "default-GM.sf2", "GeneralUser-GS.sf2")


class SoundError(Exception):
    """The band can't sound by itself; the sentence says what is missing and how to get it."""


class Instrument(NamedTuple):
    """The program FluidSynth, and the SoundFont for it."""

    program: str
    font: Path

    def writes(self, midi: Path, wav: Path) -> list[str]:
        """The command that plays a MIDI file into a WAV file of 44,100 Hz."""
        return [self.program, "-ni", "-q", "-r", RATE, "-g", GAIN, "-F", str(wav), str(self.font), str(midi)]


def instrument(named: str | None = None) -> Instrument:
    """What is installed, with the SoundFont of this name, of the environment, or any. Raises SoundError."""
    program = shutil.which("fluidsynth")
    get_program, get_font = _HELP.get(sys.platform, _HELP["linux"])
    if program is None:
        raise SoundError(f"FluidSynth is not installed; {get_program}")
    if named is not None:
        font = Path(named).expanduser()
        if not _is_font(font):
            raise SoundError(
                f"{named} is no SoundFont; name an .sf2 file, or leave it out for any that there is"
            )
        return Instrument(program, font)
    found = soundfont(os.environ)
    if found is None:
        given = os.environ.get(SETTING)
        lack = f"{given} ({SETTING}) is no SoundFont" if given else "no SoundFont was found"
        raise SoundError(f"{lack}; {get_font} or name one in {SETTING}")
    return Instrument(program, found)


def soundfont(environment: Mapping[str, str], places: Iterable[str] = _PLACES) -> Path | None:
    """The SoundFont that the environment names, else a well-known one, else any one in the usual places."""
    named = environment.get(SETTING)
    if named:
        path = Path(named).expanduser()
        return path if _is_font(path) else None
    folders = [Path(place).expanduser() for place in places]
    fonts = [file for folder in folders if folder.is_dir() for file in sorted(folder.glob("*.sf[23]"))]
    liked = [file for name in _FAVOURITES for file in fonts if file.name == name]
    return next((file for file in liked + fonts if _is_font(file)), None)


def _is_font(path: Path) -> bool:
    """FluidSynth plays silence, without complaint, through a file that is no SoundFont."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return False
    return head[:4] == b"RIFF" and head[8:12] == b"sfbk"
