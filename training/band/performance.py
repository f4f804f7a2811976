"""How a taught generator plays songs that it was never taught, beside how they were really played."""

from __future__ import annotations

from pathlib import Path

from bandmate.models.contract import Card
from bandmate.training.band import calibrate
from bandmate.training.band.lesson import Lesson
from bandmate.training.band.network import Player
from bandmate.training.judging import figures
from bandmate.training.judging.rollout import Manner, Stage, free_run, stage
from bandmate.training.songs import Song, read_all

Figures = dict[str, dict[str, float]]
MANNER = Manner(temperature=0.5)
REHEARSAL = 16
AUDITION = 24


def prepare(lesson: Lesson, songs: list[Song]) -> tuple[Player, Card]:
    """The generator with its bank, and its card with cuts calibrated on the training songs given."""
    recipe, corpus = lesson.recipe, lesson.corpus
    chosen = calibrate.typical_windows(corpus, recipe.bank, recipe.seed)
    player = calibrate.player_of(lesson.band.eval(), lesson.encoder.eval(), corpus, chosen)
    card = calibrate.first_cuts(player, corpus, recipe)
    some = stage(songs, recipe.parts, REHEARSAL)
    aim = calibrate.aim_of(some, corpus, chosen)
    return player, calibrate.settle(player, card, calibrate.limits_of(corpus), some, aim, MANNER)


def of_split(folder: Path, split: str, parts: tuple[str, ...]) -> Stage:
    """Some songs of a split, 16 bars of each. Raises ValueError when there are none."""
    songs = read_all(folder, split)
    if not songs:
        raise ValueError(f"{folder} holds no songs of the {split} split; prepare more songs")
    return stage(songs, parts, AUDITION)


def judge(lesson: Lesson, player: Player, card: Card, given: Stage, manner: Manner) -> Figures:
    """Figures of free play, from silence, with the songs' own chords as plan."""
    limits = calibrate.limits_of(lesson.corpus)
    played = free_run(calibrate.voice(player), card, limits, given, player.bank.shape[1], manner)
    return figures.of_all(played, given.plan, card.parts)


def flat(found: Figures) -> dict[str, float]:
    """The figures of all parts as one table, `bass.onsets` and so on."""
    return {f"{part}.{name}": value for part, mine in found.items() for name, value in mine.items()}


def table(title: str, found: Figures) -> list[str]:
    """A line a part, under a line of names wherever they change."""
    wide = max(len(title) + 1 + len(part) for part in found)
    lines: list[str] = []
    names: list[str] = []
    for part, mine in found.items():
        if list(mine) != names:
            names = list(mine)
            lines.append(" " * wide + "".join(f"{name:>10}" for name in names))
        lines.append(f"{title + ' ' + part:<{wide}}" + "".join(f"{value:>10.3f}" for value in mine.values()))
    return lines
