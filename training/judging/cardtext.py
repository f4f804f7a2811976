"""Scorecards as plain text and as Markdown: a row a figure, what is asked of it, and a column a system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from bandmate.training.judging.scorecard import Scorecard
from bandmate.training.judging.targets import MISSED

WHOLE_NUMBERS = ("late_decisions",)


def text(card: Scorecard) -> str:
    """One card as plain text, with what it says in all below."""
    heads = ["figure", "asked", card.name, "verdict", *list(card.columns)[1:]]
    rows = [heads, *(_row(card, figure) for figure in card.figures)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(heads))]
    out = []
    for row in rows:
        cells = (
            cell.ljust(width) if k in (0, 3) else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        out.append("  ".join(cells).rstrip())
    return "\n".join([*out, "", *remarks(card), ""])


def markdown(cards: Sequence[Scorecard], command: str) -> str:
    """A page of all cards, with the command that makes it at its top."""
    out = ["# Figures", "", "Made by", "", "```sh", command, "```", ""]
    for card in cards:
        heads = ["figure", "asked", card.name, "verdict", *list(card.columns)[1:]]
        out += [f"## {card.name}", "", "| " + " | ".join(heads) + " |"]
        out.append("| --- | ---: | ---: | --- |" + " ---: |" * (len(heads) - 4))
        for figure in card.figures:
            name, *cells = _row(card, figure)
            out.append("| " + " | ".join([f"`{name}`", *cells]) + " |")
        out += ["", *(f"{remark}" for remark in remarks(card)), ""]
    return "\n".join(out)


def remarks(card: Scorecard) -> list[str]:
    """What the figures come to, and whose they are, in sentences."""
    verdicts = {figure: card.verdict(figure) for figure in card.figures}
    count = Counter("missed" if verdict == MISSED else "met" for verdict in verdicts.values() if verdict)
    missed = ", ".join(figure for figure, verdict in verdicts.items() if verdict == MISSED)
    out = [
        f"{card.songs} songs that {card.name} was not taught, played live through the engine: "
        f"{count['met']} targets met, {count['missed']} missed" + (f" ({missed})." if missed else ".")
    ]
    if card.arranged:
        out.append(
            f"Nobody plays {', '.join(card.arranged)} in the real songs: what a rule arranged stands there."
        )
    return out


def _row(card: Scorecard, figure: str) -> list[str]:
    values = [column.get(figure, float("nan")) for column in card.columns.values()]
    mine, *others = (_plain(value, figure) for value in values)
    return [figure, card.told(figure), mine, card.verdict(figure), *others]


def _plain(value: float, figure: str) -> str:
    if np.isnan(value):
        return "–"
    return f"{value:.0f}" if figure in WHOLE_NUMBERS else f"{value:.3f}"
