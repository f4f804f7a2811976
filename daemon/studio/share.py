"""A composition in one file that opens elsewhere: the melody, and versions of it with how they were made.

JSON: `bandmate`, the format's version; `melody`, its name and MIDI file, or null; `versions`, each a name (of
its melody), preset, the preset's digest, seed, mode, the parts' programs and mutes, and its MIDI file. MIDI
files are in base64. The reader takes exactly that and nothing else, for such a file comes from anybody.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any, NamedTuple

from bandmate.daemon.engine.mode import MODES
from bandmate.daemon.studio import sheets
from bandmate.daemon.studio.digest import Digests
from bandmate.daemon.studio.protocol import no_constant, whole
from bandmate.daemon.studio.sheets import Sheet, SheetError

FORMAT = 1
LARGEST = 3 << 20
"""Bytes of a file."""
LARGEST_MIDI = 1 << 19
MOST = 30
"""Versions in a file."""
NAME = 100
_DIGEST = re.compile(r"[0-9a-f]{16}")
_DAMAGED = "this is no composition that can be opened: "


class ShareError(Exception):
    """The file can't be opened; the sentence says why."""


class Tune(NamedTuple):
    """A melody: its name, its MIDI file and what that shows."""

    name: str
    midi: bytes
    sheet: Sheet


class Version(NamedTuple):
    """A composition: the melody's name, who made it and how, and how its parts sound."""

    name: str
    preset: str
    digest: str
    seed: int
    mode: str
    programs: tuple[int | None, ...]
    muted: tuple[int, ...]
    midi: bytes
    sheet: Sheet


class Share(NamedTuple):
    """What is in a file."""

    melody: Tune | None
    versions: tuple[Version, ...]


def write(share: Share) -> bytes:
    """The file."""
    melody = share.melody
    told = {
        "bandmate": FORMAT,
        "melody": None if melody is None else {"name": melody.name, "midi": _packed(melody.midi)},
        "versions": [
            {
                "name": each.name,
                "preset": each.preset,
                "digest": each.digest,
                "seed": each.seed,
                "mode": each.mode,
                "programs": list(each.programs),
                "muted": list(each.muted),
                "midi": _packed(each.midi),
            }
            for each in share.versions
        ],
    }
    return json.dumps(told, indent=1).encode("ascii")


def read(data: bytes) -> Share:
    """What is in a file. Raises ShareError."""
    if len(data) > LARGEST:
        raise ShareError(f"the file is larger than {LARGEST >> 20} MB")
    try:
        given = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_constant=no_constant)
    except (ValueError, RecursionError) as error:
        raise ShareError(f"{_DAMAGED}it is damaged, or was never one of bandmate's") from error
    if not isinstance(given, dict) or "bandmate" not in given:
        raise ShareError(f"{_DAMAGED}bandmate has not written it")
    version = _whole(given["bandmate"], "its format", 1, 10**6)
    if version > FORMAT:
        raise ShareError("this was written by a newer bandmate; update this one to open it")
    fields = _fields(given, "the file", "bandmate", "melody", "versions")
    melody = None if fields["melody"] is None else _tune(fields["melody"])
    return Share(melody, tuple(map(_version, _list(fields["versions"], "the versions", MOST))))


def remarks(share: Share, digests: Digests) -> list[str]:
    """What is worth saying about presets that are not here, or are others here."""
    said = []
    for name, here in digests(dict.fromkeys(each.preset for each in share.versions)).items():
        if here is None:
            said.append(f"there is no preset '{name}' here: its versions open, but it can't compose others")
        elif any(each.digest != here for each in share.versions if each.preset == name):
            said.append(
                f"the preset '{name}' is another one here: with the same seed it composes differently"
            )
    return said


def _tune(given: Any) -> Tune:
    fields = _fields(given, "the melody", "name", "midi")
    midi, sheet = _midi(fields["midi"], "the melody")
    return Tune(_name(fields["name"], "the melody's name"), midi, sheet)


def _version(given: Any) -> Version:
    names = ("name", "preset", "digest", "seed", "mode", "programs", "muted", "midi")
    fields = _fields(given, "a version", *names)
    midi, sheet = _midi(fields["midi"], "a version")
    parts = len(sheet["parts"])
    programs = _list(fields["programs"], "the programs", parts)
    if len(programs) != parts:
        raise ShareError(f"{_DAMAGED}a version has {parts} parts and {len(programs)} sounds")
    digest, mode = fields["digest"], fields["mode"]
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        raise ShareError(f"{_DAMAGED}the digest of a preset is none")
    if not isinstance(mode, str) or mode not in MODES:
        raise ShareError(f"{_DAMAGED}a mode is one of {', '.join(MODES)}")
    muted = [_whole(each, "a mute", 0, parts - 1) for each in _list(fields["muted"], "the mutes", parts)]
    return Version(
        _name(fields["name"], "a version's name"),
        _name(fields["preset"], "a preset's name"),
        digest,
        _whole(fields["seed"], "a seed", 0, 2**31 - 1),
        mode,
        tuple(None if each is None else _whole(each, "a program", 1, 128) for each in programs),
        tuple(sorted(set(muted))),
        midi,
        sheet,
    )


def _midi(given: Any, what: str) -> tuple[bytes, Sheet]:
    if not isinstance(given, str) or len(given) > LARGEST_MIDI * 4 // 3 + 4:
        raise ShareError(f"{_DAMAGED}the music of {what} is missing or too long")
    try:
        data = base64.b64decode(given, validate=True)
        return data, sheets.read(data, what)
    except (binascii.Error, ValueError) as error:
        raise ShareError(f"{_DAMAGED}the music of {what} is damaged") from error
    except SheetError as error:
        raise ShareError(f"{_DAMAGED}{error}") from error


def _fields(given: Any, what: str, *names: str) -> dict[str, Any]:
    if not isinstance(given, dict) or given.keys() != set(names):
        raise ShareError(f"{_DAMAGED}{what} needs {', '.join(names)}, and nothing else")
    return given


def _list(given: Any, what: str, most: int) -> list[Any]:
    if not isinstance(given, list) or len(given) > most:
        raise ShareError(f"{_DAMAGED}{what} are no list of {most} at most")
    return given


def _whole(given: Any, what: str, low: int, high: int) -> int:
    try:
        return int(whole(low, high)(given))
    except ValueError as error:
        raise ShareError(f"{_DAMAGED}{what} {error}") from error


def _name(given: Any, what: str) -> str:
    if not isinstance(given, str) or not 0 < len(given) <= NAME or not given.isprintable():
        raise ShareError(f"{_DAMAGED}{what} must be 1 to {NAME} printable characters")
    return given


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _packed(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
