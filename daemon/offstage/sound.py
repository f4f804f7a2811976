"""A MIDI file as sound, through FluidSynth, where it is found."""

from __future__ import annotations

import subprocess
from pathlib import Path

from bandmate.daemon.sound.font import SoundError, instrument

TIME_LIMIT = 60.0


def write(midi: Path, wav: Path, limit: float = TIME_LIMIT) -> str | None:
    """Write a MIDI file as a WAV file; None when it is there, else one sentence that says how to get it.

    Takes `limit` seconds at most. The WAV file appears whole or not at all.
    """
    try:
        found = instrument()
    except SoundError as error:
        return f"no {wav.name}: {error}"
    part = wav.with_name(f"{wav.stem}.part.wav")
    try:
        command = found.writes(midi, part)
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit, text=True
        )
        if done.returncode or not part.exists():
            return f"no {wav.name}: FluidSynth failed with {found.font}: {_last_line(done.stderr)}"
        part.replace(wav)
    except subprocess.TimeoutExpired:
        return f"no {wav.name}: FluidSynth took longer than {limit:g} s; a smaller SoundFont is faster"
    except OSError as error:
        return f"no {wav.name}: {error}"
    finally:
        part.unlink(missing_ok=True)
    return None


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it said nothing"
