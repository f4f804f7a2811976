"""Where a performance stands, told: to the status line, and to a controller with lamps and motors."""

from __future__ import annotations

from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.clock.transport import Transport
from bandmate.daemon.engine.band import Band
from bandmate.daemon.engine.told import Status
from bandmate.daemon.leading.panel import Panel
from bandmate.daemon.leading.presence import Presence
from bandmate.models.harmony import symbol
from bandmate.models.roll import STEPS_PER_BEAT

MIDDLE = 0.5
# Lamps blink so often a second while the music stands.
STANDING = 2


def status(band: Band, transport: Transport, metre: Metre, now: float, *, standing: bool) -> Status:
    """Where the music stands."""
    late, dropped = band.late, band.desk.dropped
    key = band.situation.leader.key
    locked = None if key is None else key.name
    if standing:
        still = transport.bpm, band.preset.name, Presence.RESTING, ()
        return Status(0, 0, *still, late, dropped, locked)
    step = band.grid.step_at(transport.tick(now))
    song = step - band.grid.step_of(transport.song_shift)
    names = tuple(dict.fromkeys(symbol(int(chord)) for chord in band.chords(step)))[:2]
    return Status(
        metre.bar_of(song) + 1,
        metre.beat_in_bar(song) + 1,
        transport.bpm,
        band.preset.name,
        band.presence(step),
        names,
        late,
        dropped,
        locked,
    )


def panel(band: Band, transport: Transport, metre: Metre, now: float, *, standing: bool) -> Panel:
    """Where all stands that a player can move."""
    step = band.grid.step_at(transport.tick(now))
    song = step - band.grid.step_of(transport.song_shift)
    leader, cues, desk = band.situation.leader, band.situation.cues, band.desk
    runs = not standing and song >= 0
    half_beat = (step % STEPS_PER_BEAT) * 2 // STEPS_PER_BEAT
    return Panel(
        preset=band.preset.program,
        armed=None if band.armed is None else band.armed.program,
        bar=metre.bar_of(song) + 1 if runs else 0,
        beat=metre.beat_in_bar(song) + 1 if runs else 0,
        lit=(int(2 * STANDING * now) % 2 if standing else half_beat) == 0,
        density=MIDDLE if leader.density is None else leader.density,
        variation=band.preset.variation if leader.variation is None else leader.variation,
        energy=MIDDLE if leader.energy is None else leader.energy,
        level=desk.levels,
        mute=desk.mutes,
        fill=cues.lamp("fill", step),
        tacet=cues.lamp("tacet", step),
        ending=cues.lamp("ending", step),
        key_lock=leader.lock_lamp,
        hold=cues.held,
        freeze=band.frozen,
        run=not standing,
    )
