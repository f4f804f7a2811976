"""The chord symbols of the Weimar Jazz Database, such as `C-7` or `Fsus7913`, as labels."""

from __future__ import annotations

import re

from bandmate.training.songs import Rejected

NO_CHORD = "NC"
KINDS = {
    "": "maj",
    "-": "min",
    "j7": "maj7",
    "-7": "min7",
    "7": "7",
    "m7b5": "hdim7",
    "6": "maj6",
    "-6": "min6",
    "sus": "sus4",
    "sus7": "sus4(b7)",
    "+": "aug",
    "+7": "aug(b7)",
    "o": "dim",
    "o7": "dim7",
    "7alt": "7(#9,b13)",
    "-j7": "minmaj7",
    "+j7": "aug(7)",
}
SYMBOL = re.compile(
    r"([A-G][b#]?)(m7b5|7alt|-j7|\+j7|j7|sus7|sus|-7|-6|-|\+7|\+|o7|o|7|6|)((?:(?:9|11|13)[b#]?)*)(/[A-G][b#]?)?"
)
TENSION = re.compile(r"(9|11|13)([b#]?)")


def label(symbol: str) -> str:
    """The label of a symbol: `C79b` is `C:7(b9)`, a bass behind a slash is left out. Raises Rejected."""
    if symbol == NO_CHORD:
        return "N"
    found = SYMBOL.fullmatch(symbol)
    if not found:
        raise Rejected("a chord symbol that is unknown")
    root, kind, tensions, _ = found.groups()
    main, _, given = KINDS[kind].rstrip(")").partition("(")
    degrees = ([given] if given else []) + [sign + number for number, sign in TENSION.findall(tensions)]
    return f"{root}:{main}" + (f"({','.join(degrees)})" if degrees else "")
