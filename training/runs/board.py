"""A run as TensorBoard shows it: losses, figures beside the songs' own, and piano rolls.

`tensorboard --logdir RUN/board` shows two runs, `generated` and `data`, which have a tag in common for
each figure: so both lines lie in one chart, the second one level.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image
from torch.utils.tensorboard import SummaryWriter

from bandmate.training.runs.run import CHIEF


class Board:
    """Writes TensorBoard's files into a folder. resumed: the update after which the run goes on; what was
    shown of later ones is forgotten."""

    def __init__(self, folder: Path, resumed: int | None = None) -> None:
        purge = None if resumed is None else resumed + 1
        self._generated = SummaryWriter(str(folder / "generated"), purge_step=purge)
        self._data = SummaryWriter(str(folder / "data"), purge_step=purge)

    def recipe(self, text: str) -> None:
        """The recipe as it is written, YAML."""
        self._generated.add_text("recipe", "\n".join(f"    {line}" for line in text.splitlines()))

    def losses(self, step: int, losses: Mapping[str, float]) -> None:
        """Losses by name at an update."""
        for name, value in losses.items():
            self._generated.add_scalar(f"losses/{name}", value, step)

    def measured(self, step: int, figures: Mapping[str, float], real: Mapping[str, float]) -> None:
        """Figures of what is played at an update, and of the songs themselves; the chief one by itself."""
        for name, value in figures.items():
            if math.isfinite(value):
                self._generated.add_scalar(_tag(name), value, step)
        for name, value in real.items():
            if math.isfinite(value):
                self._data.add_scalar(_tag(name), value, step)

    def rolls(self, step: int, pictures: Mapping[str, Image.Image]) -> None:
        """Piano rolls by the melody's name."""
        for name, picture in pictures.items():
            pixels = np.asarray(picture.convert("RGB"))
            self._generated.add_image(f"rolls/{name}", pixels, step, dataformats="HWC")

    def flush(self) -> None:
        """Shows what was told so far."""
        self._generated.flush()
        self._data.flush()

    def close(self) -> None:
        self._generated.close()
        self._data.close()


def _tag(name: str) -> str:
    return name if name == CHIEF else f"figures/{name}"
