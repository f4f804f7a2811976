"""Model files by name: the user's folder first, then the packaged ones."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.models import generator
from bandmate.models.contract import ModelError
from bandmate.models.generator import Ear, Generator
from bandmate.presets.preset import Preset

SUFFIX = ".onnx"


class Catalogue:
    """Finds and loads model files."""

    def __init__(self, folder: Path) -> None:
        """folder: the user's models; it need not exist."""
        self.folder = folder

    def names(self) -> list[str]:
        """All names, without their suffix, in order."""
        packaged = (item.name for item in resources.files("bandmate.models").iterdir())
        own = (item.name for item in self.folder.glob(f"*{SUFFIX}"))
        return sorted({name.removesuffix(SUFFIX) for name in (*packaged, *own) if name.endswith(SUFFIX)})

    def where(self, name: str) -> str:
        """`yours` or `packaged`."""
        return "yours" if (self.folder / f"{name}{SUFFIX}").exists() else "packaged"

    def describe(self, name: str) -> str:
        """What a model is in a few words, or what is wrong with it."""
        try:
            card = generator.load(self.data(name), name + SUFFIX).card
        except ModelError as error:
            return str(error)
        parts = f" ({', '.join(card.parts)})" if card.parts else ""
        return f"{card.kind} for {card.genre}{parts}"

    def data(self, name: str) -> bytes:
        """The bytes of a model. Raises ModelError."""
        own = self.folder / f"{name}{SUFFIX}"
        if own.exists():
            return generator.read(own)
        packaged = resources.files("bandmate.models") / f"{name}{SUFFIX}"
        if not packaged.is_file():
            known = ", ".join(self.names()) or "none yet"
            raise ModelError(f"there is no model '{name}'; there are: {known}; yours belong in {self.folder}")
        return packaged.read_bytes()

    def accompanist(self, preset: Preset) -> Accompanist:
        """A preset's ear and band, loaded and held against the preset. Raises ModelError."""
        ear = Ear(self.data(preset.ear), preset.ear + SUFFIX)
        band = Generator(self.data(preset.band), preset.band + SUFFIX)
        wanted, have = tuple(part.name for part in preset.parts), band.card.parts
        if wanted != have:
            raise ModelError(
                f"preset {preset.name} has the parts {', '.join(wanted)}, but {preset.band}{SUFFIX} "
                f"plays {', '.join(have)}; name them so, in this order"
            )
        return Accompanist(preset.name, ear, band)
