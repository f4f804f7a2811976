"""Presets judged by what is asked of them: targets, what is held out, the tables, and the command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import mido
import numpy as np
import pytest
from click.testing import CliRunner, Result

pytest.importorskip("torch")

from bandmate.training import cli
from bandmate.training.judging import baselines, cardtext, eye, heldout, performance, targets
from bandmate.training.judging.excerpt import Excerpt
from bandmate.training.judging.scorecard import Judge, Scorecard, scorecard
from bandmate.training.judging.targets import MET, MISSED, WANTED, Target
from bandmate.training.songs import ARRANGED, REAL, Notes, Song, save

PARTS = ("drums", "bass", "keys", "strings")
DRUMS, BASS, KEYS, STRINGS = range(1, 5)


def notes(*rows: tuple[int, int, int]) -> Notes:
    """Notes (step, length, pitch)."""
    return np.array([(*row, 80) for row in rows], np.int16).reshape(-1, 4)


def song(number: int, split: str = "test", bars: int = 16) -> Song:
    """Roots that wander, one a bar: a melody of quarters on them, drums, bass, triads, and strings a semitone
    above that a rule arranged."""
    roots = np.random.default_rng(number).choice([0, 2, 5, 7, 9], bars)
    each = list(enumerate(roots.tolist()))
    melody = notes(*((16 * bar + 4 * beat, 4, 72 + root) for bar, root in each for beat in range(4)))
    kit = notes(*((4 * beat, 1, 36) for beat in range(4 * bars)))
    bass = notes(*((16 * bar, 16, 36 + root) for bar, root in each))
    keys = notes(*((16 * bar, 16, 48 + root + tone) for bar, root in each for tone in (0, 4, 7)))
    strings = notes(*((16 * bar, 16, 73 + root) for bar, root in each))
    provenance = np.full((bars, 5), REAL, np.uint8)
    provenance[:, STRINGS] = ARRANGED
    voices = (melody, kit, bass, keys, strings)
    return Song(f"toy/{number}", "pop", split, voices, np.zeros(4 * bars, np.uint8), provenance)


@pytest.mark.parametrize(
    ("target", "value", "real", "verdict"),
    [
        (Target(least=0.62, wanted=0.675), 0.61, nan, MISSED),
        (Target(least=0.62, wanted=0.675), 0.62, nan, MET),
        (Target(least=0.62, wanted=0.675), 0.675, nan, WANTED),
        (Target(most=0.7, wanted=0.6), 0.65, nan, MET),
        (Target(most=0.7, wanted=0.6), 0.6, nan, WANTED),
        (Target(most=0.7, wanted=0.6), 0.71, nan, MISSED),
        (Target(within=0.1), 0.9, 1.0, MET),
        (Target(within=0.1), 1.11, 1.0, MISSED),
        (Target(within=0.1), 0.009, 0.0, MET),
        (Target(within=0.1), 0.5, nan, ""),
        (Target(as_real=True), 0.05, 0.05, MET),
        (Target(as_real=True), 0.06, 0.05, MISSED),
        (Target(most=0.05), nan, nan, MISSED),
    ],
)
def test_a_target_is_met_or_missed(target: Target, value: float, real: float, verdict: str) -> None:
    assert target.verdict(value, real) == verdict


def test_a_target_tells_its_bounds() -> None:
    assert Target(least=0.62, wanted=0.675).told(nan) == "≥ 0.62 (0.675)"
    assert Target(most=0.05).told(nan) == "≤ 0.05"
    assert Target(least=0.0).told(nan) == "≥ 0"
    assert Target(within=0.1).told(10.0) == "9 to 11"
    assert Target(within=0.1).told(nan) == ""
    assert Target(within=0.1).bounds(0.0) == (0.0, 0.01)


def test_what_is_asked_of_a_genre() -> None:
    asked = targets.of("jazz", PARTS, "keys")
    assert asked["in_harmony"] == Target(least=0.5, wanted=0.577)
    assert asked["sensitivity.in_harmony"].least == 0.12
    assert asked["keys.movement"].bounds(nan) == (-inf, 3.0)
    assert "drums.pitch_classes" not in asked
    assert "bass.one_step" not in asked
    assert "strings.one_step" in asked
    assert "in_harmony" not in targets.of("bossa", PARTS, "keys")


def test_a_song_is_judged_from_its_melodys_first_bar_to_its_last() -> None:
    given = song(1, bars=8)
    melody = notes((35, 4, 72), (70, 15, 74))
    cut = heldout.span(replace(given, notes=(melody, *given.notes[1:])))
    assert (cut.bars, len(cut.chords)) == (4, 16)
    assert cut.notes[0][:, :2].tolist() == [[3, 4], [38, 15]]
    assert cut.notes[BASS][:, 0].tolist() == [0, 16, 32, 48]


def test_what_a_rule_arranged_is_not_what_people_play() -> None:
    given = song(1, bars=4)
    given.provenance[:2, KEYS] = ARRANGED
    (bare,) = heldout.by_people([given], PARTS, "keys")
    assert heldout.arranged([given], PARTS) == ("strings",)
    assert [len(voice) for voice in bare.notes] == [16, 16, 4, 6, 0]
    given.provenance[:, BASS:] = ARRANGED
    (whole,) = heldout.by_people([given], PARTS, "keys")
    assert len(whole.notes[BASS]) == 4, "as it is, with no other chords to judge by"


def test_another_songs_parts_come_in_the_right_key_and_again() -> None:
    """The other song is in D and half as long; its drums stay drums."""
    scale = (0, 2, 4, 5, 7, 9, 11, 0)

    def in_key(up: int, bars: int, name: str) -> Song:
        melody = notes(*((8 * k, 8, 60 + up + scale[k % 8]) for k in range(2 * bars)))
        given = song(1, bars=bars)
        bass = notes(*((16 * bar, 16, 36 + up) for bar in range(bars)))
        return replace(given, name=name, notes=(melody, given.notes[DRUMS], bass, *[notes()] * 2))

    mine, _ = baselines.anothers([in_key(0, 8, "toy/1"), in_key(2, 4, "toy/2")], PARTS, 1)
    assert mine.name == "toy/1"
    assert mine.notes[BASS][:, :3].tolist() == [[16 * bar, 16, 36] for bar in range(8)]
    assert set(mine.notes[DRUMS][:, 2].tolist()) == {36}
    assert len(mine.notes[DRUMS]) == 32


@pytest.fixture(scope="module", autouse=True)
def hasty() -> Iterator[None]:
    """Who tells the played from the real learns no more than it must."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(eye, "EPOCHS", 1)
        patch.setattr(eye, "LEAST_UPDATES", 2)
        yield


