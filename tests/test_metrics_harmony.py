"""Figures of fit: melody to accompaniment, part to part, key; each worked out by hand."""

from math import isnan, sqrt

import numpy as np
import pytest

from bandmate.models.keys import best_scale, in_scale
from bandmate.training import lines
from bandmate.training.judging import harmony_metrics, keys, sensitivity
from bandmate.training.judging.excerpt import excerpt
from bandmate.training.judging.harmony_metrics import consonance, melody_in_harmony, tonal_distance
from bandmate.training.songs import Notes, Song

C, G, AM = 0, 7, 12 + 9
PARTS = ("drums", "bass", "keys", "strings")
C_MAJOR = (60, 62, 64, 65, 67, 69, 71, 60, 67)


def notes(*rows: tuple[int, int, int]) -> Notes:
    """Notes (step, length, pitch)."""
    return np.array([(*row, 80) for row in rows], np.int16).reshape(-1, 4)


def quarters(*pitches: int) -> Notes:
    """Pitches one after the other, a beat each."""
    return notes(*((4 * k, 4, pitch) for k, pitch in enumerate(pitches)))


def song(melody: Notes, *parts: Notes, name: str = "toy/1") -> Song:
    """A song of one bar and a real bass, keys and strings; the drums strike C sharp."""
    voices = (melody, notes((0, 16, 49)), *parts, *[notes()] * (3 - len(parts)))
    return Song(name, "pop", "test", voices, np.zeros(4, np.uint8), np.zeros((1, 5), np.uint8))


@pytest.mark.parametrize(
    ("melody", "voices", "share"),
    [
        ([(0, 4, 72)], [[(0, 1, 48)]], 1.0),  # the same pitch class, anywhere in the beat
        ([(0, 4, 72)], [[(3, 1, 48)]], 1.0),
        ([(0, 4, 72)], [[(4, 4, 48)]], 0.0),
        ([(0, 4, 72)], [[(0, 4, 49)]], 0.0),
        ([(0, 8, 72)], [[(0, 4, 60)]], 0.5),
        ([(0, 3, 72), (3, 1, 74)], [[(0, 4, 60)]], 0.75),
        ([(0, 4, 72), (8, 4, 76)], [[(0, 4, 60)], [(8, 4, 64)]], 1.0),
        ([(0, 4, 72)], [], 0.0),
    ],
)
def test_melody_in_harmony(
    melody: list[tuple[int, int, int]], voices: list[list[tuple[int, int, int]]], share: float
) -> None:
    assert melody_in_harmony(notes(*melody), [notes(*voice) for voice in voices]) == share


def test_without_a_melody_nothing_is_in_harmony_or_out_of_it() -> None:
    assert isnan(melody_in_harmony(notes(), [notes((0, 4, 60))]))


@pytest.mark.parametrize(
    ("below", "kind"),
    [
        (0, "consonant"),
        (1, "dissonant"),
        (2, "dissonant"),
        (3, "consonant"),
        (4, "consonant"),
        (5, "dissonant"),
        (6, "dissonant"),
        (7, "consonant"),
        (8, "consonant"),
        (9, "consonant"),
        (10, "dissonant"),
        (11, "dissonant"),
    ],
)
def test_an_interval_under_the_melody_is_consonant_or_not(below: int, kind: str) -> None:
    tune = np.full(4, 72, np.int16)
    found = consonance(tune, lines.chroma([notes((0, 4, 60 - below))], 4))
    assert found._asdict() == {"consonant": 0.0, "dissonant": 0.0, "unsupported": 0.0} | {kind: 1.0}


def test_consonance_goes_step_by_step_and_one_consonant_note_is_enough() -> None:
    tune = np.array([72] * 6 + [-1] * 2, np.int16)
    chroma = lines.chroma([notes((0, 2, 50), (2, 1, 48), (3, 2, 50), (4, 2, 45))], 8)
    # D, D, C, D, D with A, A under six steps of C, and two steps without melody
    assert consonance(tune, chroma) == pytest.approx((3 / 6, 3 / 6, 0))
    assert consonance(tune, lines.chroma([notes((0, 3, 48))], 8)) == pytest.approx((0.5, 0, 0.5))


