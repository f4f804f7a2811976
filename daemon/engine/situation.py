"""All that a decision is taken from: what was heard, what was played, and where the music stands."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.random import default_rng
from numpy.typing import NDArray

from bandmate.daemon.answering.request import Array, Chords, Request
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.engine.mode import Mode
from bandmate.daemon.hearing.hand import Hand
from bandmate.daemon.hearing.history import History, phase
from bandmate.daemon.hearing.melody import Melody
from bandmate.daemon.hearing.memory import Memory
from bandmate.daemon.hearing.recall import Place, place
from bandmate.daemon.leading import dynamics
from bandmate.daemon.leading.attendance import Attendance
from bandmate.daemon.leading.constancy import Constancy
from bandmate.daemon.leading.cues import Cues
from bandmate.daemon.leading.dynamics import PHRASE_BARS
from bandmate.daemon.leading.leader import Leader, limits
from bandmate.daemon.leading.presence import leaves
from bandmate.models import listening
from bandmate.models.chance import Origin
from bandmate.models.decoding import Score
from bandmate.models.harmony import NONE, TONES
from bandmate.models.keys import Key
from bandmate.models.roll import BAR, PARTS, STEPS_PER_BEAT, WINDOW
from bandmate.presets.preset import Preset

RECOGNISED = 0.5
DEPARTURE = 8


class Situation:
    """Grows with the performance; a request is a copy of what matters of it."""

    def __init__(self, mode: Mode, metre: Metre, seed: int, split: int, key: Key | None = None) -> None:
        self.mode, self.metre = mode, metre
        self.leader = Leader(key)
        self.cues = Cues(metre, seed)
        self.attendance = Attendance()
        self._constancy = Constancy()
        self.melody = Melody(split)
        self.memory = Memory()
        self.foreseen: Chords | None = None
        self._seed = seed
        self._histories = 0
        self._history = History(0, 0)
        self._hand = Hand(0)
        self._origin = 0
        self._noise = Origin(0, 0)
        self._groove: Score | None = None

    def begin(self, step: int, *, afresh: bool) -> None:
        """The music runs on from a step: `afresh`, with nothing heard before, or after a jump."""
        if afresh:
            self._histories += 1
            self._history = History(self._histories, step)
            self._hand = Hand(step)
            self.melody = self.melody.successor()
            self._origin = step
        else:
            self._history.jump(step)
            self._hand.jump(step)
        self.attendance.begin(step, afresh=afresh)
        self.cues.forget()

    def halt(self, step: int) -> None:
        """The music stands still from a step on: what is held ends."""
        self.melody.release(step)
        self.attendance.leave(step, self.melody)

    def sounding_until(self, step: int) -> int | None:
        """The step before which the player last sounded, at most `step`, or None."""
        return self.attendance.sounding_until(step, self.melody)

    def loudness(self, first: int, steps: int) -> Array:
        """float32[steps]: what the velocities of so many steps are multiplied by."""
        metre, until = self.metre, self.sounding_until(first)
        energy = self.leader.driven(self.melody.energy(first))
        bar = metre.steps_per_bar
        rows = []
        for step in range(first, first + steps):
            played, silent = self.attendance.played(step), 0 if until is None else step - until
            loud = dynamics.loudness(energy, played / bar, step / bar, silent / bar)
            rows.append(loud * dynamics.accent(metre.step_in_bar(step), metre.halved))
        return np.array(rows, np.float32)

    def rest(self, first: int, last: int) -> None:
        """The band rests in steps first..last. What it played before them it goes on from."""
        played = self.memory.read(first - WINDOW, WINDOW)
        if played.onset.any():
            played.sustain[:, -1] = False
            self._groove = played
        self.attendance.enter(last)

    def _past(self, window: int, first: int, newcomer: bool) -> Score:
        """What the band played in the 32 steps before the window and in it up to a step; where that was
        nothing, since it rested, in the first what it last played: after silence a generator says silence."""
        past = (Memory() if newcomer else self.memory).read(window - WINDOW, WINDOW + first - window)
        if newcomer or self._groove is None or past.onset.any():
            return past
        pairs = ((past.onset, self._groove.onset), (past.sustain, self._groove.sustain))
        for now, then in pairs:
            now[:, :WINDOW] = then
        return past

    def hand_over(self, step: int) -> None:
        """Others play from a step on: nothing sounds on into it."""
        self.memory.cut(step)
        self._groove = None

    def return_to(self, step: int) -> None:
        """The player strikes a note at a step: after an ending and a bar of silence the band plays again."""
        until = self.sounding_until(step - 1)
        if self.cues.ended(step) and (until is None or step - until >= self.metre.steps_per_bar):
            self.cues.resume()

    def expect(self, notes: Iterable[tuple[int, int, int, int]]) -> None:
        """Know notes before they come: pitch, velocity 1..127, first step, the step before which it ends."""
        for pitch, velocity, begin, end in notes:
            self.melody.note_on(pitch, velocity, begin)
            self.melody.note_off(pitch, end)

    def advance(self, step: int) -> None:
        """Hear the beats complete before a step."""
        self._history.advance(step, self.melody, self.memory, self._noise)
        self._hand.advance(step, self.melody)
        self.melody.forget(step)

    def clashes(self, step: int) -> bool:
        """Whether the melody's or the left hand's newest notes leave the chord committed at a step."""
        chord = int(self.memory.chords(step, 1)[0])
        if chord == NONE:
            return False
        held = self.melody.chord(step)
        if held.sum() > 1 and (held * (1 - TONES[chord])).any():
            return True
        pitch, onset = self.melody.line(step, step + 1)
        return bool(onset[0]) and not TONES[chord][pitch[0] % 12]

    def contradicted(self, step: int) -> bool:
        """Whether the left hand holds on, into a step, to a chord that the one committed there is not."""
        chord, held = int(self.memory.chords(step, 1)[0]), self.melody.holds(step)
        return chord != NONE and held.sum() > 1 and bool((held & (TONES[chord] == 0)).any())

    def foreign(self, step: int, chord: int) -> NDArray[np.bool_]:
        """bool[12]: the pitch classes a semitone from what the player sounds just before a step, except those
        of the chord and of the player."""
        player = self.melody.chord(step - 1) > 0
        pitch, _ = self.melody.line(step - 1, step)
        player[pitch[pitch >= 0] % 12] = True
        near = np.roll(player, 1) | np.roll(player, -1)
        return np.asarray(near & ~player & (TONES[chord] == 0))

    def request(
        self,
        number: int,
        epoch: int,
        preset: Preset,
        key: str,
        first: int,
        *,
        revision: bool,
        ending: bool,
        newcomer: bool,
        patience: tuple[int, ...],
    ) -> Request:
        """The decision to take at step `first` by the preset of this key: a revision of one, one that winds
        the band down, or the first of a newcomer, who knows nothing of what others played.

        patience: the bars that each part plays on in the player's silence.
        """
        self.advance(first)
        self.cues.decide(first)
        self.leader.listen(self._history.classes())
        metre = self.metre
        window = first - first % BAR
        known, partial = self._partial(first)
        beats, beat_phase = self._history.beats(), phase(self._history.step)
        there = place(beats, partial, known, beat_phase) if self.mode is not Mode.RESPOND else None
        variation = preset.variation if self.leader.variation is None else self.leader.variation
        origins = self._origins(first, there, variation)
        self._noise = origins[0]
        played = self.attendance.played(first) / metre.steps_per_bar
        densities = self.leader.densities(preset, dynamics.lean(played, ending))
        controls = self.leader.controls(densities, self.melody.energy(first))
        return Request(
            number=number,
            epoch=epoch,
            preset=key,
            first=first,
            window=window,
            beat_in_bar=(first - window) // STEPS_PER_BEAT,
            halved=metre.halved,
            lasting=np.array([metre.lasts(step) for step in range(window, window + 2 * WINDOW)]),
            melody=self._rolls(window, first + max(known - first % STEPS_PER_BEAT, 0)),
            heard=self._known_steps(window, first),
            past=self._past(window, first, newcomer),
            chords=self.memory.chords(window, WINDOW),
            sounding=int(self.memory.chords(first - 1, 1)[0]),
            revision=revision,
            beats=beats,
            partial=partial,
            known=known,
            phase=beat_phase,
            evidence=self._hand.evidence(first, self.melody),
            foreseen=self._foreseen(first),
            hindsight=metre.turn // STEPS_PER_BEAT if self.mode is Mode.RESPOND else 0,
            recalled=self._history.recalled(there),
            seed=self._seed,
            origins=origins,
            variation=variation,
            controls=controls,
            constant=self._constancy.holds(first, controls),
            limits=limits(preset, densities),
            rests=self._rests(first, window, patience),
            key=self.leader.key,
            tonic=self.leader.tonic(self._history.classes()),
            moments=self.cues.moments(first, window + WINDOW, preset.fills),
            behind=self.cues.moments(first - WINDOW, first, preset.fills),
        )

    def _partial(self, first: int) -> tuple[int, Array]:
        """How many steps of the beat at `first` are known, and they. A note played early counts as heard."""
        known = first % STEPS_PER_BEAT
        beat = first - known
        latest = self.melody.latest
        if known == 0 and latest is not None and latest == first:
            known = 1
        pitch, onset = self.melody.line(beat, beat + known)
        return known, listening.partial(pitch, onset, self._history.since)

    def _rolls(self, window: int, until: int) -> Array:
        """float32[4,32,128]: the previous window and this one, zero where not heard."""
        if self.mode is Mode.OFFLINE:
            until = window + WINDOW
        elif self.mode is Mode.RESPOND:
            until = window
        past = self.melody.roll(window - WINDOW, WINDOW, window)
        now = self.melody.roll(window, WINDOW, until)
        return np.stack([past.onset, past.sustain, now.onset, now.sustain])

    def _known_steps(self, window: int, first: int) -> Array:
        heard = np.zeros(WINDOW, np.float32)
        last = {Mode.LIVE: first - window, Mode.RESPOND: 0, Mode.OFFLINE: WINDOW}[self.mode]
        heard[:last] = 1
        return heard

    def _foreseen(self, first: int) -> Chords | None:
        if self.foreseen is None:
            return None
        beats = first // STEPS_PER_BEAT - self._origin // STEPS_PER_BEAT
        return self.foreseen[min(beats, len(self.foreseen) - 1) :]

    def _origins(self, first: int, there: Place | None, variation: float) -> tuple[Origin, Origin]:
        """Whose noise this bar of four and the next have: what is played again is played with the same, but
        for bars in which a variation above .5 asks for something new."""
        bar = first // BAR
        asks = default_rng([self._seed, DEPARTURE, bar]).random() < 2 * variation - 1
        if there is None or there.sure < RECOGNISED or asks:
            return Origin(bar // PHRASE_BARS, bar), Origin((bar + 1) // PHRASE_BARS, bar + 1)
        to_bar_line = (BAR - first % BAR + STEPS_PER_BEAT - 1) // STEPS_PER_BEAT
        return self._history.origin(there.beat), self._history.origin(there.beat + to_bar_line)

    def _rests(self, first: int, window: int, patience: tuple[int, ...]) -> tuple[int, ...]:
        until = self.sounding_until(first)
        if self.mode is Mode.RESPOND or until is None:
            return (WINDOW,) * PARTS
        return tuple(leaves(until, self.metre, bars) - window for bars in patience)
