"""DeepComposer's own lesson again: its generator, its critic, its 229 chorale excerpts, watched as it learns.

    python tests/bench/chorales.py FOLDER RUN --updates 1000

FOLDER holds `original_midi/`. All the excerpts are taught, none held back and none transposed, as the
lab does. RUN keeps losses.csv, a line for every update, and metrics.csv: figures of what is played to
the same melodies with the same noise, and above them those of the excerpts. A run that is stopped goes
on from its checkpoint.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bandmate.training.corpora import chorales
from bandmate.training.fitting import recipe
from bandmate.training.fitting.dice import Dice
from bandmate.training.fitting.together import Together
from bandmate.training.fitting.windows import Corpus
from bandmate.training.songs import Song
from bandmate.training.unet_gan.lesson import UNetGanLesson, truncated

MAJOR = (0, 2, 4, 5, 7, 9, 11)
BAR = 16
CHUNK = 64
NAMES = ("empty_bars", "pitch_classes", "notes", "length", "in_scale")


def figures(sounds: NDArray[np.bool_]) -> dict[str, float]:
    """Figures of the four parts of snippets bool[N,4,32,128], by name and part.

    empty_bars: share of bars without a note; pitch_classes: different ones in a bar that has notes; notes
    struck in a snippet; length: mean steps of a note; in_scale: share of sounding steps in the major scale
    that fits the snippet's four parts best.
    """
    count = len(sounds)
    bars = sounds.reshape(count, 4, 2, BAR, 128).any(3)
    classes = np.pad(bars, ((0, 0), (0, 0), (0, 0), (0, 4))).reshape(count, 4, 2, 11, 12).any(3)
    begins = sounds & ~np.pad(sounds, ((0, 0), (0, 0), (1, 0), (0, 0)))[:, :, :-1]
    full = np.maximum(bars.any(3).sum((0, 2)), 1)
    notes = begins.sum((0, 2, 3))
    rows = {
        "empty_bars": 1 - bars.any(3).mean((0, 2)),
        "pitch_classes": classes.sum((0, 2, 3)) / full,
        "notes": notes / count,
        "length": sounds.sum((0, 2, 3)) / np.maximum(notes, 1),
        "in_scale": in_scale(sounds),
    }
    return {f"{name}_{part}": float(row[i]) for name, row in rows.items() for i, part in enumerate("SATB")}


def in_scale(sounds: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The share in scale of each part, float64[4]."""
    steps = np.pad(sounds.sum(2), ((0, 0), (0, 0), (0, 4))).reshape(len(sounds), 4, 11, 12).sum(2)
    scales = np.stack([np.isin((np.arange(12) - key) % 12, MAJOR) for key in range(12)])
    inside = steps @ scales.T
    best = inside.sum(1).argmax(1)
    return np.asarray(inside[np.arange(len(sounds)), :, best].sum(0) / np.maximum(steps.sum((0, 2)), 1))


def played(lesson: UNetGanLesson, melody: Tensor, noise: Tensor) -> NDArray[np.bool_]:
    """What the generator plays to melodies, cut at 0 as DeepComposer cuts it."""
    with torch.no_grad(), lesson.together.autocast():
        pairs = zip(melody.split(CHUNK), noise.split(CHUNK), strict=True)
        rolls = [lesson.generator.eval()(m, z) for m, z in pairs]
    return np.asarray(torch.cat(rolls).numpy() > 0)


def due(update: int) -> bool:
    """Whether figures are taken: often at first."""
    return update in (1, 2, 5) or (update % 10 == 0 if update < 100 else update % 25 == 0)


def note(path: Path, row: dict[str, float | int | str]) -> None:
    """One more line of a table."""
    with path.open("a", newline="") as file:
        table = csv.DictWriter(file, list(row))
        if file.tell() == 0:
            table.writeheader()
        table.writerow({k: f"{v:.4f}" if isinstance(v, float) else v for k, v in row.items()})


def watch(lesson: UNetGanLesson, run: Path, updates: int) -> None:
    """Teaches up to so many updates of the generator and writes down what comes of it."""
    corpus, kept = lesson.corpus, run / "checkpoint.pt"
    melody, real = lesson.rolls.take(np.arange(len(corpus)), torch.zeros(len(corpus), dtype=torch.long))
    dice = Dice([lesson.recipe.seed], len(corpus), slice(0, len(corpus)), "cpu")
    noise = truncated(dice, lesson.generator.noise)
    if kept.exists():
        lesson.load(kept)
    else:
        note(run / "metrics.csv", {"update": "data", **figures(real.numpy() > 0)})
        note(run / "metrics.csv", {"update": 0, **figures(played(lesson, melody, noise))})
    while lesson.step < updates:
        began = time.monotonic()
        losses = lesson.advance()
        note(run / "losses.csv", {"update": lesson.step, **losses, "seconds": time.monotonic() - began})
        if due(lesson.step):
            note(run / "metrics.csv", {"update": lesson.step, **figures(played(lesson, melody, noise))})
        if lesson.step % 10 == 0:
            lesson.save(kept)


def main() -> None:
    parser = argparse.ArgumentParser(description="DeepComposer's lesson on its 229 chorale excerpts.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("--updates", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precision", default="32-true")
    said = parser.parse_args()
    torch.set_num_threads(said.threads)
    said.run.mkdir(parents=True, exist_ok=True)
    songs = [each for each in chorales.read_voices(said.folder) if isinstance(each, Song)]
    parts = recipe.PARTS["chorales"]
    chosen = recipe.of("unet-gan", genre="chorales", parts=parts, transpose=(0, 0), precision=said.precision)
    (said.run / "recipe.yaml").write_text(recipe.dump(chosen), encoding="utf-8")
    lesson = UNetGanLesson(Corpus(songs, parts), chosen, Together("cpu", said.precision, said.threads))
    print(f"{len(lesson.corpus)} excerpts of {len(songs)}, batch {chosen.batch}, {said.precision}")
    watch(lesson, said.run, said.updates)


if __name__ == "__main__":
    main()
