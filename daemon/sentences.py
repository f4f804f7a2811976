"""Errors of the house, told as sentences."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click


def sentences(command: Callable[..., None]) -> Callable[..., None]:
    """Tell errors of the house as one sentence, with exit status 1."""

    @wraps(command)
    def told(*arguments: Any, **options: Any) -> None:
        from bandmate.daemon.errors import EXPECTED

        try:
            command(*arguments, **options)
        except EXPECTED as error:
            raise click.ClickException(str(error)) from error

    return told