@pytest.fixture(scope="module")
def card() -> Scorecard:
    """Two songs whose own parts are played again, and by a band that plays the other's."""
    songs = [song(1), song(2)]
    swapped = [
        replace(each, notes=(each.notes[0], *other.notes[1:]))
        for each, other in zip(songs, songs[::-1], strict=True)
    ]
    judge = Judge(songs, PARTS, [song(3, "train")])
    return scorecard("pop", judge, {"pop": songs, "swapped": swapped}, {"pop": {"late_decisions": 2.0}})


def test_a_card_sets_a_band_beside_the_real_parts(card: Scorecard) -> None:
    assert list(card.columns) == ["pop", "real", "real, late", "another's", "tonic held", "swapped"]
    mine, real, late, _, tonic, swapped = card.columns.values()
    assert mine["in_harmony"] == real["in_harmony"] == 1
    assert mine["in_harmony.over_baselines"] == 1 - max(late["in_harmony"], tonic["in_harmony"]) > 0
    assert mine["clash"] == pytest.approx(1 / 5)
    assert real["clash"] == 0, "people do not play the strings, a semitone beside the melody"
    assert mine["onsets_apart"] > 0
    assert mine["bass.notes"] == real["bass.notes"] == 1
    assert real["strings.notes"] == 1
    assert "strings.notes" not in late
    assert mine["nearest.pitched_closer"] == real["nearest.pitched_closer"]
    assert swapped["in_harmony"] < 1
    assert tonic["sensitivity.in_time"] == pytest.approx(0)
    assert late["silence.longest"] == 2
    assert card.arranged == ("strings",)


def beating(name: str, *steps: int) -> Excerpt:
    """Two bars of a melody, and of a bass that strikes at these steps of each."""
    rows = [(16 * bar + step, 1, 36) for bar in (0, 1) for step in steps]
    every = np.ones(2, bool)
    return Excerpt(name, 2, notes((0, 32, 72)), {"bass": notes(*rows)}, {"bass": every})


