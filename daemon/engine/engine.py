"""The player's notes and clock in, the band's notes and questions out: a state machine without a clock.

`receive` takes what arrives, `answer` what was decided; `advance(now)` gives what is due, and
`deadline(now)` says when to advance next. Times are seconds of one monotonic clock. One thread owns it.
"""

from __future__ import annotations

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn
from bandmate.daemon.answering.request import Answer, Request
from bandmate.daemon.clock.metre import Grid
from bandmate.daemon.clock.session import Session
from bandmate.daemon.clock.timeline import Timeline
from bandmate.daemon.clock.transport import Change, Transport
from bandmate.daemon.engine.band import Band
from bandmate.daemon.engine.counting import Counting
from bandmate.daemon.engine.mode import Mode
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.engine.status import Status, panel, status
from bandmate.daemon.engine.told import Actions as Actions
from bandmate.daemon.leading.controls import (
    Command,
    Controls,
    Ending,
    Fill,
    Freeze,
    HoldChord,
    LockKey,
    Panic,
    Run,
    SelectPreset,
    SetDensity,
    SetEnergy,
    SetLevel,
    SetMute,
    SetVariation,
    Tacet,
    Tap,
)
from bandmate.daemon.leading.panel import Panel
from bandmate.daemon.leading.pickup import Pickup
from bandmate.daemon.sending.desk import LATEST
from bandmate.daemon.sending.ledger import ALL_NOTES_OFF, ALL_SOUND_OFF, SUSTAIN
from bandmate.daemon.sending.metronome import Metronome
from bandmate.daemon.sending.schedule import Due
from bandmate.daemon.sending.takes import MELODY, Take
from bandmate.presets.preset import Preset

TEMPO_NOTED = 0.1
"""Beats a minute by which the tempo must differ to be written into the take again."""


