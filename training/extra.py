"""What teaching needs and playing does not: the libraries of the extra `train`."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution, requires

import click

PROJECT, EXTRA = "bandmate", "train"
INSTALL = (
    f'pip install "{PROJECT}[{EXTRA}]" (for the small CPU build of torch, first install torch as '
    "pytorch.org/get-started says for Pip and CPU)"
)
_REQUIRED = re.compile(rf"""([\w.-]+).*;.*\bextra\s*==\s*['"]{EXTRA}['"]""")


class Taught(click.Group):
    """A group whose commands run only where the extra is installed; their help is shown without it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As any group. A ClickException says what to install, before anything is begun."""
        helping = not args or not {*ctx.help_option_names}.isdisjoint(args) or ctx.resilient_parsing
        missing = [] if helping else lacking()
        if missing:
            raise click.ClickException(f"teaching needs {', '.join(missing)}; {INSTALL}")
        return super().parse_args(ctx, args)


def lacking() -> list[str]:
    """The projects of the extra that are not installed, as this one's own metadata names them."""
    found = [_REQUIRED.match(line) for line in requires(PROJECT) or ()]
    return [match[1] for match in found if match and not _installed(match[1])]


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
