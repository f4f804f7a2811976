"""`bandmate render`: from a file to a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bandmate.daemon.answering import loading
from bandmate.daemon.config import FILE, load
from bandmate.daemon.engine.mode import Mode
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.errors import writing
from bandmate.daemon.offstage import song as songs
from bandmate.daemon.offstage.render import metre_of, render
from bandmate.models.catalogue import Catalogue
from bandmate.models.keys import Key
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf


@dataclass(frozen=True)
class Order:
    """What to render: a melody file to the file `out`.

    preset: None for the one in config.yaml; mode: a value of Mode; track: see `song.read`; tempo: beats a
    minute throughout, None for the file's own; split: notes below this pitch are chords; key: the
    one that is kept to, None for config.yaml's.
    """

    melody: Path
    out: Path
    preset: str | None = None
    mode: str = Mode.LIVE.value
    seed: int = 1
    track: int | None = None
    tempo: float | None = None
    split: int = 0
    key: Key | None = None


def run(order: Order, progress: Callable[[float], None]) -> list[str]:
    """Render a file; the sentences to tell.

    Raises SongError, PresetError, ModelError, ConfigError or WriteError.
    """
    config = load(folder(FILE))
    song = songs.read(order.melody, order.track)
    if order.tempo is not None:
        song = replace(song, tempos=((0.0, order.tempo),))
    chosen = Shelf(folder("presets")).get(order.preset or config.preset)
    accompanist = loading.accompanist(Catalogue(folder("models")), chosen)
    settings = Settings(
        mode=Mode(order.mode),
        seed=order.seed,
        split=order.split,
        key=order.key or config.key,
        metre=metre_of(song),
        programs=config.program_changes,
    )
    rendering = render(song, chosen, accompanist, settings, progress=progress)
    with writing(order.out):
        rendering.take.write(order.out)
    return [*song.remarks, f"{order.out}: {rendering.bars} bars of '{song.name}' with {chosen.name}"]
