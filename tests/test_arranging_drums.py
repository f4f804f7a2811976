"""Who plays the drums: grooves found by style and tempo, from a data set, from any folder, from songs."""

from pathlib import Path

import mido
import numpy as np
import pytest

from bandmate.training import lines
from bandmate.training.arranging import drums
from bandmate.training.arranging.drums import Drummer, distance, style_in
from bandmate.training.corpora import groove
from bandmate.training.reading.score import Metre, Score, Track
from bandmate.training.songs import Notes

KICK, SNARE, HAT, RIDE, TOM = 36, 38, 42, 51, 50
BEAT = [(0, KICK), (1, SNARE), (2, KICK), (3, SNARE), *((k / 2, HAT) for k in range(8))]
SWING = [(0, RIDE), (1, RIDE), (5 / 3, RIDE), (2, RIDE), (3, RIDE), (11 / 3, RIDE), (1, HAT), (3, HAT)]


def midi(path: Path, bar: list[tuple[float, int]], bars: int, bpm: float = 120, metre: int = 4) -> None:
    """A drum file on channel 10, the same bar again and again."""
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm))])
    track.append(mido.MetaMessage("time_signature", numerator=metre, denominator=4))
    struck = sorted((round(480 * (4 * b + at)), pitch) for b in range(bars) for at, pitch in bar)
    events = sorted([(t, 1, p) for t, p in struck] + [(t + 30, 0, p) for t, p in struck])
    now = 0
    for tick, on, pitch in events:
        track.append(mido.Message("note_on", channel=9, note=pitch, velocity=100 * on, time=tick - now))
        now = tick
    file.tracks.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(path)


def dataset(folder: Path, files: list[tuple[str, float, str, list[tuple[float, int]]]]) -> Path:
    """A folder like the Groove MIDI Dataset's of (style, tempo, kind of file, its bar)."""
    rows = ["style,bpm,beat_type,time_signature,midi_filename"]
    for k, (style, bpm, kind, bar) in enumerate(files):
        midi(folder / f"{k}.mid", bar, 4 if kind == "beat" else 1, bpm)
        rows.append(f"{style},{bpm},{kind},4-4,{k}.mid")
    (folder / "info.csv").write_text("\n".join(rows))
    return folder


def kit(rows: np.ndarray) -> Score:
    """A score of one drummer."""
    return Score((Track("", None, True, rows),), (Metre(0, 4, 4),), np.array([[0, 120]]))


def hits(bars: int, *bar: tuple[int, int]) -> Notes:
    return lines.as_notes([(16 * b + step, 1, pitch, 90) for b in range(bars) for step, pitch in bar])


def test_swung_drums_are_laid_on_the_straight_grid() -> None:
    played = np.array(
        [(4 * b + at - 0.04, 4 * b + at + 0.1, pitch, 90) for b in range(8) for at, pitch in SWING]
    )
    steps = drums.quantised(kit(played))
    assert [s for s, _, p, _ in steps.tolist() if p == RIDE][:6] == [0, 4, 6, 8, 12, 14]


def test_a_swing_as_hard_as_a_dotted_note_is_swing_in_jazz_and_a_dotted_note_in_rock() -> None:
    hard = hits(4, *((4 * k, RIDE) for k in range(4)), (7, RIDE), (15, RIDE))
    jazz, rock = (drums.groove(style, 200.0, hard) for style in ("jazz/swing", "rock"))
    assert jazz
    assert rock
    assert jazz.bar(0)[:, 0].tolist() == [0, 4, 6, 8, 12, 14]
    assert rock.bar(0)[:, 0].tolist() == [0, 4, 7, 8, 12, 15]


def test_straight_sixteenths_stay_where_they_are() -> None:
    played = np.array([(k / 4, k / 4 + 0.1, HAT, 90) for k in range(64)])
    assert drums.quantised(kit(played))[:, 0].tolist() == list(range(64))


def test_a_bar_of_ride_is_a_beat_where_the_style_is_loose_about_kick_and_snare() -> None:
    bar = hits(1, *((4 * k, RIDE) for k in range(4)), (4, HAT), (12, HAT))
    assert not drums.usable(bar)
    assert drums.usable(bar, loose=True)
    assert not drums.usable(hits(1, *((2 * k, TOM) for k in range(8)), (0, KICK), (4, SNARE)))