def test_tonal_distance_of_a_fifth() -> None:
    low, high = lines.chroma([notes((0, 8, 48))], 8), lines.chroma([notes((0, 4, 55))], 8)
    # 30 degrees on the circle of fifths, 90 on that of minor thirds, 120 on the small one of major thirds
    assert tonal_distance(low, high) == pytest.approx(sqrt((2 - sqrt(3)) + 2 + 0.75))
    assert tonal_distance(low, low) == 0
    assert isnan(tonal_distance(low, np.zeros((8, 12))))


def test_octaves_and_loudness_do_not_matter_to_tonal_distance() -> None:
    one, other = (
        lines.chroma([notes((0, 4, 48), (0, 4, 52))], 4),
        lines.chroma([notes((0, 2, 88), (0, 2, 84))], 4),
    )
    assert tonal_distance(one, other) == pytest.approx(0)


def test_the_scale_that_holds_most_is_the_key() -> None:
    weight = keys.weight_of(quarters(*C_MAJOR, 66))
    assert best_scale(weight) == C
    assert in_scale(weight, C) == pytest.approx(9 / 10)
    assert in_scale(weight, G) == pytest.approx(9 / 10)  # F sharp is in, F out: the tonic decides
    assert best_scale(np.zeros(12)) is None
    assert isnan(in_scale(weight, None))


def test_black_keys_are_not_in_c_major() -> None:
    assert in_scale(keys.weight_of(quarters(61, 63, 66, 68, 70)), C) == 0


def test_a_melody_is_shifted_the_shorter_way_into_a_key() -> None:
    scale = quarters(*C_MAJOR)
    for up in range(-5, 7):
        other = scale.copy()
        other[:, 2] -= up
        assert keys.shift_between(scale, other) == up
    assert keys.shift_between(scale, notes()) == 0


@pytest.mark.parametrize(
    ("pitches", "chord"),
    [
        (C_MAJOR, C),
        ((67, 69, 71, 72, 74, 76, 78, 67, 74), G),
        ((69, 71, 72, 74, 76, 77, 68, 69, 72, 76), AM),
    ],
)
def test_the_tonic_is_that_of_the_key(pitches: tuple[int, ...], chord: int) -> None:
    assert keys.tonic(quarters(*pitches)) == chord


def test_a_triad_is_held_on_every_bar() -> None:
    held = keys.held(AM, 2)
    assert held[:, :3].tolist() == [[bar, 16, pitch] for bar in (0, 16) for pitch in (48, 52, 57)]


def test_all_figures_of_a_bar() -> None:
    """C D E F over a bass on C, then G, and a third on E that doubles the melody; drums say nothing."""
    given = song(quarters(72, 74, 76, 77), notes((0, 8, 48), (8, 8, 43)), notes((8, 4, 64)))
    found = harmony_metrics.of_song(excerpt(given, PARTS))
    assert found["in_harmony"] == 0.5
    assert [found[kind] for kind in ("consonant", "dissonant", "unsupported")] == [0.5, 0.5, 0]
    assert found["doubled"] == 0.5  # C and E are struck with the melody
    assert found["in_scale"] == found["in_melody_scale"] == 1
    assert found["distance.bass-keys"] > 0
    assert isnan(found["distance.bass-strings"])
    assert not [name for name in found if "drums" in name]


def test_a_parrot_doubles_the_melody() -> None:
    melody = quarters(72, 73, 77, 70)
    found = harmony_metrics.of_song(excerpt(song(melody, melody), PARTS))
    assert (found["in_harmony"], found["consonant"], found["doubled"]) == (1, 1, 1)


def test_sensitivity_is_the_drop_with_another_melody() -> None:
    """C over C, and D over D: the other melody never fits, but in the same key it always does."""
    first = song(notes((0, 16, 72)), notes((0, 16, 48)))
    second = song(notes((0, 16, 74)), notes((0, 16, 50)), name="toy/2")
    rows = sensitivity.of_songs([excerpt(given, PARTS) for given in (first, second)], 1)
    for row in rows:
        assert row == {
            "sensitivity.in_harmony": 1,
            "sensitivity.consonant": 1,
            "sensitivity.in_harmony_same_key": 0,
            "sensitivity.consonant_same_key": 0,
        }


