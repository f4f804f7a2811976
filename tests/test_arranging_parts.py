"""What the arranger plays from a lead sheet: voicings, bass lines, chords and lines under the melody."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bandmate.models.harmony import NONE, TONES
from bandmate.training import lines
from bandmate.training.arranging import chart, patterns, voicing
from bandmate.training.arranging.bassline import bassline
from bandmate.training.arranging.comping import comping
from bandmate.training.arranging.countermelody import countermelody
from bandmate.training.arranging.lead import Lead
from bandmate.training.arranging.patterns import STYLES, Style
from bandmate.training.arranging.sonority import triad

C, F, G, AM, DM = 0, 5, 7, 21, 14
SILENCE = lines.as_notes([])
CHORDS = st.lists(st.integers(0, NONE), min_size=4, max_size=40).map(lambda row: row[: len(row) // 4 * 4])
NAMES = st.sampled_from(sorted(STYLES))


def lead(row: list[int], melody: np.ndarray = SILENCE, name: str = "song", tempo: float = 100.0) -> Lead:
    """A lead sheet with a chord for each beat."""
    return Lead(name, tempo, melody, np.array(row, np.uint8))


def bars(*row: int) -> list[int]:
    """A chord for each bar."""
    return [chord for chord in row for _ in range(4)]


def plain(bass: str = "R---", chords: str = "x---", **more: object) -> Style:
    """A style with one row for each part."""
    return Style((bass,), (chords,), (), (), **more)  # type: ignore[arg-type]


def three(notes: np.ndarray) -> list[tuple[int, int, int]]:
    return [(step, length, pitch) for step, length, pitch, _ in notes.tolist()]


def test_a_pop_bass_plays_roots_fifths_and_steps_into_the_next_root() -> None:
    style = plain("R--- --5- R--- --a-")
    assert three(bassline(lead(bars(C, F, G, C)), style)) == [
        (0, 6, 36), (6, 2, 43), (8, 6, 36), (14, 2, 40),
        (16, 6, 41), (22, 2, 48), (24, 6, 41), (30, 2, 45),
        (32, 6, 43), (38, 2, 50), (40, 6, 43), (46, 2, 38),
        (48, 16, 36),
    ]  # fmt: skip


def test_a_bass_walks_in_quarters_from_chord_tone_to_chord_tone() -> None:
    style = plain("R--- 3--- 5--- a---", stays=("5--- 3--- R--- a---",))
    walked = three(bassline(lead(bars(DM, DM, G, C)), style))
    assert [pitch for _, _, pitch in walked] == [38, 41, 45, 41, 45, 41, 38, 41, 43, 47, 50, 47, 48]
    assert [step for step, _, _ in walked] == [*range(0, 49, 4)]


def test_a_chord_that_changes_under_a_held_note_has_its_root_struck() -> None:
    row = [C, C, F, F, G, G, G, G]
    assert three(bassline(lead([*row, *bars(C)]), plain("R--- ---- ---- ----")))[:3] == [
        (0, 8, 36),
        (8, 8, 41),
        (16, 16, 43),
    ]


def test_a_bass_rests_where_there_is_no_chord() -> None:
    style = plain("R-R- R-R- R-R- R-R-")
    played = bassline(lead([C, NONE, NONE, C, *bars(NONE, C)]), style)
    assert sorted({step // 4 for step, _, _, _ in played.tolist()}) == [0, 3, 8]
    assert played[-1].tolist()[:2] == [32, 16]


@settings(max_examples=60, deadline=None)
@given(CHORDS, NAMES)
def test_a_bass_plays_the_chord_or_leads_to_the_next_by_a_step(row: list[int], name: str) -> None:
    notes = bassline(lead(row), STYLES[name])
    assert ((notes[:, 2] >= 28) & (notes[:, 2] <= 52)).all()
    for i, (step, length, pitch, velocity) in enumerate(notes.tolist()):
        chord = row[step // 4]
        assert chord != NONE
        assert 40 <= velocity <= 120
        later = row[step // 4 : (step + length - 1) // 4 + 1]
        assert set(later) == {chord}, "a note is held into another chord"
        if not TONES[chord][pitch % 12]:
            after = notes[i + 1 :][notes[i + 1 :, 0] == (step // 4 + 1) * 4].tolist()[0]
            assert 1 <= abs(after[2] - pitch) <= 2
            assert after[2] % 12 == row[after[0] // 4] % 12
    for one, other in pairwise(notes.tolist()):
        assert one[0] + one[1] <= other[0]
        assert abs(one[2] - other[2]) <= 12
    for beat, (before, chord) in enumerate(pairwise([NONE, *row])):
        if chord not in (NONE, before):
            assert [p % 12 for s, _, p, _ in notes.tolist() if s == 4 * beat] == [chord % 12]


def test_chords_move_as_little_as_they_can() -> None:
    style = plain(chords="x--- ---- x--- ----")
    played = three(comping(lead(bars(C, F, G, C)), style, low=55, high=76))
    rows = [sorted(p for s, _, p in played if s == 16 * bar) for bar in range(4)]
    assert rows == [[60, 64, 67], [60, 65, 69], [59, 62, 67], [60, 64, 67]]
    assert {length for _, length, _ in played} == {8, 16}


def test_four_voices_double_the_root_rather_than_the_third() -> None:
    for chord in (C, AM):
        found = voicing.nearest(triad(chord), None, 48, 74, voices=4)
        assert sorted(p % 12 for p in found).count((chord + (4 if chord == C else 3)) % 12) == 1


def test_a_held_chord_is_led_on_where_the_harmony_changes_and_a_short_one_is_not() -> None:
    row = [C, C, F, F, *bars(C)]
    held = three(comping(lead(row), plain(chords="x--- ---- ---- ----")))
    short = three(comping(lead(row), plain(chords="x-.. .... .... ....")))
    assert sorted({(step, length) for step, length, _ in held})[:2] == [(0, 8), (8, 8)]
    assert sorted({(step, length) for step, length, _ in short})[:1] == [(0, 2)]
    assert {step for step, _, _ in short} == {0, 16}


def test_single_voices_ring_until_the_chord_changes() -> None:
    style = plain(chords="1-2- 3-2- 1-2- 3-2-", ring=True)
    played = three(comping(lead([C, C, F, F, *bars(C)]), style, low=55, high=76))
    assert played[:4] == [(0, 8, 60), (2, 4, 64), (4, 4, 67), (6, 2, 64)]
    assert played[4] == (8, 8, 60)


def test_chords_stay_under_a_low_melody_and_rise_where_it_is_high() -> None:
    def top(pitch: int) -> int:
        melody = lines.as_notes([(4 * beat, 4, pitch, 80) for beat in range(16)])
        return int(comping(lead(bars(C, F, G, C), melody), STYLES["pop"])[:, 2].max())

    assert top(67) <= 65
    assert top(79) > 67


@settings(max_examples=60, deadline=None)
@given(CHORDS, NAMES)
def test_chords_and_lines_are_of_the_plan_and_within_their_range(row: list[int], name: str) -> None:
    notes = comping(lead(row), STYLES[name])
    weight = lines.pitch_classes([notes], len(row))
    assert not weight[np.array(TONES[row] == 0)].any()
    assert ((notes[:, 2] >= 50) & (notes[:, 2] <= 74)).all()
    assert {v for v in notes[:, 3].tolist() if not 30 <= v <= 120} == set()


def test_a_second_voice_holds_while_the_melody_sings_and_moves_while_it_rests() -> None:
    melody = lines.as_notes([(4 * beat, 4, 79, 80) for beat in range(4)])
    played = three(countermelody(lead(bars(C, C), melody), 55, 76, "strings"))
    assert played[0] == (0, 16, 64)
    assert [step for step, _, _ in played[1:]][:2] == [16, 18] or [s for s, _, _ in played[1:]][:2] == [
        16,
        20,
    ]
    assert len(played) >= 5


@settings(max_examples=60, deadline=None)
@given(CHORDS, st.lists(st.tuples(st.integers(0, 100), st.integers(55, 84)), max_size=20))
@example([0, 0, 0, 0, 0, 0, 0, NONE], [])
@example([0, 0, 0, 0, 0, 1, 0, 0, 0, NONE, 0, 0], [])
def test_a_second_voice_leaves_the_chord_only_to_pass_by_step(
    row: list[int], sung: list[tuple[int, int]]
) -> None:
    melody = lines.as_notes([(step, 3, pitch, 80) for step, pitch in sung])
    notes = countermelody(lead(row, melody), 55, 77, "violins").tolist()
    for i, (step, length, pitch, _) in enumerate(notes):
        assert set(row[step // 4 : (step + length - 1) // 4 + 1]) != {NONE}
        if not TONES[row[step // 4]][pitch % 12]:
            before, after = notes[i - 1], notes[i + 1]
            assert before[0] + before[1] == step
            assert step + length == after[0]
            assert {abs(before[2] - pitch), abs(after[2] - pitch)} <= {1, 2}
            assert (before[2] - pitch) * (after[2] - pitch) < 0


def test_a_busy_melody_calms_the_band_and_a_rest_stirs_it() -> None:
    busy = lines.as_notes([(2 * k, 2, 72, 80) for k in range(8)])
    sparse = lines.as_notes([(0, 12, 72, 80)])
    row = bars(C)
    assert [chart.stir(lead(row, melody), 0) for melody in (busy, sparse, SILENCE)] == [-1, 0, 1]
    rows = ("R--- ---- ---- ----", "R--- R--- R--- R---")
    for melody, onsets in ((busy, 1), (SILENCE, 4)):
        sheet = lead(bars(*[C] * 8), lines.joined([lines.moved(melody, 16 * k) for k in range(8)]))
        drawn = {chart.chart(sheet, rows, (), rows[0], part)[3] for part in "abcdefgh"}
        assert onsets in {len(patterns.strokes(cells)) for cells in drawn}
        assert (melody is not busy) or {len(patterns.strokes(cells)) for cells in drawn} == {1}


def test_what_is_too_fast_for_the_tempo_is_left_out() -> None:
    fast = "R-R- R-R- R-R- R-R-"
    assert chart.rate(fast, 120) == pytest.approx(4.0)
    rows = ("R--- ---- R--- ----", fast)
    hurried = chart.chart(lead(bars(*[C] * 16), tempo=220), rows, (), rows[0], "bass")
    assert fast.replace(" ", "") not in hurried


def test_the_last_bar_is_held_and_turns_come_only_at_the_end_of_a_phrase() -> None:
    turn = "R-3- 5-3- R-3- 5-3-"
    cells = chart.chart(lead(bars(*[C] * 63, NONE)), ("R---" * 4,), (turn,), patterns.ONE, "bass")
    where = {bar % 8 for bar, row in enumerate(cells) if row == turn.replace(" ", "")}
    assert where == {7}
    assert cells[62] == patterns.ONE.replace(" ", "")


@pytest.mark.parametrize(
    ("said", "found"),
    [("Bossa Nova", "bossa"), ("jazz/swing", "jazz"), ("my-metal", "rock"), ("singer-songwriter", "ballad"),
     ("symphony", "symphony"), ("hiphop", "funk"), ("polka", "country"),
     ("nothing known", "pop"), ("", "pop")],
)  # fmt: skip
def test_a_style_is_found_by_the_words_of_its_name(said: str, found: str) -> None:
    assert patterns.named(said) == found


def test_every_row_of_the_table_can_be_played() -> None:
    for style in STYLES.values():
        for row in (*style.bass, *style.turn_bass, *style.stays):
            assert [len(bar) for bar in patterns.bars(row)] == [16]
            assert set("".join(patterns.bars(row))) <= set("R358a-.")
        for row in (*style.chords, *style.turn_chords):
            assert {len(bar) for bar in patterns.bars(row)} == {16}
            assert set("".join(patterns.bars(row))) <= {*"xXou-.", *"1234"[: style.voices]}
        sizes = [len(patterns.strokes(patterns.bars(row)[0])) for row in style.bass]
        assert sizes[0] == min(sizes)
        assert set(style.colour) <= {"pad", "guides", "line", "rest"}


def test_a_row_is_read_as_strikes_holds_and_rests() -> None:
    assert patterns.strokes("R---..5-.-..a---") == [(0, 4, "R"), (6, 2, "5"), (12, 4, "a")]


def test_the_key_of_a_lead_sheet_is_the_scale_that_holds_its_chords() -> None:
    assert lead(bars(C, F, G, AM)).scale == {0, 2, 4, 5, 7, 9, 11}
    assert lead(bars(AM, DM, 16, AM)).scale == {0, 2, 4, 5, 7, 9, 11}
