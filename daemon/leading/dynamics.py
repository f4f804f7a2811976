"""How loud and how dense the band plays beside what it is set to: accents, build-up, swell and wind-down.

The band is as loud as the player, comes in lightly and has built up after two bars, swells a little to the
end of each phrase, and fades while the player is silent.
"""

from __future__ import annotations

from bandmate.models.roll import BAR, STEPS_PER_BEAT

USUAL = 80 / 127
"""A player's velocity, 0..1, at which the band plays as it was taught."""
PHRASE_BARS = 8
BUILD_BARS = 2
LIGHT, QUIET = 0.1, 0.84
SWELL = 0.06
WAITED_BARS, FADE, FAINTEST = 1, 0.12, 0.6
ENDING_DENSITY = 0.25
SOFTEST, LOUDEST = 0.5, 1.45
DOWNBEAT, MIDDLE, BEAT, OFF_BEAT, BETWEEN = 1.07, 1.03, 1.0, 0.96, 0.92
REACH = 0.6


def energy(player: float, control: float | None) -> float:
    """The player's mean velocity 0..1, moved by a control 0..1 that leaves it as it is at .5."""
    moved = player if control is None else player + REACH * (control - 0.5)
    return min(max(moved, 0.0), 1.0)


def loudness(energy: float, played: float, bar: float, silent: float) -> float:
    """What velocities are multiplied by: energy 0..1; played, the bars since the band came in; bar, the bars
    since the song began; silent, the bars since the player last sounded."""
    built = QUIET + (1 - QUIET) * _share(played, BUILD_BARS)
    swollen = 1 + SWELL * (bar % PHRASE_BARS / PHRASE_BARS - 0.5)
    faded = max(1 - FADE * max(silent - WAITED_BARS, 0.0), FAINTEST)
    return min(max(energy / USUAL, SOFTEST), LOUDEST) * built * swollen * faded


def accent(step: int, halved: bool) -> float:
    """What the velocity at a step of the bar is multiplied by; halved: whether the third beat is strong."""
    if step % STEPS_PER_BEAT:
        return OFF_BEAT if step % STEPS_PER_BEAT == STEPS_PER_BEAT // 2 else BETWEEN
    strong = halved and step % BAR == BAR // 2
    return DOWNBEAT if step == 0 else MIDDLE if strong else BEAT


def lean(played: float, ending: bool) -> float:
    """What every part's density, 0..1, is moved by."""
    return LIGHT * (_share(played, BUILD_BARS) - 1) - (ENDING_DENSITY if ending else 0.0)


def _share(part: float, whole: float) -> float:
    return min(max(part / whole, 0.0), 1.0)
