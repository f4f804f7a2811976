"""Windows of a corpus as DeepComposer sees them: rolls of -1 and +1, with no onsets and no velocities."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from bandmate.models.roll import PITCHES, WINDOW
from bandmate.training.fitting.windows import HEIGHT, KIT, LOW, Corpus, Ints
from bandmate.training.songs import VOICES


class Rolls:
    """A corpus kept on the device, from which rolls are taken without leaving it.

    A held note is a run of +1, so a note struck again at once can't be told from one that is held.
    """

    def __init__(self, corpus: Corpus, device: torch.device | str) -> None:
        cells = np.pad(corpus.strip.cells, ((0, 0), (0, 1))).view(np.int16)
        self._cells = torch.from_numpy(cells).to(device)
        self._kit = torch.from_numpy(corpus.strip.kit > 0).to(device)
        self._starts = torch.from_numpy(corpus.starts).to(device)
        self._bits = 2 * torch.arange(VOICES, device=device, dtype=torch.int16) + 1
        self._drums = [i + 1 for i, part in enumerate(corpus.parts) if part == "drums"]

    def take(self, which: Ints, shift: Tensor) -> tuple[Tensor, Tensor]:
        """The melody [B,1,32,128] and the parts [B,4,32,128] of windows, each moved up by its shift int64[B].

        Drums stay where they are. Memory is channels last.
        """
        device = self._cells.device
        first = self._starts[torch.from_numpy(which).to(device)]
        rows = first[:, None] + torch.arange(WINDOW, device=device)
        source = torch.arange(PITCHES, device=device) - LOW - shift[:, None]
        source = torch.where((source >= 0) & (source < HEIGHT), source, HEIGHT)
        cells = self._cells[rows].gather(2, source[:, None].expand(-1, WINDOW, -1))
        on = (cells[..., None] >> self._bits) & 1
        for voice in self._drums:
            on[..., list(KIT), voice] = self._kit[rows].to(on.dtype)
        voices = (2 * on - 1).float().permute(0, 3, 1, 2)
        return voices[:, :1], voices[:, 1:]
