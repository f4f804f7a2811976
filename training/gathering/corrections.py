"""What the user says of the songs, in a YAML file: who plays what, which to leave out, which tags they have.

`prepare` writes into it, as comments, what it took each track for; the user takes away a `#` and changes a
number. What the user wrote stays when it is written anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import yaml

from bandmate.presets.document import Mistakes, parse, suggest
from bandmate.training.reading.sheet import Instrument

NONE = "none"
OURS = re.compile(r"\s*(#\||#[^\s#|:][^:]*: (\d+|\[[\d, ]+\]|none)\s*$)")
STRETCH = re.compile(r"#\d+$")
HEADER = """\
#| Who plays what in your songs. To change a role take the # from its line, name another track, prepare again.
#| Lines that begin with #| are written anew each time, and so are roles behind a #; all the rest is yours.
#|   melody: 3            track 3          bass: [4, 6]     tracks 4 and 6
#|   melody: Lead 2       by its name      drums: none      nobody, and nothing in its place
#|   skip: true           leave it out     tags: [bossa]    to choose songs by
#| Of a file that gives several songs, "its name#2" speaks of the second one only.
"""

Track = int | str


@dataclass(frozen=True)
class Correction:
    """roles: by name, the tracks that play it by number or name, none for silence; lines: where each
    stands."""

    roles: Mapping[str, tuple[Track, ...]] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    skip: bool = False
    tags: tuple[str, ...] = ()

    def over(self, other: Correction) -> Correction:
        """This, and what the other says besides."""
        return Correction(
            {**other.roles, **self.roles},
            {**other.lines, **self.lines},
            self.skip or other.skip,
            self.tags or other.tags,
        )


def read(text: str, songs: Sequence[str], roles: Sequence[str], mistakes: Mistakes) -> dict[str, Correction]:
    """The corrections in a file, by song; songs: all there are, by the names of their files."""
    said = _keys(text)
    known = {*songs, *(key for key in said if STRETCH.sub("", key) in songs)}
    document = parse(text, known or {""}, mistakes, "song")
    out = {}
    for song in document.names if document else ():
        table = document.table(song, ("skip", "tags", *roles)) if document else None
        if table is None:
            continue
        asked = {role: table.several(role) for role in roles if role in table.names}
        plays = {role: () if tracks == (NONE,) else tracks for role, tracks in asked.items()}
        tags = tuple(str(tag) for tag in table.several("tags"))
        lines = {role: table.line(role) for role in asked}
        out[song] = Correction(plays, lines, table.flag("skip", False), tags)
    return out


def resolved(
    correction: Correction, instruments: Sequence[Instrument], drums: frozenset[str]
) -> tuple[dict[str, tuple[int, ...]], list[tuple[int, str]]]:
    """The numbers of the tracks that should play each role, and what is wrong, a line and a sentence each.

    instruments: all that the file has; drums: the roles that want a drum kit.
    """
    plays, faults = {}, []
    for role, tracks in correction.roles.items():
        numbers: list[int] = []
        for track in tracks:
            found, fault = _track(track, instruments, role in drums)
            numbers += found
            faults += [(correction.lines[role], f"{role}: {fault}")] if fault else []
        plays[role] = tuple(dict.fromkeys(numbers))
    return plays, faults


def _track(track: Track, instruments: Sequence[Instrument], kit: bool) -> tuple[list[int], str]:
    known = {i.number: i for i in instruments}
    if isinstance(track, int):
        found = [track] if track in known else []
        hint = f"; it has {', '.join(str(number) for number in sorted(known))}"
    else:
        found = [n for n, i in known.items() if i.name.strip().lower() == track.strip().lower()]
        hint = suggest(track, [i.name.lower() for i in instruments])
    if not found:
        return [], f"the song has no track {track if isinstance(track, int) else repr(track)}{hint}"
    if any(known[number].drums != kit for number in found):
        return [], f"track {track} is {'no' if kit else 'a'} drum kit"
    return found, ""


def written(old: str, found: Mapping[str, Sequence[str]]) -> str:
    """The file anew: for each song what was found, in lines of words, over what the user wrote there before.

    old: the file as it is, which `read` took without a mistake; songs that are gone leave with their
    comments.
    """
    kept = _blocks(old)
    pieces = [HEADER + "".join(line + "\n" for line in kept.pop("", []) if line.strip())]
    for song, lines in found.items():
        key, *mine = kept.pop(song, [json.dumps(song, ensure_ascii=False) + ":"])
        pieces.append("\n".join([key, *(f"  {line}" for line in lines), *_trimmed(mine)]) + "\n")
    pieces += ["\n".join([key, *_trimmed(mine)]) + "\n" for key, *mine in kept.values() if _trimmed(mine)]
    return "\n".join(pieces)


def _trimmed(lines: list[str]) -> list[str]:
    """The user's lines, without empty ones at their end."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    return lines


def _keys(text: str) -> dict[str, int]:
    """The songs of a file and the line of each, counted from 0; none where it is not YAML."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return {}
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return {str(key.value): key.start_mark.line for key, _ in pairs if isinstance(key, yaml.ScalarNode)}


def _blocks(text: str) -> dict[str, list[str]]:
    """The lines of each song that are not ours, its key first; under an empty name those before the first."""
    starts = sorted((line, song) for song, line in _keys(text).items())
    lines = text.splitlines()
    edges = [(0, ""), *starts, (len(lines), "")]
    return {
        song: [line for line in lines[first:last] if not OURS.match(line)]
        for (first, song), (last, _) in pairwise(edges)
    }
