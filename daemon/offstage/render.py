"""A melody file in, the melody and its band out, as one take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from bandmate.bridge.events import Event, NoteOff, NoteOn
from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.daemon.answering.request import Answer, Chords, Request
from bandmate.daemon.clock.metre import Grid, Metre
from bandmate.daemon.clock.timeline import Timeline
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.mode import Mode
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.hearing.chart import READ_EVERY, Chart
from bandmate.daemon.hearing.history import phase
from bandmate.daemon.hearing.melody import Melody
from bandmate.daemon.offstage.rehearsal import Cue, Sending, perform
from bandmate.daemon.offstage.song import MelodyFile, SongNote
from bandmate.daemon.sending.takes import MELODY, Take
from bandmate.models import listening
from bandmate.models.keys import Key
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.presets.preset import Preset

MELODY_CHANNEL = 1
CLOSING_BARS = 4


@dataclass(frozen=True)
class Rendering:
    """A take, the whole of the bars that the melody lasts, the chords int[steps] committed in them, the
    seconds that each decision took, and how many came too late."""

    take: Take
    bars: int
    chords: Chords
    seconds: list[float]
    late: int


def metre_of(song: MelodyFile) -> Metre:
    """The metre that the song begins in."""
    return Metre(*song.metres[0][1:]) if song.metres else Metre()


def render(
    song: MelodyFile,
    preset: Preset,
    accompanist: Accompanist,
    settings: Settings,
    *,
    send: Sending = lambda event, now: None,
    progress: Callable[[float], None] = lambda share: None,
) -> Rendering:
    """Play a melody to the band. settings.bpm is not used: the song's tempos count.

    send: hears every event of the band, with its time in seconds; progress: called with 0..1.
    """
    metre, grid = settings.metre, Grid(preset.swing, settings.metre)
    parts = [(part.name, part.channel, part.program) for part in preset.parts]
    bar = metre.ticks_per_bar
    origin = bar if settings.mode is Mode.OFFLINE else 0
    song = _later(song, origin)
    take = Take(parts, title=song.name, tempos=song.tempos, metres=song.metres, origin=origin)
    lines = _lines(song.tempos)
    engine = Engine(preset, replace(settings, bpm=lines[0].bpm), take)
    engine.run(0.0)
    if settings.mode is Mode.OFFLINE:
        _read_ahead(engine, song.notes, grid, accompanist)
        for tick, event in _events(song.notes):
            take.add(tick, MELODY, event)
    cues = [Cue(line.time, partial(engine.transport.retempo, bpm=line.bpm)) for line in lines[1:]]
    cues += [
        Cue(_time(lines, tick), partial(engine.receive, event))
        for tick, event in _events(song.notes)
        if settings.mode is not Mode.OFFLINE
    ]
    cues.append(Cue(_time(lines, song.end), engine.close))
    until = _time(lines, song.end + CLOSING_BARS * bar)
    first, bars = grid.step_of(origin), metre.bar_of(grid.step_of(song.end - origin) - 1) + 1
    chart = Chart(engine.band.situation.memory, first, bars * metre.steps_per_bar)
    cues += _readings(chart, lines, grid, first)

    def answering(request: Request) -> Answer:
        progress(min(grid.tick_of(request.first) / song.end, 1.0))
        return accompanist.answer(request)

    seconds = perform(engine, answering, cues, until, send)
    chart.read(first + len(chart.chords))
    for _, event in engine.stop(until):
        send(event, until)
    progress(1.0)
    return Rendering(take, bars, chart.chords, seconds, engine.band.late)


def _later(song: MelodyFile, ticks: int) -> MelodyFile:
    """The song begun so many ticks later: where it is known whole, the band needs time to decide its first
    beat."""
    return replace(
        song,
        notes=tuple(note._replace(tick=note.tick + ticks) for note in song.notes),
        tempos=tuple((tick + ticks if tick else tick, bpm) for tick, bpm in song.tempos),
        metres=tuple((tick + ticks if tick else tick, beats, unit) for tick, beats, unit in song.metres),
    )


def _events(notes: Iterable[SongNote]) -> list[tuple[float, Event]]:
    """Notes as events by tick; where one ends and one begins together, the ending comes first."""
    events: list[tuple[float, int, Event]] = []
    for note in notes:
        events.append((note.tick, 1, NoteOn(MELODY_CHANNEL, note.pitch, note.velocity)))
        events.append((note.tick + note.length, 0, NoteOff(MELODY_CHANNEL, note.pitch)))
    return [(tick, event) for tick, _, event in sorted(events, key=lambda each: each[:2])]


def _lines(tempos: tuple[tuple[float, float], ...]) -> list[Timeline]:
    """A Timeline for each stretch of one tempo."""
    lines: list[Timeline] = []
    for tick, bpm in tempos or ((0.0, 120.0),):
        lines.append(Timeline.at(bpm, tick, lines[-1].time_at(tick) if lines else 0.0))
    return lines


def _time(lines: list[Timeline], tick: float) -> float:
    line = [line for line in lines if line.tick <= tick][-1] if tick >= lines[0].tick else lines[0]
    return line.time_at(tick)


def _readings(chart: Chart, lines: list[Timeline], grid: Grid, first: int) -> list[Cue]:
    """Cues that read the chart often enough, on bar lines."""
    steps = range(first, first + len(chart.chords), READ_EVERY)
    return [Cue(_time(lines, grid.tick_of(step)), partial(_read, chart, step)) for step in steps]


def _read(chart: Chart, step: int, now: float) -> None:
    chart.read(step)


def _read_ahead(engine: Engine, notes: tuple[SongNote, ...], grid: Grid, accompanist: Accompanist) -> None:
    """Let the band know the whole melody, and its chords, before it begins."""
    situation = engine.band.situation
    situation.expect(
        [
            (note.pitch, note.velocity, grid.step_of(note.tick), grid.step_of(note.tick + note.length))
            for note in notes
        ]
    )
    situation.foreseen = foresee(situation.melody, accompanist, situation.metre, situation.leader.key)


def foresee(melody: Melody, accompanist: Accompanist, metre: Metre, key: Key | None = None) -> Chords:
    """The chords int[beats] of a whole melody, of a key if one is given."""
    end = melody.end()
    beats = -(-end // STEPS_PER_BEAT)
    pitch, onset = melody.line(0, beats * STEPS_PER_BEAT)
    phases = np.stack([phase(beat * STEPS_PER_BEAT) for beat in range(beats)])
    classes = np.zeros((len(pitch), 12), np.float32)
    sounding = np.flatnonzero(pitch >= 0)
    classes[sounding, pitch[sounding] % 12] = 1
    share = classes.reshape(beats, STEPS_PER_BEAT, 12).mean(1)
    return accompanist.foresee(listening.beats(pitch, onset), phases, share, metre.halved, key)
