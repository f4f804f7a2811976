"""The stages of a run, from a folder of files to a preset that plays: what the commands do."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bandmate.presets import home
from bandmate.presets import write as preset_text
from bandmate.presets.load import Shelf
from bandmate.training import audition, orders, preset, publication, teaching, touch, tuning, whole
from bandmate.training.corpora import dataset
from bandmate.training.fitting.together import Together
from bandmate.training.gathering import listing, reader, report
from bandmate.training.genre import Genre
from bandmate.training.judging import baselines, comparison, table
from bandmate.training.publication import Publication
from bandmate.training.runs import animation, sheet, shelf
from bandmate.training.runs import listing as runs_listing
from bandmate.training.runs import samples as kept_samples
from bandmate.training.runs.progress import Progress
from bandmate.training.runs.run import Run
from bandmate.training.songs import Song, read_all
from bandmate.training.teaching import Material

ROLES, REPORT = "roles.yaml", "report.html"
FIGURE = "in_harmony"

Said = Mapping[str, Any]
Echo = Callable[[str], None]


def everything(folder: Path, name: str, said: Said, echo: Echo) -> None:
    """From a folder of files to a preset; goes on where it was stopped."""
    run = shelf.named(name)
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise ValueError("several processes can only fit: prepare first, then run 'train fit' by torchrun")
    if said.get("again") or not run.begun:
        prepare(folder, name, said, echo)
    else:
        echo(f"{name} was begun before; its songs are kept (--again reads and teaches anew)")
    if fit(name, None, {**said, "again": False}, echo):
        install(publish(run, Material.of(run.songs), (folder.resolve().name,), echo), False, echo)
        evaluate(name, {}, echo)


def prepare(folder: Path, name: str, said: Said, echo: Echo) -> None:
    """Reads a folder's files into the songs of a run."""
    run = shelf.named(name)
    if preset.is_packaged(name):
        raise ValueError(f"'{name}' is packaged with bandmate; choose another name for yours")
    if said.get("again"):
        run.forget()
    if run.begun:
        raise ValueError(
            f"the run '{name}' is taught already; 'bandmate train FOLDER --name {name} --again' reads and "
            "teaches anew, or choose another name"
        )
    parts, roles = orders.parts_of(said["parts"]), run.folder / ROLES
    options = reader.Options(
        said["style"] or name, parts, orders.filters(said), roles, drums=said["drums"], fill=True
    )
    with Progress("reading", 1, "files") as progress:
        outcome = reader.read_folder(folder, options, lambda done, of, file: progress.reach(done, of))
    if not outcome.tally.songs.total():
        raise ValueError(f"no file in {folder} can be used: {outcome.tally}")
    for old in run.songs.glob("*.npz"):
        old.unlink()
    dataset.write(outcome.pieces, run.songs)
    Genre.of(outcome.entries).keep(run.folder)
    listing.write_corrections(outcome, roles)
    if said["report"]:
        report.write(outcome, run.folder / REPORT, ROLES)
    run.begin(orders.new(name, parts, said))
    echo(str(outcome.tally))
    for remark in outcome.remarks:
        echo(remark)
    echo(f"roles: {roles}" + (f"; report: {run.folder / REPORT}" if said["report"] else ""))


def fit(word: str, songs: Path | None, said: Said, echo: Echo) -> bool:
    """Teaches a run, from its beginning or from its checkpoint; whether it is done."""
    run = shelf.named(word) if songs is not None and shelf.NAME.fullmatch(word) else shelf.find(word)
    folder = songs or run.songs
    again = bool(said.get("again"))
    begun = run.begun and not again
    if begun:
        recipe = orders.resumed(run.recipe, said)
    else:
        parts = run.recipe.parts if run.prepared else orders.parts_of(said.get("parts"))
        recipe = orders.new(run.folder.name, parts, said)
    material = Material.of(folder)
    together = Together(recipe.device, recipe.precision, recipe.threads)
    with together.first_alone() as first:
        if first and again:
            run.forget()
        if first and not begun:
            run.begin(recipe, folder)
    minutes = said["minutes"] if said.get("minutes") is not None else math.inf
    done = teaching.teach(run, recipe, material, Genre.read(run.folder).tempo, together, minutes)
    if not together.first:
        return done
    record = run.record
    if done:
        echo(f"{run.folder.name} is taught: {record.done} updates, best {runs_listing.figures(record.best)}")
    else:
        where = (
            f"at update {record.done} of {record.updates}"
            if record.done
            else "before the band's first update"
        )
        echo(f"stopped {where}; the same command goes on from there")
    return done


def export(word: str, said: Said, echo: Echo) -> None:
    """Makes the files of a run, and puts them where a band finds them."""
    run = shelf.find(word)
    made = publish(run, Material.of(said["songs"] or run.songs), said["corpora"], echo, said["weights"])
    install(made, said["force"], echo, said["home"])


