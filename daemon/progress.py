"""A progress bar, where there is a terminal to draw it on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import click

STEPS = 1000


@contextmanager
def progress(label: str) -> Iterator[Callable[[float], None]]:
    """Within it, call what is given with the share 0..1 that is done; the bar never goes back.

    It appears on the standard error output with the first call, and only where that is a terminal.
    """
    with ExitStack() as stack:
        bar: Any = None

        def show(share: float) -> None:
            nonlocal bar
            if bar is None:
                bar = stack.enter_context(click.progressbar(length=STEPS, label=label, file=sys.stderr))
            bar.update(max(int(share * STEPS) - bar.pos, 0))

        yield show if sys.stderr.isatty() else lambda share: None
