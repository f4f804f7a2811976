"""Names of ports seen in, what to open, to close and to say out; a look every half second."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.bridge.names import PortError, Ports
from bandmate.daemon.ports.patchbay import AGAIN, Close, Move, Open, Patchbay, Side, Tell


def own(name: str) -> bool:
    return name.startswith("bandmate")


def bay(listen: str | None = None, play: str | None = None, *, pauses: bool = False) -> Patchbay:
    return Patchbay(listen, play, own, pauses=pauses)


def looks(patchbay: Patchbay, *inputs: list[str]) -> list[list[str]]:
    """What is done at each look, for inputs of these names: '+name', '-name' or a sentence."""
    return [told(patchbay.look(Ports(tuple(names), ()))) for names in inputs]


def told(moves: list[Move]) -> list[str]:
    said = []
    for move in moves:
        match move:
            case Open(_, name, sentence):
                said += [f"+{name}", *([sentence] if sentence else [])]
            case Close(_, name):
                said.append(f"-{name}")
            case Tell(sentence):
                said.append(sentence)
    return said


def test_a_keyboard_is_taken_up_lost_and_taken_up_again() -> None:
    assert looks(bay("key"), ["Keys", "Pads"], ["Keys", "Pads"], ["Pads"], ["Pads"], ["Pads", "Keys"]) == [
        ["+Keys"],
        [],
        ["-Keys", "'Keys' is gone; the band plays on, and hears it again when it returns"],
        [],
        ["+Keys", "'Keys' is back"],
    ]


def test_one_that_is_not_there_yet_is_waited_for_and_that_is_said_once() -> None:
    assert looks(bay("Keys"), ["Pads"], [], ["Pads", "My Keys"]) == [
        ["there is no MIDI port 'Keys' yet: it is waited for (there are: 'Pads')"],
        [],
        ["+My Keys", "'My Keys' is there"],
    ]


def test_alsa_gives_it_another_number_each_time() -> None:
    assert looks(bay("Keys:Keys MIDI 1 24:0"), ["Keys:Keys MIDI 1 28:0"], ["Keys:Keys MIDI 1 20:0"]) == [
        ["+Keys:Keys MIDI 1 28:0"],
        [
            "-Keys:Keys MIDI 1 28:0",
            "'Keys:Keys MIDI 1 28:0' is gone; the band plays on, and hears it again when it returns",
            "+Keys:Keys MIDI 1 20:0",
            "'Keys:Keys MIDI 1 20:0' is back",
        ],
    ]


def test_a_name_that_fits_several_is_an_error_at_the_start_and_later_a_sentence() -> None:
    with pytest.raises(PortError, match="'Keys' fits 2 ports"):
        looks(bay("Keys"), ["Keys 1", "Keys 2"])
    assert looks(bay("Keys"), ["Keys 1"], ["Keys 2", "Keys 3"], ["Keys 2", "Keys 3"], ["Keys 3"])[1:] == [
        [
            "-Keys 1",
            "'Keys 1' is gone; the band plays on, and hears it again when it returns",
            "'Keys' fits 2 ports: it is waited for until one is left",
        ],
        [],
        ["+Keys 3", "'Keys 3' is back"],
    ]


def test_the_one_that_was_there_is_preferred_to_others_that_fit() -> None:
    assert looks(bay("Keys"), ["Keys 1"], [], ["Keys 2", "Keys 1"])[2] == ["+Keys 1", "'Keys 1' is back"]


def test_one_that_does_not_open_is_tried_at_every_look() -> None:
    patchbay = bay("Keys")
    for _ in range(3):
        (move,) = patchbay.look(Ports(("Keys",), ()))
        assert isinstance(move, Open)
        patchbay.refuse(move)
        assert not patchbay.complete


@pytest.mark.parametrize(
    ("pauses", "sentence"),
    [
        (False, "'Synth' is gone; the band plays on, and is heard again when it returns"),
        (True, "'Synth' is gone; the band pauses until it returns"),
    ],
)
def test_the_port_played_to_is_lost_too(pauses: bool, sentence: str) -> None:
    patchbay, there, gone = bay(play="Synth", pauses=pauses), Ports((), ("Synth",)), Ports(("Synth",), ())
    done = [(told(patchbay.look(each)), patchbay.complete) for each in (there, gone, there)]
    assert done == [(["+Synth"], True), (["-Synth", sentence], False), (["+Synth", "'Synth' is back"], True)]


def test_a_port_that_is_listed_but_does_not_take_what_is_sent_is_opened_again() -> None:
    patchbay, there = bay(play="Synth"), Ports((), ("Synth",))
    patchbay.look(there)
    assert told(patchbay.look(there, failed=True))[0] == "-Synth"
    assert told(patchbay.look(there)) == ["+Synth", "'Synth' is back"]


def test_any_is_all_that_come_and_go() -> None:
    assert looks(bay("any"), ["Keys", "Pads"], ["Pads"], ["Pads", "Keys", "Wind"]) == [
        ["+Keys", "+Pads"],
        ["-Keys", "'Keys' is gone; it is heard again when it returns"],
        ["+Keys", "'Keys' is heard, too", "+Wind", "'Wind' is heard, too"],
    ]


def test_any_before_there_is_one() -> None:
    assert looks(bay("any"), [], [], ["Keys"]) == [
        ["no keyboard is there yet: every one that is plugged in will be heard"],
        [],
        ["+Keys", "'Keys' is heard, too"],
    ]


def test_any_hears_neither_us_nor_what_we_play_to_nor_alsas_loop() -> None:
    patchbay = bay("any", "Synth")
    inputs = ("bandmate:bandmate out", "Synth 20:0", "Midi Through:Midi Through Port-0 14:0", "Keys 24:0")
    moves = patchbay.look(Ports(inputs, ("Synth 20:0",)))
    assert told(moves) == ["+Synth 20:0", "+Keys 24:0"]
    assert [move.side for move in moves if isinstance(move, Open)] == [Side.OUT, Side.IN]


def test_any_tries_one_that_does_not_open_again_after_a_while_or_when_it_was_gone() -> None:
    patchbay, there = bay("any"), Ports(("Keys",), ())
    (move,) = patchbay.look(there)
    assert isinstance(move, Open)
    patchbay.refuse(move)
    assert [len(patchbay.look(there)) for _ in range(AGAIN)] == [0] * (AGAIN - 1) + [1]
    patchbay.refuse(move)
    assert not patchbay.look(Ports((), ()))
    assert told(patchbay.look(there)) == ["+Keys", "'Keys' is heard, too"]


@given(st.lists(st.sets(st.sampled_from(["Keys", "Pads", "Wind", "My Keys"])), max_size=12))
def test_after_every_look_what_is_open_is_what_is_there(listings: list[set[str]]) -> None:
    everyone, named = bay("any"), bay("pads")
    opened: dict[Patchbay, set[str]] = {everyone: set(), named: set()}
    for listing in listings:
        for patchbay, names in opened.items():
            for move in patchbay.look(Ports(tuple(sorted(listing)), ())):
                if isinstance(move, Open):
                    assert move.name not in names
                    names.add(move.name)
                elif isinstance(move, Close):
                    names.remove(move.name)
        assert opened == {everyone: listing, named: listing & {"Pads"}}
        assert named.complete == ("Pads" in listing)


def test_virtual_ports_need_no_looking_after() -> None:
    patchbay = bay()
    assert patchbay.look(Ports(("Keys",), ("Synth",))) == patchbay.look(Ports((), ())) == []
    assert patchbay.complete
