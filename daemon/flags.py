"""What the command line's options take: numbers, metres, keys and offsets."""

from __future__ import annotations

import math
from typing import Any

import click

LONGEST_OFFSET = 500.0


class Number(click.FloatRange):
    """A number in a range; `nan` lies in none, which click does not see."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        return self.fail(f"{value} is no number.", param, ctx) if math.isnan(number) else number


OFFSET = Number(-LONGEST_OFFSET, LONGEST_OFFSET)


def bars(ctx: click.Context, param: click.Parameter, text: str | None) -> Any:
    """The metre that an option names."""
    from bandmate.daemon.clock.metre import Metre

    try:
        return None if text is None else Metre.parse(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", ctx, param) from error


def scale(ctx: click.Context, param: click.Parameter, text: str | None) -> Any:
    """The key that an option names."""
    from bandmate.models.keys import Key

    try:
        return None if text is None else Key.parse(text)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", ctx, param) from error


def offsets(ctx: click.Context, param: click.Parameter, text: str | None) -> tuple[int, ...] | None:
    """Four numbers of milliseconds, with commas between them."""
    if text is None:
        return None
    try:
        found = tuple(int(each) for each in text.split(","))
    except ValueError:
        found = ()
    if len(found) != 4 or any(abs(each) > LONGEST_OFFSET for each in found):
        wanted = f"four whole numbers from -{LONGEST_OFFSET:g} to {LONGEST_OFFSET:g}, as 0,0,0,-40"
        raise click.BadParameter(f"'{text}' is not {wanted}.", ctx, param)
    return found