def test_styles_are_near_or_far_by_name() -> None:
    assert distance("pop", "pop/soft") == 1.0
    assert distance("bossa", "latin/brazilian-bossa") < distance("bossa", "latin") < distance("bossa", "rock")
    assert distance("hiphop", "hiphop/groove6") < distance("hiphop", "funk")
    assert distance("metal", "metal") < distance("metal", "rock") < drums.FAR
    assert distance("jazz", "punk") == drums.FAR


@pytest.mark.parametrize(
    ("name", "style"),
    [("Latin/Bossa Nova 96bpm", "latin/bossa-nova"), ("jazz_swing_01", "jazz/swing"), ("kit/take 3", ""),
     ("Rock/fill_2", "rock"), ("Metal/140", "metal")],
)  # fmt: skip
def test_a_style_is_read_from_the_names_of_files_and_folders(name: str, style: str) -> None:
    assert style_in(name) == style


def test_a_drummer_takes_the_style_first_and_then_the_tempo(tmp_path: Path) -> None:
    folder = dataset(
        tmp_path,
        [("jazz/swing", 120, "beat", SWING), ("jazz/march", 120, "beat", BEAT), ("rock", 120, "beat", BEAT),
         ("rock", 100, "fill", [(k / 2, TOM) for k in range(8)])],
    )  # fmt: skip
    jazz, rock = (groove.read(folder, style) for style in ("jazz", "rock"))
    assert [g.full for g in jazz.beats] == ["jazz/swing", "jazz/march"]
    assert [g.full for g in rock.beats] == ["rock"]
    assert (len(jazz.fills), len(rock.fills)) == (0, 1)


def test_the_nearest_tempo_is_played_where_there_are_many() -> None:
    slow, fast = (
        hits(4, (0, KICK), (4, SNARE), *((2 * k, HAT) for k in range(8))),
        hits(4, (0, KICK), (8, SNARE), *((4 * k, RIDE) for k in range(4))),
    )
    player = drums.from_songs([*[("rock", 70.0, slow)] * 5, *[("rock", 180.0, fast)] * 5], "rock")
    assert RIDE not in player.accompany("song", 80.0, 8)[:, 2]
    assert RIDE in player.accompany("song", 170.0, 8)[:, 2]


def test_any_folder_of_drum_files_will_do_with_its_loops_repeated(tmp_path: Path) -> None:
    midi(tmp_path / "Rock" / "loop.mid", BEAT, 1, 132)
    midi(tmp_path / "Rock" / "fill 1.mid", [(k / 2, TOM) for k in range(8)], 1, 132)
    midi(tmp_path / "Rock" / "waltz.mid", BEAT, 4, 132, metre=3)
    midi(tmp_path / "Bossa" / "loop 96bpm.mid", BEAT, 2)
    (tmp_path / "Rock" / "broken.mid").write_bytes(b"MThd")
    rock, bossa = (groove.read(tmp_path, style) for style in ("rock", "bossa"))
    assert [(g.style, g.bpm, g.bars) for g in rock.beats] == [("rock", pytest.approx(132, abs=0.1), 4)]
    assert [(g.style, g.bpm, g.bars) for g in bossa.beats] == [("bossa", 96.0, 4)]
    assert len(rock.fills) == 1
    assert rock.beats[0].bar(3)[:, [0, 2]].tolist() == rock.beats[0].bar(0)[:, [0, 2]].tolist()


def test_grooves_of_no_known_style_are_played_rather_than_none(tmp_path: Path) -> None:
    midi(tmp_path / "take.mid", BEAT, 8)
    assert len(groove.read(tmp_path, "bossa").beats) == 1


def test_a_folder_without_a_beat_is_refused(tmp_path: Path) -> None:
    midi(tmp_path / "tom.mid", [(0, TOM)], 8)
    with pytest.raises(ValueError, match="no drums have 4 bars of a beat"):
        groove.read(tmp_path)


def test_the_drums_of_songs_begin_where_they_begin_and_fill_every_bar() -> None:
    late = lines.moved(hits(6, (0, KICK), (4, SNARE), *((2 * k, HAT) for k in range(8))), 64)
    player: Drummer = drums.from_songs([("pop", 100.0, late)], "pop")
    assert player.beats[0].bars == 6
    played = player.accompany("song", 100.0, 12)
    assert {int(step) // 16 for step in played[:, 0]} == set(range(12))
    assert (played == player.accompany("song", 100.0, 12)).all()
