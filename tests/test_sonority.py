"""What a pianist makes of chord symbols: four tones, and which two tell the chord."""

import numpy as np
import pytest

from bandmate.training import lines
from bandmate.training.arranging import voicing
from bandmate.training.arranging.lead import Lead
from bandmate.training.arranging.pad import held
from bandmate.training.arranging.sonority import guides, sonority, triad

NAMES = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
C_MAJOR = frozenset({0, 2, 4, 5, 7, 9, 11})
A_MINOR = 21


def spelled(tones: tuple[int, ...]) -> str:
    return " ".join(NAMES[tone] for tone in tones)


@pytest.mark.parametrize(
    ("label", "tones"),
    [
        ("N", ""),
        ("C", "E G C"),
        ("A:min", "C E A"),
        ("C:maj7", "E G B D"),
        ("D:min7", "F A C E"),
        ("E:min7", "G B D E"),
        ("G:7", "B D F A"),
        ("E:7", "Ab B D F"),
        ("G:7(b9)", "B D F Ab"),
        ("G:7(9,13)", "B E F A"),
        ("G:13", "B E F A"),
        ("G:9", "B D F A"),
        ("G:7(#9,b13)", "B Eb F Bb"),
        ("C:maj6", "E G A D"),
        ("F:maj7(9,#11)", "A B E G"),
        ("D:min7(9,11)", "F G C E"),
        ("B:hdim7", "D F A B"),
        ("B:dim7", "D F Ab B"),
        ("G:sus4(b7,9)", "C D F A"),
        ("G:aug(b7)", "B Eb F A"),
        ("C:minmaj7", "Eb G B D"),
        ("C:aug", "E Ab C"),
        ("C:7/E", "E G Bb D"),
    ],
)
def test_a_label_sounds_as_four_tones(label: str, tones: str) -> None:
    assert spelled(sonority(label, C_MAJOR)) == tones


def test_without_a_scale_the_root_stands_for_the_ninth() -> None:
    assert spelled(sonority("C:maj7")) == "E G B C"


def test_third_and_seventh_tell_the_chord() -> None:
    assert spelled(guides(sonority("G:7(13)"))) == "B F"
    assert spelled(guides(triad(A_MINOR))) == "C E"
    assert guides(()) == ()


def lead(*pitches: int) -> Lead:
    """Two bars of Cmaj7 under notes of a bar each."""
    melody = lines.as_notes([(16 * bar, 16, pitch, 80) for bar, pitch in enumerate(pitches)])
    return Lead("song", 120.0, melody, np.zeros(8, np.uint8), ("C:maj7",) * 8)


def test_the_root_takes_the_place_of_the_ninth_under_a_melody_that_dwells_on_it() -> None:
    assert spelled(lead(79, 74).tones(0)) == "E G B D"
    assert spelled(lead(72, 72).tones(0)) == "E G B C"


def test_a_chord_begins_where_only_its_seventh_changes() -> None:
    labels = ("C:maj7",) * 2 + ("C:7",) * 2
    sheet = Lead("song", 120.0, lines.as_notes([]), np.zeros(4, np.uint8), labels)
    assert [sheet.changes(beat) for beat in range(4)] == [True, False, True, False]
    assert sheet.until(0, 0) == 8


def test_a_seventh_chord_has_every_tone_once_and_no_semitone_at_its_ends() -> None:
    chain = [sonority(label, C_MAJOR) for label in ("D:min7", "G:7", "C:maj7", "E:min7", "A:7")]
    last = None
    for tones in chain:
        found = voicing.nearest(tones, last, 48, 72, voices=4)
        assert sorted(p % 12 for p in found) == sorted(tones)
        assert found[1] - found[0] > 1
        assert found[3] - found[2] > 1
        if last:
            assert sum(abs(a - b) for a, b in zip(found, last, strict=True)) <= 12
        last = found


def test_guide_tones_are_led_by_step_and_struck_again_with_every_bar() -> None:
    """Dm7 G7, a bar each, then Cmaj7 for two: F stays, C falls to B; then B stays, F falls to E."""
    chords = [guides(sonority(label)) for label in ("D:min7", "G:7", "C:maj7", "C:maj7") for _ in range(4)]
    notes = held(chords, 56, 78, longest=16)
    struck = sorted((step, length, NAMES[pitch % 12]) for step, length, pitch, _ in notes.tolist())
    told = (("C", "F"), ("B", "F"), ("B", "E"), ("B", "E"))
    assert struck == [(16 * bar, 16, tone) for bar in range(4) for tone in told[bar]]
