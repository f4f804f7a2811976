"""The page that shows what a folder's files were taken for: one HTML file that needs nothing else.

For each song its piano roll, its tracks with their roles and why, how much of each voice was really played,
and the lines that would change it in the corrections.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from pathlib import Path

import numpy as np
from PIL import Image

from bandmate.training.drawing import ink, pianoroll
from bandmate.training.gathering.listing import register, role_lines, roles
from bandmate.training.gathering.reader import Entry, Outcome
from bandmate.training.reading.casting import Casting
from bandmate.training.reading.general_midi import sound
from bandmate.training.reading.sheet import Instrument, Sheet
from bandmate.training.songs import Song

ORIGINS = ("real", "paired", "arranged", "silent")
MOST_OF_A_REASON = 500
SHADES = 16


def write(outcome: Outcome, path: Path, corrections: str = "corrections.yaml") -> None:
    """Writes the page; corrections: the name of the file in which the user can put things right."""
    style = (files(__package__) / "page.css").read_text(encoding="utf-8") + _colours(outcome)
    title = escape(f"{outcome.folder}: {_count(outcome.tally.songs.total(), 'song')} for {outcome.genre}")
    body = "\n".join(_body(outcome, corrections))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<style>\n{style}</style>\n'
        f"<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n",
        encoding="utf-8",
    )


def _body(outcome: Outcome, corrections: str) -> Iterator[str]:
    tally = outcome.tally
    dealt = (f"{_count(n, 'song')} and {tally.bars[s]} bars to {s}" for s, n in sorted(tally.songs.items()))
    lost = _count(tally.rejected.total(), "piece")
    yield f"<p>{', '.join(dealt) or 'No song can be used'}; {lost} left out.</p>"
    yield from (f"<p><strong>{escape(remark)}</strong></p>" for remark in outcome.remarks)
    legend = "".join(_role(role, name) for role, name in enumerate(roles(outcome.parts)))
    yield f'<div class="legend">{legend}</div>'
    yield (
        '<p class="soft">What was really played is in full colour; what was arranged, or paired from other '
        f"songs, is paler. Where a role is wrong, say so in <code>{escape(corrections)}</code>, and prepare "
        "again.</p>"
    )
    yield from _refused(outcome)
    if tally.songs:
        yield "<h2>Songs</h2>"
        yield from (_card(entry, outcome) for entry in outcome.entries if entry.song)


def _refused(outcome: Outcome) -> Iterator[str]:
    """The pieces that are no songs, folded away by reason."""
    refused = outcome.tally.rejected
    if refused:
        yield "<h2>Left out</h2>"
    for reason, count in refused.most_common():
        mine = [entry for entry in outcome.entries if entry.reason == reason and not entry.song]
        yield f"<details><summary>{escape(reason)}: {count}</summary>"
        yield from (_card(entry, outcome) for entry in mine[:MOST_OF_A_REASON])
        more = count - MOST_OF_A_REASON
        yield f"<p>and {more} more</p></details>" if more > 0 else "</details>"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _colours(outcome: Outcome) -> str:
    """A rule a role: its colour in the pictures."""
    legend = ink.legend(tuple(part.name for part in outcome.parts))
    return "".join(f".r{role} {{ color: rgb{colour}; }}\n" for role, (_, colour) in enumerate(legend))


def _role(role: int, name: str) -> str:
    return f'<span class="role r{role}"><b>{escape(name)}</b></span>'


def _card(entry: Entry, outcome: Outcome) -> str:
    """One stretch: what it is, its picture, its tracks, and how to change what they were taken for."""
    if entry.sheet is None:
        return f"<article><h3>{escape(entry.file)}</h3></article>"
    pieces = [f"<h3>{escape(entry.name)}</h3>", f'<p class="soft">{escape(_facts(entry, entry.sheet))}</p>']
    if entry.song:
        pieces += [_picture(entry.song, outcome), _origins(entry.song, outcome)]
    pieces += [_tracks(entry, entry.sheet, outcome), _hint(entry)]
    return f"<article>{''.join(pieces)}</article>"


def _facts(entry: Entry, sheet: Sheet) -> str:
    said = [entry.file, f"{sheet.bars} bars of {sheet.metre}", f"{sheet.tempo:.0f} beats a minute"]
    said += [f"swung {sheet.swing:.0%}"] if sheet.swing > 0.5 else []
    said += [f"in {entry.song.split}"] if entry.song else []
    said += [f"the same as {entry.twin}"] if entry.twin else []
    return ", ".join(said)


def _picture(song: Song, outcome: Outcome) -> str:
    roll = pianoroll.overview(song, tuple(part.name for part in outcome.parts))
    file = io.BytesIO()
    roll.quantize(SHADES, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    image = base64.b64encode(file.getvalue()).decode()
    return f'<div class="roll"><img alt="Piano roll" src="data:image/png;base64,{image}"></div>'


def _origins(song: Song, outcome: Outcome) -> str:
    """For each role a bar of how much of it is real, paired, arranged and silent."""
    cells = []
    for role, name in enumerate(roles(outcome.parts)):
        share = np.bincount(song.provenance[:, role], minlength=len(ORIGINS)) / max(song.bars, 1)
        said = [(origin, part) for origin, part in zip(ORIGINS, share.tolist(), strict=True) if part]
        words = ", ".join(f"{part:.0%} {origin}" for origin, part in said)
        slices = "".join(f'<i class="{origin}" style="width:{part:.1%}"></i>' for origin, part in said)
        cells.append(f'<span>{_role(role, name)}<span class="bar r{role}">{slices}</span> {words}</span>')
    return f'<div class="origins">{"".join(cells)}</div>'


def _tracks(entry: Entry, sheet: Sheet, outcome: Outcome) -> str:
    head = "".join(f"<th>{word}</th>" for word in ("", "Track", "Sound", "Notes", "From", "Taken for", "Why"))
    rows = "".join(_track(each, entry.casting, outcome) for each in sheet.instruments)
    return f'<div class="wide"><table><tr>{head}</tr>{rows}</table></div>'


def _track(of: Instrument, casting: Casting | None, outcome: Outcome) -> str:
    names = roles(outcome.parts)
    taken = "".join(_role(role, names[role]) for role in casting.roles(of.number)) if casting else ""
    why = casting.why[of.number] if casting else ""
    return (
        f'<tr{"" if taken else " class=left"}><td class="number">{of.number}</td>'
        f"<td>{escape(of.name.strip())}</td><td>{escape(sound(of.program, of.drums))}</td>"
        f"<td class=number>{len(of.notes)}</td><td class=plain>{register(of)}</td>"
        f'<td>{taken or "left out"}</td><td class="why">{escape(why)}</td></tr>'
    )


def _hint(entry: Entry) -> str:
    """The lines that say in the corrections what was found, ready to be changed."""
    if entry.casting is None:
        return ""
    lines = [
        json.dumps(entry.name, ensure_ascii=False) + ":",
        *(f"  {line}" for line in role_lines(entry.casting)),
    ]
    text = escape("\n".join(lines))
    return f"<details><summary>Change it</summary><pre>{text}</pre></details>"
