"""All that is measured, of several systems that played to the same melodies, beside the real songs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bandmate.models.decoding import DRUMS
from bandmate.training.judging import kin, memorisation, metrics, similarity, two_sample
from bandmate.training.judging.memorisation import Nearness
from bandmate.training.judging.metrics import SEED
from bandmate.training.judging.table import REAL, Table
from bandmate.training.judging.two_sample import Verdict
from bandmate.training.songs import Song


def compare(
    systems: Mapping[str, Sequence[Song]],
    real: Sequence[Song],
    training: Sequence[Song],
    parts: Sequence[str],
    seed: int = SEED,
    paired: bool = False,
) -> Table:
    """The figures of each system and, in the first column, of the real held-out songs.

    systems: by name, what each played, a song named after each real one; training: the songs that
    they were taught on. All is judged in bars that are real in `real` (with `paired`, style-paired drums
    too), but memorisation, as what was arranged may be copied too. Besides metrics.measure: `similarity`,
    `told_apart.*` and `nearest.*`, of drums only where drums count. The same arguments give the same
    table. Raises ValueError.
    """
    _check(systems, real)
    spread = similarity.spread(metrics.rows(real, parts, real, paired, seed))
    truth = metrics.excerpts(real, parts, real, paired)
    family = kin.families(real)
    columns = {}
    for name, songs in {REAL: real, **systems}.items():
        by_name = {song.name: song for song in songs}
        played = [by_name[song.name] for song in real]
        found = metrics.measure(played, parts, real, paired, seed)
        found["similarity"] = similarity.index(found, spread)
        if name != REAL:
            heard = metrics.excerpts(played, parts, real, paired)
            found |= _flat("told_apart", two_sample.told_apart(heard, truth, parts, seed, family))
        near = memorisation.nearness(played, training, parts, seed)
        if not any(song.kept[part].any() for song in truth for part in parts if part == DRUMS):
            near.pop(DRUMS, None)
        columns[name] = found | _flat("nearest", near)
    return Table(columns)


def _flat(group: str, found: Mapping[str, Verdict | Nearness]) -> dict[str, float]:
    """GROUP.KIND_FIELD of what was found of each kind."""
    return {
        f"{group}.{kind}_{name}": float(value)
        for kind, values in found.items()
        for name, value in values._asdict().items()
    }


def _check(systems: Mapping[str, Sequence[Song]], real: Sequence[Song]) -> None:
    wanted = {song.name for song in real}
    if len(wanted) != len(real) or not wanted:
        raise ValueError(
            f"{len(real)} real songs have {len(wanted)} names; give songs, each with its own name"
        )
    for name, songs in systems.items():
        if name == REAL or sorted(song.name for song in songs) != sorted(wanted):
            raise ValueError(
                f"'{name}' played {len(songs)} songs; it must have another name than '{REAL}' and "
                f"play each of the {len(real)} real songs once, under that song's name"
            )
