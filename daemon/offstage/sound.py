"""A MIDI file as sound, through the program FluidSynth and a SoundFont, where they are found."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

SETTING = "BANDMATE_SOUNDFONT"
TIME_LIMIT = 60.0
_RATE = "44100"
_GAIN = "0.7"
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


def write(midi: Path, wav: Path, limit: float = TIME_LIMIT) -> str | None:
    """Write a MIDI file as a WAV file; None when it is there, else one sentence that says how to get it.

    Takes `limit` seconds at most. The WAV file appears whole or not at all.
    """
    program, font = shutil.which("fluidsynth"), soundfont(os.environ)
    get_program, get_font = _HELP.get(sys.platform, _HELP["linux"])
    if program is None:
        return f"no {wav.name}: FluidSynth is not installed; {get_program}"
    if font is None:
        named = os.environ.get(SETTING)
        found = f"{named} ({SETTING}) is no SoundFont" if named else "no SoundFont was found"
        return f"no {wav.name}: {found}; {get_font} or name one in {SETTING}"
    part = wav.with_name(f"{wav.stem}.part.wav")
    command = [program, "-ni", "-q", "-r", _RATE, "-g", _GAIN, "-F", str(part), str(font), str(midi)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit, text=True
        )
        if done.returncode or not part.exists():
            return f"no {wav.name}: FluidSynth failed with {font}: {_last_line(done.stderr)}"
        part.replace(wav)
    except subprocess.TimeoutExpired:
        return f"no {wav.name}: FluidSynth took longer than {limit:g} s; a smaller SoundFont is faster"
    except OSError as error:
        return f"no {wav.name}: {error}"
    finally:
        part.unlink(missing_ok=True)
    return None


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


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it said nothing"
