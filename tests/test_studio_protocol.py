"""What a page may ask: every message by its name, and one sentence for everything else."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.leading.controls import Ending, Fill, Freeze, Panic, SelectPreset, SetDensity, SetLevel
from bandmate.daemon.studio import protocol
from bandmate.daemon.studio.protocol import (
    Pedal,
    Ping,
    Press,
    Refusal,
    Release,
    Setup,
    Solo,
    Start,
    Tempo,
)
from bandmate.models.keys import Key

SETUP = {"mode": "live", "clock": "auto", "metre": "4/4", "key": None, "listen": None, "play": None}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"do": "press", "pitch": 60, "velocity": 90, "ago": 3.5}, Press(60, 90, 3.5)),
        ({"do": "release", "pitch": 60, "ago": 0}, Release(60, 0.0)),
        ({"do": "pedal", "on": True}, Pedal(True)),
        ({"do": "preset", "program": 128}, SelectPreset(128)),
        ({"do": "density", "value": 1}, SetDensity(1.0)),
        ({"do": "level", "part": 3, "value": 0.5}, SetLevel(3, 0.5)),
        ({"do": "solo", "part": 0, "on": False}, Solo(0, False)),
        ({"do": "freeze", "on": True}, Freeze(True)),
        ({"do": "fill"}, Fill()),
        ({"do": "ending"}, Ending()),
        ({"do": "panic"}, Panic()),
        ({"do": "start", "bars": 2}, Start(2)),
        ({"do": "tempo", "bpm": 96.5}, Tempo(96.5)),
        ({"do": "ping", "mark": 12}, Ping(12.0)),
        (
            {"do": "setup", **SETUP, "metre": "6/8", "key": "F# minor", "listen": "any"},
            Setup("live", "auto", Metre(6, 8), Key.parse("F# minor"), "any", None),
        ),
    ],
)
def test_a_message_is_what_it_says(asked: dict[str, Any], message: object) -> None:
    assert protocol.read(json.dumps(asked)) == message


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "is JSON"),
        ("[1]", "an object"),
        ("[" * 4000, "is JSON"),
        ('{"do":"press","pitch":60,"velocity":NaN,"ago":0}', "is JSON"),
        ('{"do":"dance"}', "nobody can do 'dance'"),
        ('{"do":["fill"]}', "nobody can do"),
        ('{"do":"fill","now":true}', "no fields, and nothing else"),
        ('{"do":"press","pitch":60,"velocity":90}', "pitch, velocity, ago"),
        ('{"do":"press","pitch":128,"velocity":90,"ago":0}', "from 0 to 127"),
        ('{"do":"press","pitch":60.0,"velocity":90,"ago":0}', "a whole number"),
        ('{"do":"press","pitch":true,"velocity":90,"ago":0}', "a whole number"),
        ('{"do":"press","pitch":60,"velocity":0,"ago":0}', "from 1 to 127"),
        ('{"do":"press","pitch":60,"velocity":90,"ago":1e9}', "from 0 to 250"),
        ('{"do":"density","value":1e999}', "a number"),
        ('{"do":"density","value":"1"}', "a number"),
        ('{"do":"mute","part":0,"on":1}', "true or false"),
        ('{"do":"tempo","bpm":' + "9" * 400 + "}", "from 20 to 300"),
        (json.dumps({"do": "setup", **SETUP, "mode": "offline"}), "one of live, respond"),
        (json.dumps({"do": "setup", **SETUP, "metre": "0/4"}), "metre"),
        (json.dumps({"do": "setup", **SETUP, "metre": "99/16"}), "16 at most"),
        (json.dumps({"do": "setup", **SETUP, "listen": "a\nb"}), "a name of at most"),
        (json.dumps({"do": "setup", **SETUP, "listen": "a" * 300}), "a name of at most"),
        (json.dumps({"do": "setup", **SETUP, "key": "H sharp"}), "key"),
        (json.dumps({"do": "fill", "x": "y" * 5000}), "at most 4096 characters"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(text: str, because: str) -> None:
    with pytest.raises(Refusal, match=because) as refused:
        protocol.read(text)
    assert len(str(refused.value)) < 400
    assert str(refused.value).isprintable()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.text() | JSON.map(json.dumps))
def test_no_text_is_more_than_refused(text: str) -> None:
    with pytest.raises(Refusal):
        protocol.read(text)


@given(st.sampled_from(sorted(protocol.ASKED)), st.data())
def test_no_field_is_more_than_refused(asked: str, data: st.DataObject) -> None:
    fields = {field: data.draw(JSON) for field in protocol.ASKED[asked][1]}
    with suppress(Refusal):
        protocol.of({"do": asked, **fields})
