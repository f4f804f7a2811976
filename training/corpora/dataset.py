"""A folder of data to a folder of songs, with every rejection counted by its reason."""

from __future__ import annotations

import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bandmate.training.songs import Rejected, Song, save


@dataclass
class Tally:
    """What came of a corpus: songs and bars written by split, and pieces rejected by reason."""

    songs: Counter[str] = field(default_factory=Counter)
    bars: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        kept = ", ".join(f"{s}: {n} songs, {self.bars[s]} bars" for s, n in sorted(self.songs.items()))
        lost = ", ".join(f"{reason}: {n}" for reason, n in self.rejected.most_common()) or "none"
        return f"{self.songs.total()} songs, {self.bars.total()} bars ({kept}); rejected: {lost}"


def write(pieces: Iterable[Song | Rejected], out: Path) -> Tally:
    """Saves the songs into a folder as they come and counts them and the rejected pieces."""
    tally = Tally()
    for piece in pieces:
        if isinstance(piece, Rejected):
            tally.rejected[str(piece)] += 1
            continue
        save(piece, out)
        tally.songs[piece.split] += 1
        tally.bars[piece.split] += piece.bars
    return tally


@contextmanager
def dataset(folder: Path, name: str) -> Iterator[Path]:
    """The data set's folder inside `folder`, unpacked for a while if it is there as `name.tar.xz`.

    Raises FileNotFoundError if neither is there.
    """
    if (folder / name).is_dir():
        yield folder / name
        return
    archive = folder / f"{name}.tar.xz"
    if not archive.is_file():
        raise FileNotFoundError(
            f"{folder} holds neither {name}/ nor {name}.tar.xz; give the folder that does"
        )
    with tempfile.TemporaryDirectory() as place, tarfile.open(archive, "r:xz") as packed:
        packed.extractall(place, filter="data")
        yield Path(place) / name
