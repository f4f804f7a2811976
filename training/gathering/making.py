"""Cast pieces made songs: what is missing arranged, drums paired, what the user wants silent kept so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bandmate.models.decoding import DRUMS
from bandmate.training.arranging import drums
from bandmate.training.arranging.drums import Drummer
from bandmate.training.arranging.fill import fill
from bandmate.training.corpora import groove
from bandmate.training.gathering.files import File
from bandmate.training.gathering.hearing import Piece
from bandmate.training.lines import as_notes, joined
from bandmate.training.reading.parts import Part
from bandmate.training.songs import SILENT, Notes, Song

Beat = tuple[str, float, Notes]


@dataclass(frozen=True)
class Maker:
    """genre: of the songs, and the style of what is arranged; drummer: who plays for those without, if
    anyone."""

    genre: str
    parts: tuple[Part, ...]
    drummer: Drummer | None

    def song(self, piece: Piece, split: str) -> Song:
        """The song of a piece that can be used, of the split."""
        melody, *given = piece.voices
        if melody is None or piece.chords is None or piece.casting is None:
            raise ValueError(f"{piece.sheet.name} can't be made a song: {piece.reason}")
        names = tuple(part.name for part in self.parts)
        sheet = piece.sheet
        made, codes = fill(
            given, melody, piece.chords, names, sheet.tempo, sheet.name, self.genre, self.drummer
        )
        voices = [melody, *made]
        for role in piece.casting.silent:
            voices[role], codes[:, role] = as_notes([]), SILENT
        return Song(sheet.name, self.genre, split, tuple(voices), piece.chords, codes)


def drummer(folder: Path | None, own: Sequence[tuple[File, Piece]], genre: str) -> Drummer | None:
    """Who plays the drums of a folder, or without one those of the songs themselves; None where nobody does.

    Raises ValueError where a folder was named and has no drums that can be used.
    """
    if folder is not None:
        return groove.read(folder, genre)
    beats = [beat for file, piece in own for beat in _beats(file.relative, [piece], genre)]
    try:
        return drums.from_songs(beats, genre)
    except ValueError:
        return None


def _beats(relative: str, pieces: Sequence[Piece], genre: str) -> list[Beat]:
    style = drums.style_in(relative) or genre
    kits = [(p.sheet.tempo, [i.notes for i in p.sheet.instruments if i.drums]) for p in pieces]
    return [(style, tempo, joined(kit)) for tempo, kit in kits if kit]


def lacking(pieces: Sequence[Piece]) -> int:
    """How many pieces have a drum part and nobody to play it."""
    castings = [piece.casting for piece in pieces if piece.casting]
    return sum(any(p.name in c.missing for p in c.parts if p.kind == DRUMS) for c in castings)
