"""A YAML document with some of its fields changed, and everything else as its writer left it: comments,
order, quotes."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

WIDE = 10_000


def amend(text: str, block: str, values: Mapping[str, int | Sequence[int]]) -> str:
    """The document with these fields of the mapping `block` changed or added; the block is added where there
    is none. The document must be one that `document.parse` reads."""
    if not values:
        return text
    editor = _editor(text)
    document = editor.load(text)
    if document is None:  # nothing but comments, which belong to nothing that could carry them
        return (text.rstrip() + "\n" if text.strip() else "") + _dump(editor, {block: _plain(values)})
    if not isinstance(document.get(block), CommentedMap):
        document[block] = CommentedMap()
    document[block].update(_plain(values))
    return _dump(editor, document)


def _editor(text: str) -> YAML:
    """One that writes in the document's own manner."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = WIDE
    yaml.explicit_start = re.search(r"^---", text, re.MULTILINE) is not None
    nested = re.search(r"^[\w-]+:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*( +)[\w-]", text, re.MULTILINE)
    yaml.indent(mapping=len(nested[1]) if nested else 2)
    return yaml


def _plain(values: Mapping[str, int | Sequence[int]]) -> CommentedMap:
    return CommentedMap(
        (name, value if isinstance(value, int) else _flow(value)) for name, value in values.items()
    )


def _flow(values: Sequence[int]) -> CommentedSeq:
    """A list on one line."""
    sequence = CommentedSeq(values)
    sequence.fa.set_flow_style()
    return sequence


def _dump(editor: YAML, document: object) -> str:
    stream = io.StringIO()
    editor.dump(document, stream)
    return stream.getvalue()
