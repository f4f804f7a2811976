"""Songs to teach a band from, made on the spot: five named tracks, a few chords, a melody of their tones."""

from __future__ import annotations

import random
from pathlib import Path

import mido

TICKS = 120
"""Of a 16th."""
ROOTS = ((0, 5, 7, 0), (0, 9, 5, 7), (9, 5, 0, 7), (0, 7, 9, 5))
MINOR = (9, 2, 4)

Strokes = list[tuple[int, int, int]]


def song(path: Path, seed: int, bars: int = 8) -> Path:
    """Write a song; notes are (step, length, pitch), in 16ths."""
    dice = random.Random(seed)
    roots = [ROOTS[seed % len(ROOTS)][bar % 4] for bar in range(bars)]
    triads = [[root, root + (3 if root in MINOR else 4), root + 7] for root in roots]
    voices: dict[tuple[str, int, int], Strokes] = {
        ("Melody", 0, 73): _melody(triads, dice),
        ("Drums", 9, 0): [(4 * b, 1, (36, 38)[b % 2]) for b in range(4 * bars)]
        + [(2 * b, 1, 42) for b in range(8 * bars)],
        ("Bass", 1, 33): [
            (8 * b + k, 6 - k // 2, 36 + roots[b // 2]) for b in range(2 * bars) for k in (0, 6)
        ],
        ("Piano", 2, 0): [(8 * b + 2, 5, 60 + tone % 12) for b in range(2 * bars) for tone in triads[b // 2]],
        ("Strings", 3, 48): [(16 * b, 16, 64 + tone % 12) for b in range(bars) for tone in triads[b][::2]],
    }
    file = mido.MidiFile(type=1, ticks_per_beat=4 * TICKS)
    for voice, strokes in voices.items():
        file.tracks.append(_track(*voice, strokes))
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(path)
    return path


def _melody(triads: list[list[int]], dice: random.Random) -> Strokes:
    out: Strokes = []
    for bar, tones in enumerate(triads):
        step = 0
        while step < 16:
            long = min(dice.choice((2, 2, 4, 4, 8)), 16 - step)
            out.append((16 * bar + step, long, 72 + dice.choice(tones) % 12 + dice.choice((0, 0, 0, 2))))
            step += long
    return out


def _track(name: str, channel: int, program: int, strokes: Strokes) -> mido.MidiTrack:
    events = [(step, 1, pitch) for step, _, pitch in strokes]
    events += [(step + length, 0, pitch) for step, length, pitch in strokes]
    track, now = mido.MidiTrack([mido.MetaMessage("track_name", name=name)]), 0
    track.append(mido.Message("program_change", channel=channel, program=program))
    for step, on, pitch in sorted(events):
        kind = "note_on" if on else "note_off"
        time = (step - now) * TICKS
        track.append(mido.Message(kind, channel=channel, note=pitch, velocity=90, time=time))
        now = step
    return track
