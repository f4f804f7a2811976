"""A composition as sound: FluidSynth in a process of its own, at the lowest priority."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import psutil

from bandmate.daemon.sound.font import Instrument, SoundError, instrument

LONGEST = 120.0
"""Seconds that it may take."""
LONGEST_SOUND = 900.0
NICE = 15


class NoSynth(Exception):
    """There is nothing here to make the sound with; the sentence says what to install."""


class Busy(Exception):
    """Another sound file is still being made or fetched; the sentence says so."""


class BounceError(Exception):
    """It can't be made sound; the sentence says why."""


def synth(font: Path) -> Instrument:
    """FluidSynth, with a SoundFont of this machine's, or else with this one. Raises NoSynth."""
    try:
        return instrument()
    except SoundError:
        pass
    try:
        return instrument(str(font))
    except SoundError as error:
        raise NoSynth(f"no sound file can be made here: {error}") from error


async def bounce(midi: Path, wav: Path, seconds: float, font: Path) -> None:
    """Write a MIDI file, which lasts so long, as a WAV file. Raises NoSynth or BounceError; then there is
    no WAV file."""
    found = synth(font)
    if seconds > LONGEST_SOUND:
        raise BounceError(f"this lasts {seconds / 60:.0f} minutes; sound is made of {LONGEST_SOUND / 60:.0f}")
    nothing = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *found.writes(midi, wav), stdin=nothing, stdout=nothing, stderr=nothing
    )
    try:
        _calm(process.pid)
        status = await asyncio.wait_for(process.wait(), LONGEST)
    except TimeoutError:
        await _end(process, wav)
        raise BounceError("making the sound took too long; a smaller SoundFont is faster") from None
    except asyncio.CancelledError:
        await _end(process, wav)
        raise
    if status or not wav.is_file():
        wav.unlink(missing_ok=True)
        name = found.font.name
        raise BounceError(f"FluidSynth could not play it with {name}; name another in BANDMATE_SOUNDFONT")


def _calm(number: int) -> None:
    """Let everybody else go first: a band may be playing."""
    low = psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else NICE
    try:
        psutil.Process(number).nice(low)
    except psutil.Error:  # it has ended already
        return


async def _end(process: asyncio.subprocess.Process, wav: Path) -> None:
    process.kill()
    await process.wait()
    wav.unlink(missing_ok=True)
