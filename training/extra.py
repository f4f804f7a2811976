"""What teaching needs and playing does not: the libraries of the extra `train`."""

from __future__ import annotations

from importlib.util import find_spec

import click

LIBRARIES = (
    "torch",
    "lightning_fabric",
    "onnx",
    "onnxscript",
    "partitura",
    "safetensors",
    "symusic",
    "tensorboard",
    "tqdm",
)
INSTALL = (
    'pip install "bandmate[train]" (for the small CPU build of torch, first install torch as '
    "pytorch.org/get-started says for Pip and CPU)"
)


class Taught(click.Group):
    """A group whose commands run only where the extra is installed; their help is shown without it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As any group. A ClickException says what to install, before anything is begun."""
        helping = not args or not {*ctx.help_option_names}.isdisjoint(args) or ctx.resilient_parsing
        lacking = [] if helping else [name for name in LIBRARIES if find_spec(name) is None]
        if lacking:
            raise click.ClickException(f"teaching needs {', '.join(lacking)}; {INSTALL}")
        return super().parse_args(ctx, args)
