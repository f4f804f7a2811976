"""A folder of music files to songs: read on all cores, cast, doubles dropped, gaps filled, splits dealt.

The same folder and options give the same songs, whatever the number of processes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bandmate.presets.document import Mistakes
from bandmate.training.corpora.dataset import Tally
from bandmate.training.gathering import corrections as corrected
from bandmate.training.gathering import crew, files, making
from bandmate.training.gathering.corrections import Correction
from bandmate.training.gathering.files import File
from bandmate.training.gathering.filters import Filters
from bandmate.training.gathering.hearing import Heard, Piece, Task, hear
from bandmate.training.gathering.making import Maker
from bandmate.training.gathering.splits import deal
from bandmate.training.reading.casting import Casting
from bandmate.training.reading.parts import MELODY, Part, parts
from bandmate.training.reading.sheet import Sheet
from bandmate.training.songs import Rejected, Song

SECONDS = 60.0
TWIN = "the same as another"

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Options:
    """genre: of the songs, its name also the style of what is arranged; parts: the four names; corrections: a
    YAML file that may not be there yet; fill: whether missing parts are arranged and drums paired; drums: a
    folder of MIDI drums to pair (none: the folder's own); processes: 0 for as many as there are cores."""

    genre: str
    parts: tuple[str, ...]
    filters: Filters = field(default_factory=Filters)
    corrections: Path | None = None
    fill: bool = True
    drums: Path | None = None
    processes: int = 0


@dataclass(frozen=True)
class Entry:
    """What came of a file, or of one of its stretches.

    name: the song's; title: the file's, the same but for a `#2`; file: its path in the folder; song: or the
    reason why there is none, which can be counted, and its twin's name where that is the reason; sheet and
    casting: where it came so far.
    """

    name: str
    title: str
    file: str
    song: Song | None = None
    reason: str = ""
    twin: str = ""
    sheet: Sheet | None = None
    casting: Casting | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a folder. parts: the band's; entries: by file; remarks: what else the user should know."""

    folder: str
    genre: str
    parts: tuple[Part, ...]
    entries: tuple[Entry, ...]
    remarks: tuple[str, ...] = ()

    @property
    def pieces(self) -> list[Song | Rejected]:
        """The songs, and for the others the reason."""
        return [entry.song or Rejected(entry.reason) for entry in self.entries]

    @property
    def tally(self) -> Tally:
        """The songs counted by split, the others by reason."""
        tally = Tally()
        for entry in self.entries:
            if entry.song is None:
                tally.rejected[entry.reason] += 1
            else:
                tally.songs[entry.song.split] += 1
                tally.bars[entry.song.split] += entry.song.bars
        return tally


def read_folder(folder: Path, options: Options, progress: Progress | None = None) -> Outcome:
    """Every music file of a folder and its subfolders as songs, or why not.

    progress: told how many files are done, of how many, and the name of the last. Raises ValueError where the
    parts or the corrections are wrong, or there is nothing to read.
    """
    band = parts(options.parts)
    found = files.find(folder)
    if not found:
        raise ValueError(
            f"{folder} holds no music; give a folder with {', '.join(files.MIDI + files.NOTATION)} files"
        )
    mistakes = Mistakes()
    said = _corrections(options.corrections, found, band, mistakes)
    heard = _heard(found, band, options, said, progress)
    for each in heard:
        for line, sentence in each.faults:
            mistakes.add(line, sentence)
    _check(options.corrections, mistakes)
    return _finished(folder, options, band, found, heard)


def _corrections(
    path: Path | None, found: Sequence[File], band: Sequence[Part], mistakes: Mistakes
) -> dict[str, Correction]:
    if path is None or not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} can't be read ({error}); save it as UTF-8 text") from error
    roles = (MELODY, *(part.name for part in band))
    said = corrected.read(text, [file.name for file in found], roles, mistakes)
    _check(path, mistakes)
    return said


def _check(path: Path | None, mistakes: Mistakes) -> None:
    if mistakes and path:
        raise ValueError(mistakes.told(path.name))


def _heard(
    found: Sequence[File],
    band: tuple[Part, ...],
    options: Options,
    said: Mapping[str, Correction],
    progress: Progress | None,
) -> list[Heard]:
    """What came of each file; those that are not wanted are not opened."""
    out, tasks = [], []
    by_file: dict[str, dict[str, Correction]] = {}
    for song, correction in said.items():
        by_file.setdefault(corrected.STRETCH.sub("", song), {})[song] = correction
    for index, file in enumerate(found):
        mine = by_file.get(file.name, {})
        tags = (*file.folders, *(tag for each in mine.values() for tag in each.tags))
        out.append(Heard(reason=options.filters.refuse_file(file.relative, tags)))
        if not out[-1].reason:
            tasks.append((index, Task(file, band, options.filters, mine, options.fill)))
    work = [task for _, task in tasks]
    for done, (at, result) in enumerate(crew.each(hear, work, options.processes or crew.cores(), SECONDS), 1):
        out[tasks[at][0]] = Heard(reason=result.reason) if isinstance(result, crew.Lost) else result
        if progress:
            progress(done, len(work), work[at].file.relative)
    return out


def _finished(
    folder: Path, options: Options, band: tuple[Part, ...], found: Sequence[File], heard: Sequence[Heard]
) -> Outcome:
    """The outcome, from what was heard of each file."""
    pairs = [(file, piece) for file, each in zip(found, heard, strict=True) for piece in each.pieces]
    twins = _twins([piece for _, piece in pairs])
    kept = [(file, p) for file, p in pairs if not p.reason and p.sheet.name not in twins]
    lacking = making.lacking([piece for _, piece in kept])
    drummer = making.drummer(options.drums, kept, options.genre) if lacking else None
    maker, split = Maker(options.genre, band, drummer), deal(file.kin for file, _ in kept)
    songs = {piece.sheet.name: maker.song(piece, split[file.kin]) for file, piece in kept}
    entries = []
    for file, each in zip(found, heard, strict=True):
        if not each.pieces:
            entries.append(Entry(file.name, file.name, file.relative, reason=each.reason))
        entries += [_entry(file, piece, twins.get(piece.sheet.name, ""), songs) for piece in each.pieces]
    remarks = [
        f"{lacking} songs have no drums, and there are none to pair; name a folder of MIDI drums with --drums"
    ]
    return Outcome(
        folder.resolve().name,
        options.genre,
        band,
        tuple(entries),
        tuple(remarks if lacking and not drummer else []),
    )


def _entry(file: File, piece: Piece, twin: str, songs: Mapping[str, Song]) -> Entry:
    name, reason = piece.sheet.name, TWIN if twin else piece.reason
    return Entry(name, file.name, file.relative, songs.get(name), reason, twin, piece.sheet, piece.casting)


def _twins(pieces: Sequence[Piece]) -> dict[str, str]:
    """Of pieces with the same notes all but the first, each with the first one's name."""
    first: dict[str, str] = {}
    usable = [piece for piece in pieces if not piece.reason]
    named = ((p.sheet.name, first.setdefault(p.mark, p.sheet.name)) for p in usable)
    return {name: earliest for name, earliest in named if name != earliest}
