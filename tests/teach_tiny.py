"""Teaches a tiny band from made songs, for tests of several processes and of kills: a process of its own.

python teach_tiny.py OUT.json [KILL_AT]: writes the losses of every update, or kills itself at one of them;
goes on where a checkpoint lies beside OUT.json.
"""

import json
import os
import signal
import sys
from pathlib import Path

import numpy as np
import torch

from bandmate.training import techniques
from bandmate.training.fitting import loop, recipe
from bandmate.training.fitting.together import Together
from bandmate.training.fitting.windows import Corpus
from bandmate.training.songs import Song

RECIPE = recipe.of(
    "band",
    channels=(8, 8, 16, 16),
    code=4,
    bank=6,
    batch=8,
    epochs=2.0,
    critic_epochs=0.0,
    save_every=3,
    precision="32-true",
)


def songs() -> list[Song]:
    """Songs in which the melody and every part wander, each in its own way."""
    out = []
    for k in range(4):
        rng = np.random.default_rng(k)
        voices = [
            np.stack([np.arange(96) * 2, np.full(96, 2), low + rng.integers(0, 12, 96), np.full(96, 80)], 1)
            for low in (72, 36, 40, 55, 64)
        ]
        chords = rng.integers(0, 24, 48).astype(np.uint8)
        notes = tuple(voice.astype(np.int16) for voice in voices)
        out.append(Song(f"made/{k}", "pop", "train", notes, chords, np.zeros((12, 5), np.uint8)))
    return out


def main(out: Path, kill_at: int | None) -> None:
    torch.set_num_threads(1)
    together = Together("cpu", RECIPE.precision)
    lesson = techniques.lesson(Corpus(songs(), RECIPE.parts), RECIPE, together)
    if (out.parent / loop.LATEST).exists():
        lesson.load(out.parent / loop.LATEST)
    rows = []

    def tell(step: int, losses: dict[str, float]) -> None:
        rows.append(losses["loss"])
        if step == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    loop.fit(lesson, out.parent, tell)
    if together.first:
        out.write_text(json.dumps({"processes": together.world, "losses": rows}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
