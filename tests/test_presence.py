"""Whether the band plays."""

from __future__ import annotations

import pytest

from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.leading.presence import Presence, leaves, presence

R, P, E = Presence.RESTING, Presence.PLAYING, Presence.ENDING


@pytest.mark.parametrize(
    ("metre", "until", "expected"),
    [
        (Metre(), 0, [(0, P), (31, P), (32, E), (47, E), (48, R)]),
        (Metre(), 16, [(47, P), (48, E), (63, E), (64, R)]),
        (Metre(), 13, [(44, P), (45, E), (47, E), (48, R), (200, R)]),
        (Metre(3, 4), 12, [(43, P), (44, E), (47, E), (48, R)]),
        (Metre(6, 8), 5, [(20, P), (21, E), (23, E), (24, R)]),
    ],
)
def test_two_bars_of_silence_wind_the_band_down_and_it_stops_at_the_next_bar_line(
    metre: Metre, until: int, expected: list[tuple[int, Presence]]
) -> None:
    assert [(step, presence(step, until, metre, 2)) for step, _ in expected] == expected


def test_with_nothing_played_it_rests() -> None:
    assert {presence(step, None, Metre(), 4) for step in range(100)} == {R}


@pytest.mark.parametrize(("patience", "line"), [(0, 16), (1, 32), (2, 48), (4, 80)])
def test_the_more_patient_stop_later_and_always_at_a_bar_line(patience: int, line: int) -> None:
    assert leaves(13, Metre(), patience) == line
    assert presence(line - 1, 13, Metre(), patience) is E
    assert presence(line, 13, Metre(), patience) is R
