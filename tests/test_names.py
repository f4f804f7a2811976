"""How a typed name finds its port."""

from __future__ import annotations

import pytest

from bandmate.bridge.names import PortError, find

NAMES = ("Keystep 37:Keystep 37 MIDI 1 20:0", "IAC Driver Bus 1", "IAC Driver Bus 2", "bus")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("IAC Driver Bus 1", NAMES[1]),
        ("bus", "bus"),  # the same name wins over those that hold it
        ("keystep", NAMES[0]),
        ("BUS 2", NAMES[2]),
        ("  keystep ", NAMES[0]),
    ],
)
def test_the_same_name_else_the_only_one_that_holds_it(wanted: str, found: str) -> None:
    assert find(wanted, NAMES) == found


def test_an_ambiguous_part_lists_its_candidates_only() -> None:
    with pytest.raises(PortError) as refused:
        find("iac", NAMES)
    assert "'IAC Driver Bus 1', 'IAC Driver Bus 2'" in str(refused.value)
    assert "Keystep" not in str(refused.value)


@pytest.mark.parametrize("wanted", ["Launchpad", "", "  "])
def test_a_missing_name_lists_what_there_is(wanted: str) -> None:
    with pytest.raises(PortError) as refused:
        find(wanted, NAMES)
    assert all(repr(name) in str(refused.value) for name in NAMES)


def test_a_missing_name_among_none_says_to_connect_something() -> None:
    with pytest.raises(PortError, match="connect the device"):
        find("Launchpad", ())