def publish(
    run: Run, material: Material, corpora: tuple[str, ...], echo: Echo, weights: Path | None = None
) -> Publication:
    """Makes the files of a run, kept in its folder `made`."""
    echo("calibrating and exporting")
    made = publication.publish(run, material, corpora, weights)
    place = run.folder / publication.MADE
    for stem, data in made.models.items():
        whole.write(place / "models" / f"{stem}.onnx", data)
    with Progress("tuning", tuning.ROUNDS, "rounds") as progress:
        tempo = Genre.read(run.folder).tempo
        like = [*material.taught, *material.shown]
        tuned = tuning.tuned(made.preset, place / "models", material.shown, like, tempo, progress.reach)
    with Progress("listening to its touch", touch.ROUNDS, "rounds") as progress:
        touch.learned(tuned, place / "models", material.shown, like, tempo, progress.reach)
    models = {stem: (place / "models" / f"{stem}.onnx").read_bytes() for stem in made.models}
    made = replace(made, preset=tuned, models=models)
    whole.write(place / "presets" / f"{made.preset.name}.yaml", preset_text.text(made.preset))
    for remark in made.remarks:
        echo(remark)
    size = sum(map(len, made.models.values())) / 1e6
    echo(f"{', '.join(made.models)}: {size:.1f} MB, within {made.worst:.1g} of what was taught")
    return made


def touched(songs: Path, name: str, models: Path, tempo: float, echo: Echo) -> None:
    """Gives a preset's band, in a folder of models, the touch of who played the songs."""
    chosen, shown = Shelf(home.folder("presets")).get(name), read_all(songs, "valid")
    like = [*read_all(songs, "train"), *shown]
    with Progress(f"playing {name}", touch.ROUNDS, "rounds") as progress:
        heard = touch.learned(chosen, models, shown, like, tempo, progress.reach)
    echo(touch.table([part.name for part in chosen.parts], heard))


def install(made: Publication, force: bool, echo: Echo, place: Path | None = None) -> None:
    """Puts what a run has made into the user's folder, or another."""
    path = preset.write(made.preset, place or home.folder(), made.models, force=force)
    name, program = made.preset.name, made.preset.program
    echo(f"{path}: play it with 'bandmate play --preset {name}', or by program {program}")


def evaluate(word: str, said: Said, echo: Echo) -> None:
    """Judges a run live, on songs that it was never taught, beside another preset and the real songs."""
    run = shelf.find(word)
    recipe, songs = run.recipe, said.get("songs") or run.songs
    if not _made_since_taught(run):
        publish(run, Material.of(songs), (), echo)
    split = said.get("split") or "test"
    whole_folder = read_all(songs, None if split == "all" else split)
    real = [song for song in whole_folder if len(song.notes[0])][: said.get("limit")]
    if not real:
        raise ValueError(f"{songs} holds no songs of the split '{split}'; prepare more songs")
    systems = {
        "late": [baselines.late(song) for song in real],
        "tonic": [baselines.tonic(song, recipe.parts) for song in real],
    }
    rivals = {name: publication.place_of(name) for name in said.get("rivals") or (recipe.base or "pop",)}
    for name, place in (rivals | {run.folder.name: run.folder / publication.MADE}).items():
        with Progress(f"playing {name} to {len(real)} songs", 100, "%") as progress:
            systems[name] = _played(name, place, real, Genre.read(run.folder).tempo, progress)
    found = comparison.compare(systems, real, read_all(songs, "train"), recipe.parts)
    whole.write(run.folder / "evaluation.json", json.dumps(found.columns, indent=1))
    whole.write(run.folder / "evaluation.md", table.markdown(found))
    echo(table.text(found))
    shown = ", ".join(f"{name} {column[FIGURE]:.3f}" for name, column in found.columns.items())
    echo(f"melody in harmony on {len(real)} songs: {shown}")


def _made_since_taught(run: Run) -> bool:
    preset_file = run.folder / publication.MADE / "presets" / f"{run.folder.name}.yaml"
    taught = max((path.stat().st_mtime for path in run.folder.rglob("*.pt")), default=math.inf)
    return preset_file.is_file() and preset_file.stat().st_mtime > taught


def _played(name: str, place: Path, real: list[Song], tempo: float, progress: Progress) -> list[Song]:
    """The songs as a preset's band plays to their melodies, live."""
    return audition.play(
        name,
        real,
        presets=place / "presets",
        models=place / "models",
        tempo=tempo,
        progress=lambda share: progress.reach(round(100 * share), 100),
    ).songs


def samples(word: str, echo: Echo) -> None:
    """Lays the samples of a run side by side."""
    run = shelf.find(word)
    kept, parts = kept_samples.read(run.samples), run.recipe.parts
    title = f"{run.folder.name} ({run.recipe.technique})"
    picture, film = run.folder / "samples.png", run.folder / "samples.gif"
    sheet.draw(kept, kept_samples.real(run.samples), parts, title).save(picture, optimize=True)
    whole.write(film, animation.gif(kept, run.losses.rows(), run.metrics.rows(), parts, title))
    echo(f"{len(kept)} epochs: {picture} and {film}")


def runs(as_json: bool, echo: Echo) -> None:
    """Lists the runs."""
    found = shelf.every()
    echo(runs_listing.plain(found) if as_json else runs_listing.table(found))