def test_sensitivity_within_the_key_asks_for_the_notes_themselves() -> None:
    """The same scale up and down, each over its own first and last notes."""
    rising, falling = quarters(60, 62, 64, 65), quarters(65, 64, 62, 60)
    songs = [song(rising, rising), song(falling, falling, name="toy/2")]
    rows = sensitivity.of_songs([excerpt(given, PARTS) for given in songs], 1)
    assert [row["sensitivity.in_harmony_same_key"] for row in rows] == [1, 1]


def test_another_melody_begins_where_the_songs_own_does() -> None:
    late = song(notes((16, 16, 72)), notes((16, 16, 48)))
    early = song(notes((0, 16, 72)), notes((0, 16, 48)), name="toy/2")
    rows = sensitivity.of_songs([excerpt(given, PARTS) for given in (late, early)], 1)
    assert [row["sensitivity.in_harmony"] for row in rows] == [0, 0]


def test_pairings_are_derangements() -> None:
    partners = sensitivity.partners_of(12, 3)
    assert all(len(set(row)) == 8 and song not in row for song, row in enumerate(partners))
    assert all(sorted(row[k] for row in partners) == list(range(12)) for k in range(8))
    assert partners == sensitivity.partners_of(12, 3) != sensitivity.partners_of(12, 4)
    assert sensitivity.partners_of(1, 3) == [[]]


@pytest.mark.parametrize(
    ("tune", "voice", "share"),
    [
        (quarters(72), [(0, 4, 49)], 1),  # C sharp against C
        (quarters(72), [(0, 4, 48), (0, 4, 59)], 0.5),  # B beside a C that the melody has too
        (quarters(72), [(0, 3, 50), (3, 1, 49)], 0.25),  # by time
        (quarters(72, 73), [(0, 8, 48)], 0.5),  # a C that the melody has, then one a semitone below it
        (notes((0, 2, 72), (2, 2, 73)), [(0, 4, 48)], 0),  # both are the melody's own in this beat
        (quarters(72, 74), [(0, 4, 49)], 1),  # a beat without accompaniment does not count
    ],
)
def test_clashes_by_the_beat(tune: Notes, voice: list[tuple[int, int, int]], share: float) -> None:
    pitch, _ = lines.line(tune, 16)
    assert harmony_metrics.clash(pitch, lines.chroma([notes(*voice)], 16)) == share


def test_without_accompaniment_nothing_clashes() -> None:
    pitch, _ = lines.line(quarters(72), 16)
    assert isnan(harmony_metrics.clash(pitch, lines.chroma([], 16)))


def test_what_fits_without_doubling() -> None:
    """The keys double C and E, the bass holds a G below: without the doublings only G is in harmony."""
    given = excerpt(
        song(quarters(72, 76, 79), notes((0, 16, 43)), notes((0, 4, 60), (4, 4, 64), (9, 2, 60))), PARTS
    )
    assert harmony_metrics.of_song(given)["in_harmony"] == 1
    alone = harmony_metrics.undoubled(given)
    assert harmony_metrics.in_harmony(alone.tune, alone.together) == pytest.approx(1 / 3)
    assert alone.voices["keys"][:, 0].tolist() == [9]
    assert len(alone.voices["drums"]) == 1


def in_time(*roots: int, band: tuple[int, ...]) -> float:
    """Sensitivity in time of bars on these roots over a band on its own."""
    melody = notes(*((16 * k, 16, 60 + root) for k, root in enumerate(roots)))
    steps = 16 * len(roots)
    below = notes(*((16 * k, 16, 48 + root) for k, root in enumerate(band)))
    return sensitivity.in_time(lines.line(melody, steps)[0], lines.chroma([below], steps))


def test_what_is_the_same_in_every_bar_goes_with_none() -> None:
    assert in_time(0, 2, 0, 4, band=(0, 0, 0, 0)) == 0


def test_what_goes_with_its_own_bar_only_is_sensitive_in_time() -> None:
    assert in_time(0, 2, 4, 5, band=(0, 2, 4, 5)) == 1
    assert in_time(0, 2, 0, 5, band=(0, 2, 0, 5)) == pytest.approx(1 - 0)  # by three bars: 2 0 5 0
    assert in_time(0, 0, 0, 5, band=(0, 0, 0, 5)) == 0.5  # by three bars: 0 0 5 0
    assert isnan(in_time(0, 2, band=(0, 2)))  # nothing to turn by
