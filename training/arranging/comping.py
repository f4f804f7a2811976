"""Chords in the rhythm of a style, led voice by voice, under the melody."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from bandmate.models.harmony import NONE
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.arranging.chart import chart
from bandmate.training.arranging.lead import Lead
from bandmate.training.arranging.patterns import WHOLE, Style, strokes
from bandmate.training.arranging.voicing import Voicing, nearest
from bandmate.training.lines import as_notes, untangled
from bandmate.training.songs import BEATS_PER_BAR, STEPS_PER_BAR, Notes

RANGE = (50, 74)
VELOCITY = 74
LOUDER = {"X": 12, "o": -12}
ACCENT = {0: 6, 8: 3}
OFF_BEAT = -3
SINGLE = -6
HUMAN = 5
WHOLES = "xXo"

Row = tuple[int, int, int, int]


def comping(
    lead: Lead, style: Style, part: str = "chords", low: int = RANGE[0], high: int = RANGE[1]
) -> Notes:
    """The chords of a song, from step 0; silent where there is none.

    low, high: pitches they keep within, two octaves or more. Every note is of its beat's chord; what is held
    when the chord changes is led on.
    """
    rows = chart(lead, style.chords, style.turn_chords, WHOLE, part)
    touch = Random(f"{lead.name} {part} touch")
    return untangled(as_notes(list(_struck(lead, style, rows, (low, high), touch))))


def _struck(
    lead: Lead, style: Style, rows: list[str], reach: tuple[int, int], touch: Random
) -> Iterator[Row]:
    voicing: Voicing | None = None
    ceilings = lead.ceilings.tolist()
    for bar, cells in enumerate(rows):
        for cell, length, letter in led(lead, bar, cells):
            beat = bar * BEATS_PER_BAR + cell // STEPS_PER_BEAT
            tones = lead.tones(beat)
            voicing = nearest(tones, voicing, *reach, max(style.voices, len(tones)), ceilings[beat])
            single = letter not in WHOLES and letter != "u"
            lasts = lead.until(bar, cell) - cell if single and style.ring else length
            loud = (
                VELOCITY
                + lead.swell[bar]
                + LOUDER.get(letter, 0)
                + ACCENT.get(cell, OFF_BEAT * (cell % STEPS_PER_BEAT > 0))
            )
            for pitch in _voices(voicing, letter):
                velocity = loud + SINGLE * single + touch.randint(-HUMAN, HUMAN)
                yield bar * STEPS_PER_BAR + cell, lasts, pitch, velocity


def led(lead: Lead, bar: int, cells: str) -> Iterator[tuple[int, int, str]]:
    """The strokes of a bar; one that is held where the chord changes is struck again as a whole chord, and
    where there is no chord nothing sounds."""
    for cell, length, letter in strokes(cells):
        begin, end = cell, cell + length
        while begin < end:
            stop = min(end, lead.until(bar, begin))
            if lead.chord(bar * BEATS_PER_BAR + begin // STEPS_PER_BEAT) != NONE:
                yield begin, stop - begin, letter if begin == cell else "x"
            begin = stop


def _voices(voicing: Voicing, letter: str) -> Voicing:
    if letter in WHOLES:
        return voicing
    if letter == "u":
        return voicing[1:]
    return (voicing[min(int(letter), len(voicing)) - 1],)
