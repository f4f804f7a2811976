"""What a run played, as songs, MIDI files and pictures."""

import io
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest
from PIL import Image

torch = pytest.importorskip("torch")

from torch import Tensor

from bandmate.models.contract import Card
from bandmate.models.decoding import Limits
from bandmate.models.roll import PARTS, PITCHES, WINDOW
from bandmate.training.drawing import ink
from bandmate.training.fitting.lesson import Performer
from bandmate.training.fitting.recipe import PARTS as RECIPES
from bandmate.training.judging.rollout import Manner
from bandmate.training.runs import animation, graph, midi, played, samples, sheet
from bandmate.training.runs.samples import Point, Sample
from bandmate.training.songs import SILENT, Song

POP = RECIPES["pop"]


class Steady(Performer):
    """Strikes one pitch a part on every beat, which the noise moves up by an octave where it is high; it
    takes the contract's inputs in an order of its own."""

    takes = ("noise", "harmony")
    noise = 3

    def forward(self, noise: Tensor, harmony: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        size = len(noise)
        onset = torch.zeros(size, PARTS, WINDOW, PITCHES)
        for part, pitch in enumerate((36, 40, 60, 67)):
            for row in range(size):
                up = 12 if part and noise[row, 0] > 0 else 0
                onset[row, part, ::4, pitch + up] = 0.9
        return onset, torch.zeros_like(onset), torch.ones_like(onset), onset.amax(-1)


def song(name: str = "tiny/1", bars: int = 20, rest: int = 2) -> Song:
    """The melody begins after `rest` bars; C and G by turns."""
    melody = [(16 * rest + 4 * b, 4, 72 + b % 5, 90) for b in range(4 * (bars - rest))]
    kick = [(4 * b, 1, 36 if b % 2 == 0 else 38, 100) for b in range(4 * bars)]
    bass = [(16 * b, 16, 36, 60) for b in range(bars)]
    keys = [(8 * b, 8, pitch, 70) for b in range(2 * bars) for pitch in (60, 64, 67)]
    empty: list[tuple[int, ...]] = []
    notes = tuple(np.array(v, np.int16).reshape(-1, 4) for v in (melody, kick, bass, keys, empty))
    chords = np.repeat(np.array([0, 7] * bars, np.uint8)[:bars], 4)
    return Song(name, "pop", "valid", notes, chords, np.zeros((bars, 5), np.uint8))


def sample(step: int = 100, pitch: int = 60, name: str = "tiny/1") -> Sample:
    one = song(name, bars=4, rest=0)
    keys = one.notes[3].copy()
    keys[:, 2] += pitch - 60
    changed = replace(one, notes=(*one.notes[:3], keys, one.notes[4]))
    point = Point(step, step / 100, {"loss": 500 / (step + 1)}, {"similarity": 0.5})
    return Sample(point, (changed, replace(changed, name="../a:b")))


def test_excerpts_begin_with_the_melody_and_are_alike_in_length() -> None:
    found = played.excerpts([song(f"tiny/{k}", bars=20 + k) for k in range(7)] + [song("short", 9)], 3)
    assert [each.name for each in found] == ["tiny/0", "tiny/3", "tiny/6"]
    assert [each.bars for each in found] == [16, 16, 16]
    first = found[0]
    assert first.notes[0][0].tolist() == [0, 4, 72, 90]
    assert first.chords.tolist() == song().chords[8:72].tolist()
    assert all((notes[:, 0] + notes[:, 1]).max(initial=0) <= 256 for notes in first.notes)


def test_short_songs_are_shown_as_long_as_they_are() -> None:
    assert [each.bars for each in played.excerpts([song(bars=7), song(bars=3)], 3)] == [4]
    with pytest.raises(ValueError, match="none of 1 songs has 2 bars of melody"):
        played.excerpts([song(bars=3)], 3)
    mute = replace(song(), notes=(np.zeros((0, 4), np.int16), *song().notes[1:]))
    with pytest.raises(ValueError, match="none of 1 songs"):
        played.excerpts([mute], 3)


def test_a_performer_plays_along_the_same_each_time() -> None:
    card = Card("generator", "pop", POP)
    given = played.excerpts([song("a"), song("b")], 2)
    exact = Manner(variation=0)
    one, other = (played.perform(Steady(), card, Limits(), given, exact) for _ in range(2))
    assert [each.name for each in one] == ["a", "b"]
    for mine, again, real in zip(one, other, given, strict=True):
        assert all((m == a).all() for m, a in zip(mine.notes, again.notes, strict=True))
        assert (mine.notes[0] == real.notes[0]).all()
        assert mine.notes[1].tolist() == [[4 * b, 1, 36, 100] for b in range(64)]
        assert mine.notes[2][:, 0].tolist() == [4 * b for b in range(64)]
        assert set(mine.notes[2][:, 3].tolist()) == {60}
        assert set(mine.notes[4][:, 3].tolist()) == {80}
        assert set(mine.notes[2][:, 2].tolist()) <= {40, 52}
        assert (mine.provenance[:, 1:] == 0).all()


def test_the_noise_on_the_gates_is_fixed_by_the_seed() -> None:
    card, given = Card("generator", "pop", POP), played.excerpts([song("a")], 1)

    def kicks(seed: int) -> list[int]:
        (found,) = played.perform(Steady(), card, Limits(), given, Manner(variation=1.0, seed=seed))
        return [int(step) for step in found.notes[1][:, 0]]

    assert kicks(0) == kicks(0)
    assert kicks(0) != kicks(1)
    assert 32 < min(len(kicks(seed)) for seed in range(4)) < 64


def test_what_was_played_becomes_songs_note_by_note() -> None:
    grid = np.zeros((1, 4, 2, 32, 128), np.float32)
    grid[0, 1, 0, [0, 4], 40] = 1
    grid[0, 1, 1, 0:7, 40] = 1
    (found,) = played.songs_of(grid, [song(bars=2, rest=0)])
    assert found.notes[2].tolist() == [[0, 4, 40, 60], [4, 3, 40, 60]]
    assert found.provenance.tolist() == [[0, SILENT, 0, SILENT, SILENT], [0, *[SILENT] * 4]]


def notes_in(path: Path) -> dict[str, list[tuple[int, int, int, int]]]:
    """The notes of each named track, in steps."""
    out = {}
    for track in mido.MidiFile(path).tracks[1:]:
        now, open_notes, notes = 0, {}, []
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                open_notes[message.note] = (now, message.velocity)
            elif message.type in ("note_on", "note_off"):
                begin, velocity = open_notes.pop(message.note)
                notes.append((begin // 120, (now - begin) // 120, message.note, velocity))
        assert not open_notes
        out[track.name] = sorted(notes, key=lambda note: (note[0], note[2]))
    return out


def test_midi_holds_the_same_notes(tmp_path: Path) -> None:
    made = song()
    midi.write(tmp_path / "a.mid", made, POP, tempo=96)
    found = notes_in(tmp_path / "a.mid")
    assert list(found) == ["melody", *POP]
    for notes, kept in zip(found.values(), made.notes, strict=True):
        assert notes == [tuple(note) for note in kept.tolist()]


def test_midi_says_how_it_is_to_sound(tmp_path: Path) -> None:
    midi.write(tmp_path / "a.mid", song(), POP, tempo=96)
    file = mido.MidiFile(tmp_path / "a.mid", charset="utf-8")
    conductor, *voices = file.tracks
    assert [round(mido.tempo2bpm(m.tempo)) for m in conductor if m.type == "set_tempo"] == [96]
    assert [m.text for m in conductor if m.type == "marker"][:3] == ["C", "G", "C"]
    programs = {t.name: m for t in voices for m in t if m.type == "program_change"}
    assert {name: (m.channel, m.program) for name, m in programs.items()} == {
        "melody": (0, 73),
        "drums": (9, 0),
        "bass": (1, 33),
        "keys": (2, 4),
        "strings": (3, 48),
    }
    assert file.length == pytest.approx(20 * 4 * 60 / 96)


def test_a_sample_is_kept_and_read_again(tmp_path: Path) -> None:
    samples.write(tmp_path, sample(150), POP)
    samples.write(tmp_path, sample(50), POP)
    samples.write(tmp_path, replace(sample(), point=None), POP)
    folder = tmp_path / "epoch-0001.50"
    assert sorted(path.name for path in folder.iterdir()) == [
        "1-tiny-1.mid", "1-tiny-1.npz", "1-tiny-1.png",
        "2-a-b.mid", "2-a-b.npz", "2-a-b.png",
        "sample.json",
    ]  # fmt: skip
    first, second = samples.read(tmp_path)
    assert first.point == sample(50).point
    assert second.point == sample(150).point
    assert [each.name for each in second.songs] == ["tiny/1", "../a:b"]
    assert (second.songs[0].notes[3] == sample(150).songs[0].notes[3]).all()
    real = samples.real(tmp_path)
    assert real is not None
    assert real.point is None
    assert samples.real(tmp_path / "elsewhere") is None


def test_a_sample_takes_the_place_of_one_of_the_same_epoch(tmp_path: Path) -> None:
    samples.write(tmp_path, sample(50), POP)
    samples.write(tmp_path, replace(sample(50, 62), songs=sample(50, 62).songs[:1]), POP)
    (found,) = samples.read(tmp_path)
    assert len(found.songs) == 1
    assert found.songs[0].notes[3][0, 2] == 62
    assert [path.name for path in tmp_path.iterdir()] == ["epoch-0000.50"]


def test_samples_after_a_checkpoint_are_forgotten(tmp_path: Path) -> None:
    for step in (50, 100, 150):
        samples.write(tmp_path, sample(step), POP)
    samples.cut(tmp_path, 100)
    (tmp_path / "epoch-9").mkdir()
    assert [each.point.step for each in samples.read(tmp_path) if each.point] == [50, 100]


@pytest.mark.parametrize("note", ["", "[1]", '{"mood": "blue"}', "7"])
def test_a_broken_sample_is_told_in_a_sentence(tmp_path: Path, note: str) -> None:
    samples.write(tmp_path, sample(50), POP)
    (tmp_path / "epoch-0000.50" / "sample.json").write_text(note)
    with pytest.raises(ValueError, match=r"epoch-0000\.50 can't be read .* remove its folder"):
        samples.read(tmp_path)


@pytest.mark.parametrize(
    ("count", "most", "kept"),
    [(1, 8, [0]), (2, 8, [0, 1]), (8, 8, [*range(8)]), (20, 4, [0, 6, 13, 19]), (9, 2, [0, 8])],
)
def test_thinning_keeps_the_first_and_the_last(count: int, most: int, kept: list[int]) -> None:
    found = samples.thinned([sample(step) for step in range(count)], most)
    assert [each.point.step for each in found if each.point] == kept


def test_an_empty_song_can_be_drawn() -> None:
    nothing = tuple(np.zeros((0, 4), np.int16) for _ in range(5))
    one = replace(song(bars=2, rest=0), notes=nothing)
    assert samples.picture(Sample(None, (one,)), 0, POP).width > 0


def test_the_sheet_has_a_row_an_epoch_and_one_for_the_real_ones() -> None:
    def height(count: int, real: Sample | None) -> int:
        return sheet.draw([sample(100 * k) for k in range(1, count + 1)], real, POP, "tiny").height

    one, two = height(1, None), height(2, None)
    assert two > one
    assert height(8, None) == one + 7 * (two - one)
    assert height(40, None) == height(8, None)
    assert height(8, replace(sample(), point=None)) == one + 8 * (two - one)
    with pytest.raises(ValueError, match="tiny has no samples yet; fit it further"):
        sheet.draw([], None, POP, "tiny")


def rows(last: int) -> list[dict[str, float]]:
    return [{"step": step, "loss": 500 / step} for step in range(1, last + 1)]


def test_the_animation_has_a_frame_an_epoch() -> None:
    kept = [sample(100 * k, 60 + k) for k in range(1, 6)]
    metrics = [{"step": 100 * k, "similarity": k / 5} for k in range(1, 6)]
    data = animation.gif(kept, rows(500), metrics, POP, "tiny")
    film = Image.open(io.BytesIO(data))
    assert film.format == "GIF"
    assert film.n_frames == 5  # type: ignore[attr-defined]
    assert film.info["loop"] == 0
    lengths = []
    for frame in range(5):
        film.seek(frame)
        lengths.append(film.info["duration"])
    assert lengths == [900, 900, 900, 900, 3000]
    assert len(data) < animation.BYTES


def test_a_long_run_is_thinned_to_the_bytes_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [sample(100 * k, 40 + k) for k in range(1, 41)]
    film = Image.open(io.BytesIO(animation.gif(kept, rows(40), [], POP, "tiny")))
    assert film.n_frames == animation.FRAMES  # type: ignore[attr-defined]
    monkeypatch.setattr(animation, "BYTES", 30_000)
    data = animation.gif(kept, rows(40), [], POP, "tiny")
    assert Image.open(io.BytesIO(data)).n_frames < animation.FRAMES  # type: ignore[attr-defined]


def test_the_animation_of_one_sample_and_no_losses_can_be_made() -> None:
    assert animation.gif([sample(0)], [], [], POP, "tiny").startswith(b"GIF89a")
    with pytest.raises(ValueError, match="no samples yet"):
        animation.gif([], [], [], POP, "tiny")


def test_the_curve_grows_with_the_epochs() -> None:
    losses = [(k / 10, 10.0 - k) for k in range(10)]
    ends = []
    for until in (0.2, 0.5, 0.9):
        image = graph.draw(400, 150, ("loss", losses), [], until, 1.0)
        inside = np.asarray(image)[30:125, 70:350]
        ends.append(int(np.flatnonzero((inside == ink.INK).all(-1).any(0)).max()))
    assert ends == sorted(set(ends))


def test_smoothing_keeps_the_mean_and_leaves_out_what_is_no_number() -> None:
    points = [(float(k), float(k % 2)) for k in range(1000)] + [(1000.0, float("nan"))]
    found = graph.smooth(points, 100)
    assert len(found) == 100
    assert {value for _, value in found} == {0.5}
    assert graph.smooth(points[:5], 100) == points[:5]
    assert graph.smooth([], 100) == []


@pytest.mark.parametrize("values", [[1.0, 1.0], [-5.0, 3.0], [0.0, 10.0], [1e-3, 1e3], []])
def test_an_axis_holds_all_its_values(values: list[float]) -> None:
    axis = graph.Axis.of(values)
    assert [0 <= axis.share(value) <= 1 for value in values] == [True] * len(values)
