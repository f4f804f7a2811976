"""The band: takes its decisions in time, commits to them, and puts them on the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bandmate.daemon.answering.request import Answer, Chords, Request
from bandmate.daemon.answering.revision import revoice
from bandmate.daemon.clock.metre import Grid
from bandmate.daemon.clock.timeline import Timeline
from bandmate.daemon.engine.mode import Mode
from bandmate.daemon.engine.planner import Commitment, Planner
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.engine.situation import Situation
from bandmate.daemon.leading.presence import CLOSING_BARS, Presence, presence
from bandmate.daemon.sending.desk import Desk
from bandmate.daemon.sending.takes import Take
from bandmate.models.harmony import symbol
from bandmate.models.keys import Key
from bandmate.presets.preset import Preset

VOID = -1


class Band:
    """Joins the situation, the planner and the desk of one performance.

    frozen: the last two bars are repeated; steady: the clock runs on through rests, so the player is waited
    for; closing: nothing more is to come from the player.
    """

    def __init__(self, preset: Preset, key: str, settings: Settings, take: Take | None) -> None:
        self.situation = Situation(settings.mode, settings.metre, settings.seed, settings.split, settings.key)
        self.desk = Desk(preset, take, programs=settings.programs, delays=settings.delays)
        self.grid = Grid(preset.swing, settings.metre)
        self.preset = preset
        self.lead = settings.lead
        self.frozen = False
        self.steady = False
        self.closing = False
        self._settings, self._take = settings, take
        self._planner = self._plan(preset)
        self._key = key
        self._armed: tuple[Preset, str] | None = None
        self._epoch = self._number = self._late = 0
        self._revise_at: int | None = None
        self._last: Request | None = None
        self._caught_up = True
        self._left: int | None = None
        self._noted: Key | None = None
        self.committed: Callable[[Commitment], None] = lambda commitment: None
        """Hears what is committed to, as it will be played."""

    @property
    def plan(self) -> Answer | None:
        """The newest answer: what is played after all that is committed, unless it is decided anew."""
        return self._planner.newest

    @property
    def late(self) -> int:
        """How many decisions came too late."""
        return self._late + self._planner.late

    @property
    def armed(self) -> Preset | None:
        """The preset that waits for its bar line."""
        return None if self._armed is None else self._armed[0]

    @property
    def keys(self) -> set[str]:
        """The keys of the preset that plays and of the one that is armed: nobody else is asked."""
        return {self._key} if self._armed is None else {self._key, self._armed[1]}

    def begin(self, step: int, *, afresh: bool, at_bar: bool = False) -> None:
        """The music runs on from a step; the band from the next bar line on, or from the next hop."""
        self._epoch += 1
        self._revise_at = None
        self.situation.begin(step, afresh=afresh)
        begins = self._settings.metre.next_bar(step - 1) if at_bar else step
        self._planner.begin(begins, None if afresh else self._left)

    def stop(self, tick: int) -> None:
        """The music stands still: what sounds ends, what was asked is void."""
        self._epoch += 1
        self._revise_at = None
        self._left = self.grid.step_of(tick)
        self.situation.memory.cut(self.grid.step_at(tick) + 1)
        self.desk.silence(tick)

    def arm(self, preset: Preset, key: str, timeline: Timeline | None) -> None:
        """A preset is ready: it plays from the next bar line, or at once while the music stands still.

        key: names it in requests. Arming the one that plays takes a wish back.
        """
        if self._armed is not None:
            self._planner.dismiss(self._armed[1])
        self._armed = None if key == self._key else (preset, key)
        self._caught_up = False
        if timeline is None and self._armed is not None:
            self._switch(self._planner.committed)
            self.desk.silence(self.grid.tick_of(self._planner.committed))

    def chords(self, step: int) -> Chords:
        """The chords int[n] from a step on: those committed, then those planned."""
        committed = max(self._planner.committed - step, 0)
        return np.concatenate([self.situation.memory.chords(step, committed), self._planner.outlook()])

    def presence(self, step: int) -> Presence:
        """Whether the band plays at a step."""
        if self.situation.cues.ended(step):
            return Presence.RESTING
        if self._settings.mode is Mode.RESPOND:
            until = self.situation.melody.sounding_until(step)
            answers = until is not None and until > self._planner.committed - self._planner.hop
            return Presence.PLAYING if answers else Presence.RESTING
        until, patience = self.situation.sounding_until(step), max(self._patience(self.preset))
        return presence(step, until, self._settings.metre, patience)

    def heard(self, step: int, timeline: Timeline, now: float) -> None:
        """The player struck a note at a step: perhaps the rest of the hop has to be decided anew."""
        self.situation.return_to(step)
        steered = self.frozen or self.situation.cues.held
        if self._settings.mode is not Mode.LIVE or self._revise_at is not None or steered:
            return
        first = max(step, self.grid.step_at(timeline.tick_at(now))) + 1
        while self._ask_time(first, timeline) < now or not self._settings.metre.lasts(first):
            first += 1
        if self._planner.revisable(first) and self.situation.clashes(step):
            self._revise_at = first

    def answer(self, answer: Answer, timeline: Timeline, now: float) -> None:
        """A decision came back."""
        ours = answer.preset == self._key
        armed = self._armed is not None and answer.preset == self._armed[1]
        if answer.epoch != self._epoch or not (ours or armed):
            return
        if self.frozen:
            if ours:
                self._planner.keep(answer)
            return
        reached = self.grid.step_at(timeline.tick_at(now))
        if not ours and answer.first <= reached:
            self._late += 1
            return
        commitment = self._planner.receive(answer, reached)
        if commitment is not None:
            self._commit(commitment)

    def bounds(self, timeline: Timeline, now: float) -> bool:
        """Commit every hop whose first step has come; whether the player has been gone for long."""
        gone = False
        while self.grid.tick_of(step := self._planner.committed) <= timeline.tick_at(now):
            if self.presence(step) is not Presence.RESTING:
                self._commit(self._planner.boundary(self.situation.memory, freeze=self.frozen))
                self._correct(step)
                continue
            if self._armed is not None and self._settings.metre.step_in_bar(step) == 0:
                self._switch(step)
            self._commit(self._planner.rest())
            self.situation.rest(step, self._planner.committed)
            until = self.situation.sounding_until(step)
            gone = until is not None and step - until >= 2 * self._settings.metre.steps_per_bar
        return gone

    def asks(self, timeline: Timeline, now: float) -> list[Request]:
        """The decisions to ask for now."""
        requests: list[Request] = []
        step = self._revise_at
        if step is not None and self._ask_time(step, timeline) <= now + 1e-9:
            self._revise_at = None
            if self._planner.revisable(step) and self.presence(step) is Presence.PLAYING:
                self._planner.revise()
                requests.append(self._request(step, revision=True))
        while self._ask_time(step := self._planner.next_ask(), timeline) <= now + 1e-9:
            self._planner.ask(step)
            if self.presence(step) is not Presence.RESTING:
                requests.append(self._request(step))
        self._last = requests[-1] if requests else self._last
        if self._armed is not None and not self._caught_up and self._last is not None:
            # Who takes over is to have heard the music by then, which takes longer than a decision.
            requests.append(replace(self._last, preset=self._armed[1], epoch=VOID))
            self._caught_up = True
        return requests

    def deadline(self, timeline: Timeline) -> float:
        """When something is due next, in seconds."""
        ticks = [self.grid.tick_of(self._planner.committed)]
        if (waiting := self.desk.next_tick()) is not None:
            ticks.append(waiting)
        asks = [self._planner.next_ask()] + ([] if self._revise_at is None else [self._revise_at])
        times = [timeline.time_at(tick) for tick in ticks]
        times += [self._ask_time(step, timeline) for step in asks]
        held = self.desk.next_time()
        return min(times if held is None else [*times, held])

    def _correct(self, step: int) -> None:
        """A hop begins at a step: decide the rest of it anew if the left hand holds on to another chord."""
        live = self._settings.mode is Mode.LIVE and not self.frozen and self._settings.metre.lasts(step + 1)
        if live and self._planner.revisable(step + 1) and self.situation.contradicted(step):
            self._revise_at = step + 1

    def _ask_time(self, step: int, timeline: Timeline) -> float:
        return timeline.time_at(self.grid.tick_of(step)) - self.lead

    def _request(self, step: int, *, revision: bool = False) -> Request:
        self._number += 1
        newcomer = self._armed is not None and self._settings.metre.step_in_bar(step) == 0
        preset, key = self._armed if self._armed is not None and newcomer else (self.preset, self._key)
        return self.situation.request(
            self._number,
            self._epoch,
            preset,
            key,
            step,
            revision=revision,
            ending=self.presence(step) is Presence.ENDING,
            newcomer=newcomer,
            patience=self._patience(preset),
        )

    def _patience(self, preset: Preset) -> tuple[int, ...]:
        """For each part the bars that it plays on in the player's silence."""
        if self.closing:
            return (CLOSING_BARS,) * len(preset.parts)
        return tuple(part.patience * (2 if self.steady else 1) for part in preset.parts)

    def _commit(self, commitment: Commitment) -> None:
        first = commitment.first
        if self._armed is not None and commitment.preset == self._armed[1]:
            self._switch(first)
        memory = self.situation.memory
        # Ends in steps that take no time fall on the tick of `first`, from which on all is put anew.
        before = memory.sounding(self._settings.metre.before(first))
        known = memory.chords(first - 1, 1)
        score = revoice(
            memory.read(first, commitment.score.steps),
            commitment.score,
            before,
            self.situation.foreign(first, int(commitment.chords[0])),
            [part.voices for part in self.preset.parts],
        )
        memory.write(first, score, commitment.chords)
        self.desk.score(first, score, before, self.grid, self.situation.loudness(first, score.steps))
        if self._take is not None:
            self._note_key(self.grid.tick_of(first), self._take)
            chords = np.concatenate([known, commitment.chords])
            for at in np.flatnonzero(chords[1:] != chords[:-1]):
                self._take.marker(self.grid.tick_of(first + int(at)), symbol(int(chords[at + 1])))
        self.committed(replace(commitment, score=score))

    def _note_key(self, tick: int, take: Take) -> None:
        """Mark where a key was locked or let go."""
        key = self.situation.leader.key
        if key != self._noted:
            take.marker(tick, "any key" if key is None else f"in {key.name}")
            self._noted = key

    def _switch(self, step: int) -> None:
        """The armed preset plays from a step on."""
        assert self._armed is not None
        (preset, self._key), self._armed = self._armed, None
        tick = self.grid.tick_of(step)
        self.preset = preset
        self.desk.switch(preset, tick)
        self.situation.hand_over(step)
        self.grid = Grid(preset.swing, self._settings.metre)
        before = self._planner
        self._late += before.late
        self._planner = self._plan(preset)
        self._planner.take_over(before, self._key)
        if self._take is not None:
            self._take.marker(tick, preset.name)

    def _plan(self, preset: Preset) -> Planner:
        metre = self._settings.metre
        if self._settings.mode is Mode.RESPOND:
            return Planner(metre.turn, metre)
        return Planner(preset.hop, metre)