class Engine:
    """See the module. What is decided and sent is so at an earlier or later moment than now, as the settings'
    offsets want. take: where the performance is kept, if it is; key: see `arm`, the name by default."""

    def __init__(
        self, preset: Preset, settings: Settings, take: Take | None = None, key: str | None = None
    ) -> None:
        self.band = Band(preset, key or preset.name, settings, take)
        self.transport = Transport(settings.clock, settings.bpm, settings.metre, settings.speed)
        self._settings, self._take = settings, take
        self._controls = Controls(settings.controls)
        self._metronome = Metronome(Grid(metre=settings.metre), clock=settings.send_clock)
        self._counting = Counting(settings, self.tempo, self._begin)
        self._pickup = Pickup() if settings.pickup else None
        self._wishes: list[int] = []
        self._bpm = settings.bpm
        self._paused = self._woken = False
        self.band.desk.greet()

    @property
    def timeline(self) -> Timeline | None:
        """When the ticks of the music are; None while it stands still."""
        return None if self._paused else self.transport.timeline

    def receive(self, event: Event, now: float) -> None:
        """An event from the player or the DAW."""
        self._change(self.transport.receive(event, now), now)
        channels = self.band.desk.channels
        command = self._controls.command(event, channels)
        if command is not None:
            if self._takes(event, command, now):
                self.obey(command, now)
        elif isinstance(event, NoteOn | NoteOff | Control):
            wanted = self._settings.channel
            ours = event.channel == wanted if wanted is not None else event.channel not in channels
            waiting = not self._paused and self.transport.leads(now)
            if ours and not self._counting.takes(event, now, waiting=waiting):
                self._hear(event, now)

    def session(self, session: Session, now: float) -> None:
        """What the peers of a Link session agree on."""
        for change in self.transport.session(session, now):
            self._change(change, now)

    def answer(self, answer: Answer, now: float) -> None:
        """A decision came back."""
        if self.timeline is not None:
            self.band.answer(answer, self.timeline, self._moment(now))

    def arm(self, preset: Preset, key: str) -> None:
        """A preset is ready to play: from the next bar line, or at once while the music stands still.

        key: names it in requests; a preset that was changed comes under its name and another key.
        """
        self.band.arm(preset, key, self.timeline)

    def tempo(self, bpm: float, now: float) -> None:
        """Our own clock goes at another tempo from now on."""
        self.transport.retempo(now, bpm)
        self._note_tempo(now)

    def run(self, now: float, bars: int = 0) -> None:
        """Our own clock starts from the top now, without waiting for a note, after so many bars' count-in."""
        before = bars * self._settings.metre.ticks_per_bar
        self._change(self.transport.run(now, before), now)
        if bars:
            self._metronome.count_in(self.transport.song_shift, bars)

    def close(self, now: float) -> None:
        """Nothing more is to come from the player: the band ends soon, on a bar line."""
        self.band.closing = True

    def pause(self, now: float) -> None:
        """The music stands still until `resume`, whatever the clock does."""
        if self.timeline is not None:
            self._change(Change.STOPPED, now)
            self.transport.rest(now)
        self._paused = True

    def resume(self, now: float) -> None:
        """The music goes on where the DAW's clock is, or with the player's next note."""
        if self._paused and self.transport.timeline is not None:
            self._paused = False
            self._change(Change.RESUMED, now)
        self._paused = False

    def wake(self, then: float, now: float) -> list[Due]:
        """The machine stood still from `then` on: what silences it. The music goes on at a bar line."""
        if self.timeline is None:
            return []
        silence = self.stop(then)
        self._woken = True
        self._change(self.transport.wake(then, now), now)
        return silence

    def stop(self, now: float) -> list[Due]:
        """The performance ends: the events that silence it."""
        self._change(Change.STOPPED, now)
        return self.band.desk.collect() + self._silenced(now)

    def advance(self, now: float) -> Actions:
        """All that is due by now."""
        self.transport.lapse(now)
        moment = self._moment(now)
        gone = self.timeline is not None and self.band.bounds(self.timeline, moment)
        requests: list[Request] = []
        if (timeline := self.timeline) is not None:
            self.band.desk.play(timeline, moment)
            requests = self.band.asks(timeline, moment)
        if gone and self.transport.rest(now):
            self._change(Change.STOPPED, now)
        wishes, self._wishes = self._wishes, []
        return Actions(self._outgoing(now), requests, wishes, self.transport.remarks())

    def deadline(self, now: float) -> float | None:
        """When to advance next, in seconds; None while only an arrival can change anything."""
        if self.timeline is None:
            return now if self.band.desk.outgoing else None
        times = [self.band.deadline(self.timeline) + self._settings.earliest, self.transport.lapses_at(now)]
        if (tick := self._metronome.next_tick()) is not None:
            times.append(self.timeline.time_at(tick) + self._settings.offset)
        return min(time for time in times if time is not None)

    def meant(self, due: Due) -> float | None:
        """The second at which something is meant to leave; None while the music stands still."""
        if self.timeline is None:
            return None
        delay, settings = self.band.desk.delay(due.event), self._settings
        late = settings.offset if delay is None else settings.earliest + delay
        return self.timeline.time_at(due.tick) + late

    def status(self, now: float) -> Status:
        """Where the music stands."""
        metre, standing = self._settings.metre, self.timeline is None
        return status(self.band, self.transport, metre, self._moment(now), standing=standing)

    def panel(self, now: float) -> Panel:
        """Where all that the player can move stands."""
        metre, standing = self._settings.metre, self.timeline is None
        return panel(self.band, self.transport, metre, self._moment(now), standing=standing)

    def _moment(self, now: float) -> float:
        """The time at which now is sent what is due."""
        return now - self._settings.earliest

    def _hear(self, event: NoteOn | NoteOff | Control, now: float) -> None:
        if isinstance(event, NoteOn) and not self._paused:
            self._change(self.transport.note(now), now)
        timeline = self.timeline
        melody = self.band.situation.melody
        position = float(self.transport.tick(now)) if timeline is None else timeline.position(now)
        step = self.band.grid.step_of(position)
        match event:
            case NoteOn(_, pitch, velocity) if timeline is not None:
                melody.note_on(pitch, velocity, step)
                self.band.heard(step, timeline, self._moment(now))
            case NoteOff(_, pitch):
                melody.note_off(pitch, step)
            case Control(_, number, value) if number == SUSTAIN:
                melody.pedal(value >= 64, step)
            case Control(_, number, _) if number in (ALL_SOUND_OFF, ALL_NOTES_OFF):
                melody.release(step)
        kept = timeline is not None or isinstance(event, NoteOff)
        if self._take is not None and kept and self._settings.mode is not Mode.OFFLINE:
            self._take.add(position, MELODY, event)

    def _begin(self, now: float, before: int) -> None:
        """Our own clock starts so many ticks from now."""
        self._change(self.transport.run(now, before, resting=True), now)

    def _outgoing(self, now: float) -> list[Due]:
        """What has to be sent now: the band's, and what goes beside it while we lead."""
        now -= self._settings.offset
        out, tick = self.band.desk.collect(), self.transport.tick(now)
        if self.timeline is None or not self.transport.leading:
            return out + self._silenced(now)
        self._metronome.lead(max(tick, self.transport.song_shift))
        return self._metronome.due(tick, self.timeline.tick_at(now - LATEST)) + out

    def _silenced(self, now: float) -> list[Due]:
        return [Due(self.transport.tick(now), event) for event in self._metronome.halt()]

    def _takes(self, event: Event, command: Command, now: float) -> bool:
        """Whether a command is obeyed; a fader's may have to wait until that is where its control is."""
        if self._pickup is None or not isinstance(event, Control):
            return True
        return self._pickup.takes(event, command, self.panel(now))

    def obey(self, command: Command, now: float) -> None:
        """What the player calls for, by a controller or otherwise."""
        band = self.band
        match command:
            case SelectPreset(program):
                self._wishes.append(program)
            case SetDensity(value):
                band.situation.leader.density = value
            case SetVariation(value):
                band.situation.leader.variation = value
            case SetEnergy(value):
                band.situation.leader.energy = value
            case SetLevel(part, value):
                band.desk.level(part, value)
            case SetMute(part, on):
                band.desk.mute(part, on, self.transport.tick(now))
            case Freeze(on):
                band.frozen = on
            case LockKey(on):
                band.situation.leader.lock(on)
            case Fill():
                band.situation.cues.fill()
            case Tacet():
                band.situation.cues.tacet()
            case Ending():
                band.situation.cues.end()
            case HoldChord(on):
                band.situation.cues.held = on
            case Tap():
                self._counting.tap(now)
            case Run(True):
                self.run(now, self._settings.count_in)
            case Run():
                self._change(self.transport.stop(now), now)
            case Panic():
                band.desk.panic(self.transport.tick(now))

    def _change(self, change: Change | None, now: float) -> None:
        if change is None or self._paused:
            return
        tick = self.transport.tick(now)
        if change is Change.STOPPED:
            self.band.stop(tick)
            self.band.situation.halt(self.band.grid.step_at(tick))
        else:
            self.band.steady = self.transport.steady
            step, woken, self._woken = self.band.grid.step_of(tick), self._woken, False
            self.band.begin(step, afresh=change is Change.AFRESH, at_bar=woken)
            self._note_tempo(now)

    def _note_tempo(self, now: float) -> None:
        bpm = self.transport.bpm
        if self._take is not None and abs(bpm - self._bpm) > TEMPO_NOTED:
            self._take.tempo(self.transport.tick(now), bpm)
            self._bpm = bpm
