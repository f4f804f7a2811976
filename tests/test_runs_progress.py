"""How far a long task is: lines where there is no terminal."""

import io
from itertools import count

import pytest

pytest.importorskip("tqdm")

from bandmate.training.runs.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def told(steps: int, seconds: float, done: int = 0) -> list[str]:
    out, clock = io.StringIO(), count()
    now = (tick * seconds for tick in clock)
    with Progress("fit", 100, "updates", done, out, lambda: next(now)) as progress:
        for _ in range(steps):
            progress.advance(loss=2.5)
    return out.getvalue().splitlines()


def test_a_line_every_thirty_seconds_and_one_at_the_end() -> None:
    lines = told(steps=12, seconds=10)
    assert lines[0].startswith("fit: 3 of 100 updates, 00:40 gone, 21:33 left, loss 2.5")
    assert lines[-1].startswith("fit: 12 of 100 updates")
    assert 3 <= len(lines) <= 5


def test_the_time_left_is_by_what_this_process_did() -> None:
    (line,) = told(steps=10, seconds=1, done=80)
    assert line == "fit: 90 of 100 updates, 00:11 gone, 00:11 left, loss 2.5"


def test_nothing_done_tells_nothing() -> None:
    assert told(steps=0, seconds=1) == []


def test_a_terminal_gets_a_bar_and_words_above_it() -> None:
    out = Terminal()
    with Progress("fit", 4, "songs", stream=out) as progress:
        progress.advance(2)
        progress.say("one was left out")
        progress.advance(2, loss=1.25)
    assert "one was left out\n" in out.getvalue()
    assert "4/4" in out.getvalue()
    assert "loss 1.25" in out.getvalue()
