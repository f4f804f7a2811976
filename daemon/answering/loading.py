"""Models of a catalogue, loaded: what each of them is, and those that a preset plays with."""

from __future__ import annotations

from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.models import generator
from bandmate.models.catalogue import SUFFIX, Catalogue
from bandmate.models.contract import ModelError
from bandmate.models.generator import Ear, Generator
from bandmate.presets.preset import Preset


def describe(catalogue: Catalogue, name: str) -> str:
    """What a model is in a few words, or what is wrong with it."""
    try:
        card = generator.load(catalogue.data(name), name + SUFFIX).card
    except ModelError as error:
        return str(error)
    parts = f" ({', '.join(card.parts)})" if card.parts else ""
    return f"{card.kind} for {card.genre}{parts}"


def accompanist(catalogue: Catalogue, preset: Preset) -> Accompanist:
    """A preset's ear and band, loaded and held against the preset. Raises ModelError."""
    ear = Ear(catalogue.data(preset.ear), preset.ear + SUFFIX)
    band = Generator(catalogue.data(preset.band), preset.band + SUFFIX)
    wanted, have = tuple(part.name for part in preset.parts), band.card.parts
    if wanted != have:
        raise ModelError(
            f"preset {preset.name} has the parts {', '.join(wanted)}, but {preset.band}{SUFFIX} "
            f"plays {', '.join(have)}; name them so, in this order"
        )
    return Accompanist(preset.name, ear, band)
