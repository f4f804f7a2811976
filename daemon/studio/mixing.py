"""A composition with other sounds and without some of its parts: as one file, or one file a part."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import mido

from bandmate.daemon.studio import sheets
from bandmate.daemon.studio.sheets import MOST_PARTS

MOST_CONDUCTED = 5_000
"""Tempos, metres, keys and markers of a file that is taken apart, for each part has them all."""
_CONDUCTS = frozenset({"set_tempo", "time_signature", "key_signature", "marker"})
_BANKS = (0, 32)
_PLAIN = re.compile(r"[^\w +&-]+")
_ALWAYS = (1980, 1, 1, 0, 0, 0)
"""The date of what is in a zip file: the same composition gives the same bytes."""

Timed = tuple[int, mido.Message | mido.MetaMessage]


class MixError(Exception):
    """It can't be mixed so; the sentence says why."""


@dataclass(frozen=True)
class Mix:
    """programs: 1..128 for each part of a sheet, in its order, None: as it is; without: the parts, counted
    from 0, that are left out."""

    programs: tuple[int | None, ...] = ()
    without: frozenset[int] = frozenset()

    @classmethod
    def of(cls, programs: str, without: str) -> Mix:
        """From words of an address: `,34,` and `0,2`. Raises MixError."""
        wanted = [None if word == "" else _whole(word, 1, 128) for word in _words(programs)]
        left = [_whole(word, 0, MOST_PARTS - 1) for word in _words(without)]
        return cls(tuple(wanted), frozenset(left))


def whole(data: bytes, mix: Mix) -> bytes:
    """A MIDI file mixed, as a MIDI file. Raises MixError."""
    file = _load(data)
    kept, voices = _kept(file, mix), sheets.voices(file)
    tracks = []
    for k, track in enumerate(file.tracks):
        ours = {channel: program for (at, channel), program in kept if at == k}
        silent = {channel for at, channel in voices if at == k} - ours.keys()
        timed = list(_other(_timed(track), ours, silent))
        if ours or not silent or any(message.type in _CONDUCTS for _, message in timed):
            tracks.append(_track(timed, _length(track)))
    file.tracks[:] = tracks
    if len(tracks) > 1:
        file.type = 1  # whatever the header said
    return _bytes(file)


def apart(data: bytes, mix: Mix) -> bytes:
    """A zip file with a MIDI file for each part that is kept, all of one tempo, metre and length.
    Raises MixError."""
    file = _load(data)
    length = max(_length(track) for track in file.tracks)
    conductor = _conductor(file, length)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, ((at, channel), program) in enumerate(_kept(file, mix), 1):
            track = file.tracks[at]
            alone = [each for each in _timed(track) if _channel(each[1]) in (channel, None)]
            voice = [each for each in alone if each[1].type not in _CONDUCTS]
            part = mido.MidiFile(type=1, ticks_per_beat=file.ticks_per_beat, charset="latin-1")
            part.tracks.append(conductor)
            part.tracks.append(_track(_other(voice, {channel: program}, ()), length))
            name = _PLAIN.sub(" ", sheets.text(track.name)).strip()[:60] or "part"
            packed.writestr(zipfile.ZipInfo(f"{number} {name}.mid", _ALWAYS), _bytes(part))
    return out.getvalue()


def _load(data: bytes) -> mido.MidiFile:
    """A file that a workshop keeps has been read before."""
    return mido.MidiFile(file=io.BytesIO(data), clip=True, charset="latin-1")


def _conductor(file: mido.MidiFile, length: int) -> mido.MidiTrack:
    """The track that each part begins with. Raises MixError."""
    timed = [each for track in file.tracks for each in _timed(track) if each[1].type in _CONDUCTS]
    if len(timed) > MOST_CONDUCTED:
        raise MixError(
            f"this has {len(timed)} tempos, metres and markers; it is taken apart with {MOST_CONDUCTED} at "
            "most, so download it as one MIDI file"
        )
    return _track(sorted(timed, key=lambda each: each[0]), length)


def _kept(file: mido.MidiFile, mix: Mix) -> list[tuple[tuple[int, int], int | None]]:
    """The voices that stay, (track, channel), with the program that each is given. Raises MixError."""
    voices = sheets.voices(file)
    if mix.programs and len(mix.programs) != len(voices):
        raise MixError(f"this has {len(voices)} parts, and {len(mix.programs)} sounds are named")
    programs = mix.programs or (None,) * len(voices)
    kept = [pair for k, pair in enumerate(zip(voices, programs, strict=True)) if k not in mix.without]
    if not kept:
        raise MixError("every part is muted, so nothing is left to download; let one of them play")
    return kept


def _other(
    timed: Iterable[Timed], programs: dict[int, int | None], without: Collection[int]
) -> Iterable[Timed]:
    """Messages with other programs, and without some channels; a program that is given is the first thing
    that its channel is told and the only one."""
    given = {channel: program for channel, program in programs.items() if program is not None}
    begun = False
    for tick, message in timed:
        if not begun and (tick > 0 or message.type != "track_name"):
            begun = True
            yield from ((0, _program(each, number)) for each, number in given.items())
        channel = _channel(message)
        if channel is not None and (channel in without or (channel in given and _is_sound(message))):
            continue
        yield tick, message


def _program(channel: int, number: int) -> mido.Message:
    return mido.Message("program_change", channel=channel, program=number - 1)


def _is_sound(message: mido.Message) -> bool:
    return message.type == "program_change" or (
        message.type == "control_change" and message.control in _BANKS
    )


def _channel(message: mido.Message | mido.MetaMessage) -> int | None:
    return getattr(message, "channel", None) if not message.is_meta else None


def _timed(track: mido.MidiTrack) -> list[Timed]:
    """A track's messages by their tick, but for its end and for what has no place in a file."""
    found, now = [], 0
    for message in track:
        now += message.time
        if message.type != "end_of_track" and not _is_stray(message):
            found.append((now, message))
    return found


def _is_stray(message: mido.Message | mido.MetaMessage) -> bool:
    """Whether it is of a wire's system, as a clock's pulse is: mido reads such, and may not write it."""
    return not message.is_meta and message.type != "sysex" and _channel(message) is None


def _length(track: mido.MidiTrack) -> int:
    return sum(message.time for message in track)


def _track(timed: Iterable[Timed], length: int) -> mido.MidiTrack:
    track, now = mido.MidiTrack(), 0
    for tick, message in timed:
        track.append(message.copy(time=tick - now))
        now = tick
    track.append(mido.MetaMessage("end_of_track", time=max(length - now, 0)))
    return track


def _bytes(file: mido.MidiFile) -> bytes:
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


def _words(text: str) -> list[str]:
    words = text.split(",") if text else []
    if len(words) > MOST_PARTS:
        raise MixError(f"a composition has {MOST_PARTS} parts at most")
    return words


def _whole(word: str, low: int, high: int) -> int:
    if not (word.isascii() and word.isdecimal() and len(word) <= 3 and low <= int(word) <= high):
        raise MixError(f"must be whole numbers from {low} to {high}, with commas between them")
    return int(word)
