"""`bandmate demo`: a bundled melody through the real engine, on in-process ports, in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from bandmate.bridge.events import Event, NoteOn
from bandmate.bridge.loopback import Output
from bandmate.daemon.answering import loading
from bandmate.daemon.config import FILE, load
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.errors import writing
from bandmate.daemon.offstage import sample, sound
from bandmate.daemon.offstage.render import metre_of, render
from bandmate.daemon.pictures import picture
from bandmate.daemon.pictures.page import Voice
from bandmate.daemon.sending.takes import MELODY, Take
from bandmate.models.catalogue import Catalogue
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf

DRUMS = 10


def run(preset: str | None, melody: str, out: Path, seed: int, say: Callable[[str], None]) -> None:
    """Write demo.mid, demo.png and, where FluidSynth is, demo.wav into the folder `out`.

    Raises SongError, PresetError, ModelError, ConfigError or WriteError.
    """
    chosen = Shelf(folder("presets")).get(preset or load(folder(FILE)).preset)
    accompanist = loading.accompanist(Catalogue(folder("models")), chosen)
    song = sample.open(melody)
    struck: list[NoteOn] = []

    def arrived(event: Event, now: float) -> None:
        if isinstance(event, NoteOn):
            struck.append(event)

    metre = metre_of(song)
    clock = [0.0]
    port = Output(arrived, lambda: clock[0])

    def send(event: Event, now: float) -> None:
        clock[0] = now
        port.send(event)

    rendering = render(song, chosen, accompanist, Settings(seed=seed, metre=metre), send=send)
    title = f"{song.name} with {chosen.name}"
    image = picture.png(title, _voices(rendering.take), rendering.take.markers, metre.sixteenths)
    midi, png, wav = (out / f"demo.{kind}" for kind in ("mid", "png", "wav"))
    with writing(midi):
        rendering.take.write(midi)
    with writing(png):
        png.write_bytes(image)
    say(f"'{song.name}' with {chosen.name}: {rendering.bars} bars")
    for part in chosen.parts:
        notes = sum(note.channel == part.channel for note in struck)
        say(f"  {part.name:12} {notes:4} notes on channel {part.channel}")
    milliseconds = 1000 * np.array(rendering.seconds)
    p50, p95, most = np.percentile(milliseconds, [50, 95, 100])
    say(f"  {len(milliseconds)} decisions of {p50:.1f} ms (p95 {p95:.1f}, longest {most:.1f})")
    say(f"wrote {midi} and {png}")
    say(sound.write(midi, wav) or f"wrote {wav}")


def _voices(take: Take) -> list[Voice]:
    voices = [Voice("melody", take.notes(MELODY))]
    for voice, part in enumerate(take.parts, MELODY + 1):
        voices.append(Voice(part.name, take.notes(voice), drums=part.channel == DRUMS))
    return voices
