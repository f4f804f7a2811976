"""`bandmate render`: from a file to a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bandmate.daemon import song as songs
from bandmate.daemon.config import FILE, folder, load
from bandmate.daemon.library import Library
from bandmate.daemon.render import metre_of, render
from bandmate.daemon.settings import Settings
from bandmate.daemon.situation import Mode
from bandmate.presets.load import Shelf


def run(
    melody: Path,
    out: Path,
    preset: str | None,
    mode: str,
    seed: int,
    track: int | None,
    tempo: float | None,
    split: int,
    progress: Callable[[float], None],
) -> list[str]:
    """Render a file; the sentences to tell. Raises SongError, PresetError, ModelError or ConfigError."""
    config = load(folder(FILE))
    song = songs.read(melody, track)
    if tempo is not None:
        song = replace(song, tempos=((0.0, tempo),))
    chosen = Shelf(folder("presets")).get(preset or config.preset)
    accompanist = Library(folder("models")).accompanist(chosen)
    settings = Settings(
        mode=Mode(mode), seed=seed, split=split, metre=metre_of(song), programs=config.program_changes
    )
    rendering = render(song, chosen, accompanist, settings, progress=progress)
    rendering.take.write(out)
    return [*song.remarks, f"{out}: {rendering.bars} bars of '{song.name}' with {chosen.name}"]
