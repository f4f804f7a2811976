"""A preset as Lua writes it, for the scripts of DAWs."""

from __future__ import annotations

import json

from bandmate.presets.preset import Preset


def words(preset: Preset, bpm: float) -> dict[str, str]:
    """What stands in a script's places: `title`, `bpm`, and `parts`, a name and a channel each."""
    parts = ", ".join(f"{{ {quoted(part.name)}, {part.channel} }}" for part in preset.parts)
    return {"title": quoted(f"bandmate {preset.name}"), "bpm": f"{bpm:g}", "parts": parts}


def quoted(text: str) -> str:
    """A text in quotes; Lua's escapes for quotes, backslashes and line ends are JSON's."""
    return json.dumps(text, ensure_ascii=False)
