"""What DAWs send when they play, stop, jump and loop, replayed from tables: the band is where the DAW is.

A stream is a list of messages: `start`, `stop`, `continue`, `position STEP`; `reset`, controllers 120 and 123
on all channels; `play PULSES from TICK`, so many pulses of a song that stands at a tick with the first;
`clock PULSES`, while it stands; `wait SECONDS`. All others come at once, just before the next pulse.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import yaml

from bandmate.bridge.events import Continue, Control, Event, Position, Pulse, Start, Stop
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.source import Clock, Speed
from bandmate.daemon.clock.transport import Transport
from bandmate.daemon.engine.settings import Settings

PERIOD = 60 / 120 / 24
AHEAD = 0.0005
PLAIN: dict[str, Event] = {"start": Start(), "stop": Stop(), "continue": Continue()}
TABLES = sorted((Path(__file__).parent / "transports").glob("*.yaml"))


class Arrival(NamedTuple):
    """An event at a time, in seconds; tick: where the DAW's song is then, None while it stands."""

    time: float
    event: Event
    tick: int | None


def scenes() -> Iterator[Any]:
    for path in TABLES:
        for scene in yaml.safe_load(path.read_text(encoding="utf-8"))["scenes"]:
            yield pytest.param(scene["stream"], id=f"{path.stem}: {scene['name']}")


def arrivals(stream: list[str]) -> list[Arrival]:
    """A table's stream at 120 bpm."""
    now, out = 1.0, []
    for entry in stream:
        word, *rest = entry.split()
        if word in PLAIN:
            out.append(Arrival(now - AHEAD, PLAIN[word], None))
        elif word == "position":
            out.append(Arrival(now - AHEAD, Position(int(rest[0])), None))
        elif word == "reset":
            pairs = [(channel, number) for channel in range(1, 17) for number in (120, 123)]
            out += [Arrival(now - AHEAD, Control(channel, number, 0), None) for channel, number in pairs]
        elif word == "wait":
            now += float(rest[0])
        else:
            first = int(rest[2]) if word == "play" else None
            for k in range(int(rest[0])):
                out.append(Arrival(now, Pulse(), None if first is None else first + k))
                now += PERIOD
    return out


def test_every_daw_has_its_table() -> None:
    names = {path.stem for path in TABLES}
    assert names == {"ableton-live", "ardour", "bitwig", "cubase", "logic", "reaper"}
    for path in TABLES:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert set(table) == {"daw", "rests on", "scenes"}
        assert {len(set(scene)) for scene in table["scenes"]} == {2}


@pytest.mark.parametrize("stream", list(scenes()))
@pytest.mark.parametrize("clock", [Clock.AUTO, Clock.MIDI])
@pytest.mark.parametrize("speed", list(Speed))
def test_the_band_stands_where_the_daw_does(stream: list[str], clock: Clock, speed: Speed) -> None:
    transport, reached = Transport(clock, 120, Metre(), speed), -1.0
    for time, event, tick in arrivals(stream):
        transport.receive(event, time)
        line = transport.timeline
        if not isinstance(event, Pulse) or tick is None:
            assert line is None or not isinstance(event, Pulse | Stop)
            continue
        assert line is not None
        song = line.position(time) - transport.song_shift
        assert song == pytest.approx(tick * speed.factor, abs=0.02)
        assert line.position(time) >= reached - 1.02 * speed.factor, "performance time never runs back"
        reached = line.position(time)


@pytest.mark.parametrize("stream", list(scenes()))
def test_its_beats_fall_on_the_daws(stream: list[str], stage: Any, scores: ModuleType) -> None:
    """The drums of the toy band strike every beat, from the second beat after the song begins to roll."""
    table = arrivals(stream)
    score = [(each.time / scores.BEAT, each.event) for each in table]
    last = table[-1].time
    score += scores.note(table[0].time / scores.BEAT + 0.1, 72, last / scores.BEAT)
    for each in table:  # a held note ends at Stop, so the player strikes again when the song rolls
        if each.tick is not None and each.tick % 24 == 5:
            score += scores.note(each.time / scores.BEAT, 72, 0.5)
    heard = stage.play(sorted(score, key=lambda pair: pair[0]), last / scores.BEAT + 2, None, Settings())
    grid = {round(each.time / scores.BEAT, 2): each.tick for each in table if each.tick is not None}
    kicks = [round(beat, 2) for beat in heard.struck(scores.KICK)]
    assert len(kicks) >= 2
    for beat in kicks:
        near = [tick for time, tick in grid.items() if abs(time - beat) < 0.02]
        assert near, f"the band struck at beat {beat}, where the DAW stands"
        assert near[0] % 24 == 0, f"the band struck at beat {beat}, on tick {near[0]} of the song"
