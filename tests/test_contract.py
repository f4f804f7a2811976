"""The card of a model file: it round-trips, and each thing wrong with it has its sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.models import contract
from bandmate.models.company import Company
from bandmate.models.contract import Card, ModelError
from bandmate.models.drawn import Drawn, Drum
from bandmate.models.harmony import Reluctance

PARTS = ("drums", "bass", "keys", "strings")
CUTS = st.tuples(*[st.floats(0, 1)] * 4)
PLACES = st.tuples(*[st.tuples(*[st.floats(-9, 9)] * 16)] * 4)
WARMTHS = st.tuples(*[st.floats(0.1, 9)] * 4)
WORDS = st.text(max_size=8)
DRUMS = st.builds(
    Drum,
    st.integers(0, 127),
    st.floats(0, 1),
    st.floats(0, 9),
    st.floats(-9, 9).map(lambda lean: (lean, *[0.0] * 15)),
    st.just(()),
    st.floats(-9, 9),
)
KITS = st.lists(DRUMS, max_size=9).map(tuple)
SPREADS = st.floats(0, 9).map(lambda wide: ((wide,) * 5,) * 4)
COMPANY = st.builds(
    Company,
    st.just((0.5,) * 13),
    st.just((-1.0,) * 13),
    st.floats(-9, 9),
    st.floats(-9, 9),
    st.floats(0, 1),
    st.just((0.5, -0.5, 1.0)),
    st.floats(0, 1),
    st.floats(0, 1),
).map(lambda each: (each,) * 4)
HEIGHTS = st.floats(-3, 3).map(lambda high: (high,) * 4)


@given(
    st.builds(
        Card,
        kind=st.just("generator"),
        genre=WORDS,
        parts=st.tuples(*[WORDS] * 4),
        gate=CUTS,
        pitch=CUTS,
        hold=CUTS,
        drawn=st.none()
        | st.builds(
            Drawn,
            gate=CUTS,
            second=CUTS,
            hold=CUTS,
            rests=CUTS,
            kit=KITS,
            places=PLACES,
            warmth=WARMTHS,
            join=CUTS,
            spread=SPREADS,
            height=HEIGHTS,
            colour=WARMTHS,
            company=COMPANY,
            steady=st.tuples(*[st.floats(-9, 9)] * 4),
        ),
        trained_on=st.lists(WORDS, max_size=3).map(tuple),
        metrics=st.dictionaries(WORDS, st.floats(-1e6, 1e6), max_size=3),
    )
)
def test_a_card_round_trips(card: Card) -> None:
    assert contract.parse(contract.dump(card), "pop.onnx") == card


def test_an_ears_card_needs_no_parts() -> None:
    assert contract.parse('{"kind": "ear"}', "pop-ear.onnx") == Card("ear")


def test_an_ear_states_what_changing_the_chord_costs_and_else_it_costs_the_usual() -> None:
    card = Card("ear", reluctance=Reluctance(first=-0.2, weak=0.1))
    assert contract.parse(contract.dump(card), "pop-ear.onnx") == card
    assert contract.parse('{"kind": "ear"}', "pop-ear.onnx").reluctance == Reluctance()


@pytest.mark.parametrize(
    ("prices", "sentence"),
    [
        ({"first": "low"}, "pop-ear.onnx must give the prices of changing the chord as numbers"),
        ({"weak": float("nan")}, "pop-ear.onnx must give the prices of changing the chord as numbers"),
        ({"colour": 1}, "pop-ear.onnx has metadata that can't be read"),
        ([1, 2], "pop-ear.onnx has metadata that can't be read"),
    ],
)
def test_prices_that_can_not_be_used_are_told(prices: Any, sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence):
        contract.parse(json.dumps({"kind": "ear", "reluctance": prices}), "pop-ear.onnx")


def test_an_ear_says_how_far_its_plan_follows_the_melody_and_else_as_far_as_the_chords() -> None:
    card = Card("ear", follow=2.5, lean=1.5)
    assert contract.parse(contract.dump(card), "jazz-ear.onnx") == card
    assert contract.parse('{"kind": "ear"}', "pop-ear.onnx").follow == 1


@pytest.mark.parametrize("follow", [-1, float("nan"), "far", None, [2]])
def test_how_far_a_plan_can_not_follow_is_told(follow: Any) -> None:
    for field in ("follow", "lean"):
        with pytest.raises(ModelError, match=r"must say how far plan and parts follow the melody"):
            contract.parse(json.dumps({"kind": "ear", field: follow}), "jazz-ear.onnx")


def test_what_a_later_bandmate_adds_is_left_out() -> None:
    assert contract.parse('{"kind": "ear", "colour": "blue"}', "pop-ear.onnx") == Card("ear")


def test_a_file_that_knows_of_no_rests_has_none_and_its_drums_are_not_drawn() -> None:
    drawn = contract.parse(said(drawn=[[0.5] * 4, [0.6] * 4, [0.7] * 4]), "pop.onnx").drawn
    assert drawn == Drawn((0.5,) * 4, (0.6,) * 4, (0.7,) * 4)
    assert (drawn.rests, drawn.kit) == ((0.0,) * 4, ())


def test_rows_that_a_later_bandmate_adds_are_left_out_too() -> None:
    rows = [*json.loads(json.dumps(Drawn((0.5,) * 4, (0.5,) * 4, (0.5,) * 4))), ["brand", "new"]]
    drawn = contract.parse(said(drawn=rows), "pop.onnx").drawn
    assert drawn == Drawn((0.5,) * 4, (0.5,) * 4, (0.5,) * 4)


def drawn_to(company: list[Any]) -> list[Any]:
    """Rows that are as they are usually, but the company that notes keep."""
    rows = json.loads(json.dumps(Drawn((0.5,) * 4, (0.5,) * 4, (0.5,) * 4)))
    return [*rows[: Drawn._fields.index("company")], company]


def test_what_a_later_bandmate_says_of_company_is_left_out_too() -> None:
    rows = drawn_to([[*json.loads(json.dumps(Company())), "new"]] * 4)
    drawn = contract.parse(said(drawn=rows), "pop.onnx").drawn
    assert drawn == Drawn((0.5,) * 4, (0.5,) * 4, (0.5,) * 4)


def said(**changes: Any) -> str:
    return json.dumps({"kind": "generator", "parts": PARTS} | changes)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "pop.onnx carries no 'bandmate' metadata; export it with bandmate's training"),
        ("{", "pop.onnx has metadata that can't be read"),
        ("[1]", "pop.onnx has metadata that can't be read"),
        ("7", "pop.onnx has metadata that can't be read"),
        ("{}", "pop.onnx has metadata that can't be read"),
        pytest.param("[" * 100_000, "pop.onnx has metadata that can't be read", id="nested too deep"),
        (said(format=2), "pop.onnx is of format 2 and this bandmate reads 1; update bandmate or export it"),
        (said(window=64), "pop.onnx has 64 steps of 1/4 beat; it must have 32 of 1/4"),
        (said(steps_per_beat=12), "pop.onnx has 32 steps of 1/12 beat; it must have 32 of 1/4"),
        (said(kind="organ"), "pop.onnx is a model of kind 'organ'; known are 'generator' and 'ear'"),
        (said(kind=["ear"]), "pop.onnx is a model of kind"),
        (said(parts=PARTS[:3]), "pop.onnx names 3 parts; a generator has 4"),
        (said(parts=[]), "pop.onnx names 0 parts; a generator has 4"),
        (said(parts="band"), "pop.onnx must name its 4 parts in a list of words"),
        (said(parts=None), "pop.onnx must name its 4 parts in a list of words"),
        (said(parts=[1, 2, 3, 4]), "pop.onnx must name its 4 parts in a list of words"),
        (said(gate=[0.5] * 3), "pop.onnx must give 4 gate cuts of 0 to 1, one for each part"),
        (said(pitch=0.5), "pop.onnx must give 4 pitch cuts of 0 to 1, one for each part"),
        (said(hold=["a", "b", "c", "d"]), "pop.onnx must give 4 hold cuts of 0 to 1, one for each part"),
        (said(hold=[0.5, 0.5, 0.5, 1.5]), "pop.onnx must give 4 hold cuts of 0 to 1, one for each part"),
        (said(gate=[0.5, 0.5, 0.5, float("nan")]), "pop.onnx must give 4 gate cuts of 0 to 1"),
        (said(drawn=[[0.5] * 4] * 3 + [[2] * 4]), "pop.onnx must give 4 drawn rests of 0 to 1, one for each"),
        (
            said(drawn=[[0.5] * 4] * 4 + [[[36, 2]]]),
            "pop.onnx must give every drum as a pitch of 0 to 127 and",
        ),
        (
            said(drawn=[[0.5] * 4] * 4 + [[[128, 0.5]]]),
            "pop.onnx must give every drum as a pitch of 0 to 127",
        ),
        (
            said(drawn=[[0.5] * 4] * 4 + [[[36, 0.5, 0, [0] * 16, [], float("inf")]]]),
            "pop.onnx must give every drum a number for how much it is due",
        ),
        (
            said(drawn=[*drawn_to([[[0] * 13, [0] * 13, 0, 0, 0]] * 4), [0, 0, 0]]),
            "pop.onnx must give each of 4 parts a number for its steadiness",
        ),
        (said(drawn=[[0.5] * 4] * 4 + [[36, 38]]), "pop.onnx has metadata that can't be read"),
        (
            said(drawn=drawn_to([[[0] * 13, [0] * 13, 0, 0, 2]] * 4)),
            "pop.onnx must give each of 4 parts 13 numbers for intervals",
        ),
        (
            said(drawn=drawn_to([[[0] * 12, [0] * 13, 0, 0, 0]] * 4)),
            "pop.onnx must give each of 4 parts 13 numbers for intervals",
        ),
        (said(drawn=drawn_to([[1, 2, 3]] * 4)), "pop.onnx has metadata that can't be read"),
        (said(drawn=[[0.5] * 4] * 8), "pop.onnx has metadata that can't be read"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(text: str | None, sentence: str) -> None:
    with pytest.raises(ModelError) as told:
        contract.parse(text, "pop.onnx")
    assert str(told.value).startswith(sentence)
    assert "\n" not in str(told.value)
