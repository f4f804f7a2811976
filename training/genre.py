"""What a genre's songs have in common besides their notes: tempo, swing, and the sounds of the parts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from bandmate.training import whole
from bandmate.training.gathering.reader import Entry

FILE = "genre.json"


@dataclass(frozen=True)
class Genre:
    """tempo: beats a minute; swing: the first eighth's share of a pair, .5 straight; both medians of the
    songs. programs: by part, the commonest General MIDI program 1..128, where the files name one."""

    tempo: float = 120.0
    swing: float = 0.5
    programs: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Genre:
        """The genre of the songs that were read."""
        used = [entry for entry in entries if entry.song is not None and entry.sheet is not None]
        if not used:
            return cls()
        sheets = [entry.sheet for entry in used if entry.sheet is not None]
        tempo = float(np.median([sheet.tempo for sheet in sheets]))
        swing = float(np.median([sheet.swing for sheet in sheets]))
        return cls(round(tempo, 1), round(swing, 3), _programs(used))

    @classmethod
    def read(cls, folder: Path) -> Genre:
        """The genre kept in a folder; an ordinary one where none was. Raises ValueError if it is broken."""
        path = folder / FILE
        if not path.is_file():
            return cls()
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            programs = {str(part): int(number) for part, number in said["programs"].items()}
            return cls(float(said["tempo"]), float(said["swing"]), programs)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path} can't be read ({error}); prepare the run again") from error

    def keep(self, folder: Path) -> None:
        """Writes it into a folder."""
        whole.write(folder / FILE, json.dumps(asdict(self), indent=1))


def _programs(entries: Sequence[Entry]) -> dict[str, int]:
    found: dict[str, Counter[int]] = {}
    for entry in entries:
        if entry.sheet is None or entry.casting is None:
            continue
        programs = {each.number: each.program for each in entry.sheet.instruments if not each.drums}
        for role, part in enumerate(entry.casting.parts, 1):
            for number in entry.casting.players[role]:
                program = programs.get(number)
                if program is not None:
                    found.setdefault(part.name, Counter())[program + 1] += 1
    return {part: count.most_common(1)[0][0] for part, count in found.items()}
