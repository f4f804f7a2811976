"""A bass line for a row of chords: the root on every change, and between them what the style plays."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from bandmate.models.harmony import NONE, TONES
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.arranging.chart import chart
from bandmate.training.arranging.lead import Lead
from bandmate.training.arranging.patterns import ONE, Style, bars, strokes
from bandmate.training.lines import as_notes
from bandmate.training.songs import BEATS_PER_BAR, STEPS_PER_BAR, Notes

RANGE = (28, 52)
OCTAVE = 12
VELOCITY = 84
ROOT = 8
ACCENT = {0: 8, 8: 3}
OFF_BEAT = -5
HUMAN = 4
CENTRE = 12
HOME = 0.4

Stroke = tuple[int, int, str]


def bassline(
    lead: Lead, style: Style, part: str = "bass", low: int = RANGE[0], high: int = RANGE[1]
) -> Notes:
    """The bass of a song, from step 0, one note at a time; silent where there is no chord.

    low, high: pitches it keeps within, two octaves at least. Every note is of its beat's triad, or it leads
    by a step to the root on the next beat. No two notes in a row are further apart than an octave.
    """
    return as_notes(
        list(
            _Hand(lead, style.walking, low, high, Random(f"{lead.name} {part} touch")).notes(
                _row(lead, style, part)
            )
        )
    )


def _row(lead: Lead, style: Style, part: str) -> list[str]:
    """Sixteen cells a bar, with the rows for a chord that stays where it does."""
    out = chart(lead, style.bass, style.turn_bass, ONE, part)
    if not style.stays:
        return out
    random = Random(f"{lead.name} {part} stays")
    for bar in range(1, lead.bars):
        beat = bar * BEATS_PER_BAR
        if not lead.changes(beat) and out[bar] in {bars(row)[0] for row in style.bass}:
            out[bar] = bars(random.choice(style.stays))[0]
    return out


def on_chords(lead: Lead, bar: int, cells: str) -> list[Stroke]:
    """The strokes of a bar, cut where a chord ends, with an `R` where one begins (two beats at most); none
    where there is no chord."""
    first = bar * BEATS_PER_BAR
    new = [STEPS_PER_BEAT * b for b in range(BEATS_PER_BAR) if lead.changes(first + b)]
    written = {cell: (length, letter) for cell, length, letter in strokes(cells)}
    written |= {cell: (ROOT, "R") for cell in new if cell not in written}
    out = []
    for cell, (length, letter) in sorted(written.items()):
        chord = lead.chord(first + cell // STEPS_PER_BEAT)
        ends = [*(c for c in written if c > cell), lead.until(bar, cell)]
        if chord != NONE:
            out.append((cell, min(length, min(ends) - cell), "R" if cell in new else letter))
    return out


def loudness(lead: Lead, bar: int, cell: int, touch: Random) -> int:
    """The velocity of a note of the bass: it swells with the band and leans on the first and third beat."""
    accent = ACCENT.get(cell, 0 if cell % STEPS_PER_BEAT == 0 else OFF_BEAT)
    return VELOCITY + accent + lead.swell[bar] + touch.randint(-HUMAN, HUMAN)


def touched(bass: Notes, lead: Lead) -> Notes:
    """A bass that was written down without dynamics, as loud as one that is arranged."""
    touch = Random(f"{lead.name} bass touch")
    out = bass.copy()
    places = (divmod(step, STEPS_PER_BAR) for step in bass[:, 0].tolist())
    out[:, 3] = [loudness(lead, bar, cell, touch) for bar, cell in places]
    return out


class _Hand:
    """Where on the neck the player is: the pitch struck last, the root below it, and a root it leads to."""

    def __init__(self, lead: Lead, walking: bool, low: int, high: int, touch: Random) -> None:
        self.lead, self.walking, self.low, self.high, self.touch = lead, walking, low, high, touch
        self.home = low + CENTRE
        self.last = self.root = self.home
        self.promised: int | None = None

    def notes(self, row: list[str]) -> Iterator[tuple[int, int, int, int]]:
        for bar, cells in enumerate(row):
            for cell, length, letter in on_chords(self.lead, bar, cells):
                beat = bar * BEATS_PER_BAR + cell // STEPS_PER_BEAT
                self.last = self.pitch(beat, letter)
                velocity = loudness(self.lead, bar, cell, self.touch)
                yield bar * STEPS_PER_BAR + cell, length, self.last, velocity

    def pitch(self, beat: int, letter: str) -> int:
        """The pitch of a letter on a beat, an octave from the last one at most."""
        chord = self.lead.chord(beat)
        if letter == "R":
            self.root = self.place(chord % OCTAVE)
            return self.root
        if (letter == "a" or self.walking) and self.lead.changes(beat + 1):
            return self.approach(self.lead.chord(beat + 1) % OCTAVE)
        if letter == "a":
            tones = [p for p in range(self.low, self.high + 1) if TONES[chord][p % OCTAVE] and p != self.last]
            return min(tones, key=lambda p: (abs(p - self.last), abs(p - self.home)))
        third = 3 if chord >= OCTAVE else 4
        above = {"3": third, "5": 7, "8": OCTAVE}[letter]
        wanted = (chord + above) % OCTAVE
        near = [p for p in self.of(wanted) if p != self.last or letter != "8"]
        return min(near, key=lambda p: (abs(p - self.root - above), abs(p - self.last)))

    def of(self, pitch_class: int) -> list[int]:
        """The places of a pitch class within an octave of the last pitch."""
        found = range(self.low, self.high + 1)
        return [p for p in found if p % OCTAVE == pitch_class and abs(p - self.last) <= OCTAVE]

    def place(self, pitch_class: int) -> int:
        """Where a root is played: as promised, else near the low octave's middle and near the last pitch."""
        promised, self.promised = self.promised, None
        if promised is not None and promised % OCTAVE == pitch_class:
            return promised
        return min(self.of(pitch_class), key=lambda p: abs(p - self.home) + HOME * abs(p - self.last))

    def approach(self, pitch_class: int) -> int:
        """A step below or above the root to come: of the scale if it can be, from the last pitch's side."""
        goal = self.promised = self.place(pitch_class)
        steps = [p for p in (goal - 2, goal - 1, goal + 1, goal + 2) if self.low <= p <= self.high]
        outside = [p % OCTAVE not in self.lead.scale for p in steps]
        side = 1 if self.last > goal else -1
        cost = {
            p: (p == self.last, o, (p - goal) * side < 0, abs(p - goal))
            for p, o in zip(steps, outside, strict=True)
        }
        return min(cost, key=lambda p: cost[p])