@pytest.mark.filterwarnings("error")
def test_onsets_of_all_songs_together_may_agree_where_those_of_each_do_not() -> None:
    real = [beating("a", 0, 8), beating("b", 4, 12)]
    crossed = performance.of_songs(real[::-1], real, 1)
    assert (crossed["onsets_apart.by_song"], crossed["onsets_apart"]) == (1, 0)
    # Where one of two is silent, its song tells nothing of either.
    half = performance.of_songs([beating("a", 0), beating("b")], real, 1)
    assert (half["onsets_apart.by_song"], half["onsets_apart"]) == (0.5, 0.5)
    silent = performance.of_songs([beating("a"), beating("b")], real, 1)
    assert np.isnan([silent["onsets_apart.by_song"], silent["onsets_apart"]]).all()


def test_a_card_says_what_is_met_and_what_is_missed(card: Scorecard) -> None:
    assert card.verdict("in_harmony") == WANTED
    assert card.verdict("clash") == card.verdict("late_decisions") == MISSED
    assert card.told("keys.movement") == "≤ 3"
    assert card.verdict("consonant") == card.told("consonant") == ""
    assert "drums.pitch_classes" not in card.figures
    assert list(card.figures[:3]) == ["in_harmony", "in_harmony.undoubled", "in_harmony.over_baselines"]


def test_a_card_as_text_and_as_markdown(card: Scorecard) -> None:
    rows = {line.split("  ")[0]: line for line in cardtext.text(card).splitlines()}
    assert "MISSED" in rows["clash"]
    assert "0.200" in rows["clash"]
    page = cardtext.markdown([card, card], "bandmate train judge SONGS")
    assert page.startswith("# Figures\n")
    assert page.count("| figure | asked | pop | verdict | real | real, late |") == 2
    assert "| `late_decisions` | ≤ 0 | 2 | MISSED | – |" in page
    assert "Nobody plays strings in the real songs" in page


def judge(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.train, ["judge", *map(str, words)], catch_exceptions=False)


def test_the_command_judges_and_keeps_what_was_played(home: Path, tmp_path: Path) -> None:
    for number in range(4):
        save(song(number, "train" if number == 3 else "test"), tmp_path / "songs" / "pop")
    kept = ("--markdown", tmp_path / "figures.md", "--json", tmp_path / "f.json", "--out", tmp_path / "out")
    told = judge(tmp_path / "songs", "--limit", 2, *kept)
    assert told.exit_code == 0, told.output
    assert "2 songs that pop was not taught" in told.output
    figures = json.loads((tmp_path / "f.json").read_text())["pop"]
    assert figures["pop"]["late_decisions"] == 0
    assert 0 < figures["pop"]["in_harmony"] <= figures["real"]["in_harmony"] == 1
    assert figures["pop"]["inference.hop_ms"] > 0
    assert "bandmate train judge SONGS --split test --limit 2 " in (tmp_path / "figures.md").read_text()
    assert str(tmp_path) not in (tmp_path / "figures.md").read_text()
    names = [f"{kind}.mid" for song in (0, 1) for kind in (f"toy-{song}", f"toy-{song}.real")]
    assert sorted(path.name for path in (tmp_path / "out" / "cases" / "pop").iterdir()) == names
    real, mine = tmp_path / "out" / "cases" / "pop" / "toy-0.real.mid", tmp_path / "out" / "rendered" / "pop"
    struck = [track.name for track in mido.MidiFile(real).tracks if any(m.type == "note_on" for m in track)]
    assert struck == ["melody", "drums", "bass", "keys"]
    assert round(mido.MidiFile(mine / "toy-0.mid").length) == 32


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "has no folder 'pop' of prepared songs"),
        (("--preset", "jaz"), "has no folder 'jaz'"),
        (("--preset", "bossa"), "there is no preset 'bossa'"),
        (("--preset", "symphony"), "holds no songs of the split 'test' with melodies of 16 bars"),
    ],
)
def test_what_can_not_be_judged_is_told_in_a_sentence(
    home: Path, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    if words:
        (tmp_path / "bossa").mkdir()
        save(song(1, bars=8), tmp_path / "symphony")
    told = judge(tmp_path, *words)
    assert told.exit_code == 1
    assert sentence in told.output.replace("\n", " ")


@pytest.mark.parametrize(
    ("rival", "sentence"), [("pop", "can't stand beside itself"), ("symphony", "has other parts than")]
)
def test_who_can_not_stand_beside_a_preset(home: Path, tmp_path: Path, rival: str, sentence: str) -> None:
    save(song(1), tmp_path / "pop")
    told = judge(tmp_path, "--preset", "pop", "--against", rival)
    assert (told.exit_code, sentence in told.output) == (1, True)
