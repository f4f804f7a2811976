"""Where the band's events go, on ports inside the process."""

from __future__ import annotations

from bandmate.bridge import loopback, outputs
from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Program, Stop

PLAYED = [NoteOn(10, 36, 90), NoteOn(2, 40, 80), Program(3, 5), Control(4, 7, 1), NoteOff(2, 40), Stop()]


def ports(count: int) -> tuple[list[loopback.Output], list[list[Event]]]:
    heard: list[list[Event]] = [[] for _ in range(count)]

    def keep(into: list[Event]) -> loopback.Output:
        return loopback.Output(lambda event, at: into.append(event), now=lambda: 0.0)

    return [keep(into) for into in heard], heard


def test_multichannel_sends_everything_to_one_port_once() -> None:
    (port,), (heard,) = ports(1)
    band = outputs.multichannel(port)
    for event in PLAYED:
        band.send(event)
    assert heard == PLAYED


def test_split_sends_each_channel_to_its_port_and_the_rest_to_all() -> None:
    (drums, bass), (to_drums, to_bass) = ports(2)
    band = outputs.split({10: drums, 2: bass})
    for event in PLAYED:
        band.send(event)
    assert to_drums == [NoteOn(10, 36, 90), Stop()]
    assert to_bass == [NoteOn(2, 40, 80), NoteOff(2, 40), Stop()]


def test_single_sends_one_parts_channels_only() -> None:
    (port,), (heard,) = ports(1)
    band = outputs.single(port, [2])
    for event in PLAYED:
        band.send(event)
    assert heard == [NoteOn(2, 40, 80), NoteOff(2, 40), Stop()]


def test_closing_closes_every_port() -> None:
    (drums, bass), heard = ports(2)
    band = outputs.split({10: drums, 2: bass})
    band.close()
    for event in PLAYED:
        band.send(event)
    assert heard == [[], []]


def test_a_loopback_output_dates_what_is_sent() -> None:
    times = iter([1.0, 2.5])
    heard: list[tuple[float, Event]] = []
    port = loopback.Output(lambda event, at: heard.append((at, event)), now=lambda: next(times))
    port.send(NoteOn(1, 60, 80))
    port.send(NoteOff(1, 60))
    assert heard == [(1.0, NoteOn(1, 60, 80)), (2.5, NoteOff(1, 60))]
