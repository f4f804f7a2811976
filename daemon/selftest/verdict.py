"""What the figures of a machine mean: in words, with what to do."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

LONGEST_LEAD_MS = 200.0
FASTEST = 300
LATE_P99_MS, LATE_MAX_MS = 3.0, 30.0
CLOCK_P99_MS, CLOCK_OFFSET_MS = 3.0, 10.0
STOOD_STILL_MS = 10.0
LATE_ANSWERS, CPU, MEMORY = 0.01, 0.5, 0.5
"""The most that is fit for the stage: of answers late, of a core, of the machine's memory."""


@dataclass(frozen=True)
class Figures:
    """A machine's. late_*: of note-ons, arrival less due time; sent_*: the band's own
    share of that. clock_*: note-ons on the beat against the
    clock that was sent, `offset` in the middle and the others how far from that; `own`: how late that clock
    was sent. hop_ms: from decision to decision. cpu_share: of one core."""

    system: str
    cores: int
    minutes: float
    preset: str
    tempo: float
    noteons: int
    late_p50_ms: float
    late_p95_ms: float
    late_p99_ms: float
    late_max_ms: float
    sent_p50_ms: float
    sent_p95_ms: float
    sent_p99_ms: float
    sent_max_ms: float
    lost: int
    strange: int
    clock_notes: int
    clock_offset_ms: float
    clock_p50_ms: float
    clock_p95_ms: float
    clock_p99_ms: float
    clock_max_ms: float
    clock_own_p99_ms: float
    clock_own_max_ms: float
    decisions: int
    inference_p50_ms: float
    inference_p95_ms: float
    inference_p99_ms: float
    inference_max_ms: float
    late_answers: int
    dropped_notes: int
    lead_ms: float
    hop_ms: float
    cpu_share: float
    memory_mb: float
    machine_mb: float
    realtime: bool | None

    @property
    def fastest(self) -> float:
        """The tempo up to which a hop has time for two decisions, one of them anew, in 99 of 100 cases."""
        return min(self.tempo * self.hop_ms / (2 * self.inference_p99_ms), FASTEST)


@dataclass(frozen=True)
class Verdict:
    """fit: for the stage; lookahead, hop: safe; words: all of that in sentences, what is wrong first."""

    fit: bool
    lookahead: bool
    hop: bool
    words: tuple[str, ...]


def judge(figures: Figures) -> Verdict:
    """What the figures mean. What was not measured is not fit."""
    f = figures
    in_time = f.late_answers <= LATE_ANSWERS * f.decisions
    lookahead = f.decisions > 0 and in_time and f.inference_p95_ms <= f.lead_ms < LONGEST_LEAD_MS
    hop = f.decisions > 0 and f.fastest >= f.tempo
    wrong = [*_playing(f), *_thinking(f, lookahead, hop), *_burden(f)]
    if wrong and f.clock_own_max_ms > STOOD_STILL_MS:
        wrong.insert(
            0,
            f"this machine stood still for {f.clock_own_max_ms:.0f} ms, so that even the clock stumbled, and "
            "what follows may come from that: end other programs and test again",
        )
    words = [*wrong, *_safety(f, lookahead, hop)]
    if not wrong:
        words.append("this machine is fit for the stage")
    elif f.noteons and f.lost == 0 and f.dropped_notes == 0 and f.late_p95_ms <= LATE_MAX_MS:
        words.append("this machine will do for rehearsing, not for the stage")
    else:
        words.append("this machine is not fit to play on as it is")
    return Verdict(not wrong, lookahead, hop, tuple(words))


def table(figures: Figures) -> list[str]:
    """The figures for people, a line each."""
    f = figures
    priority = {True: "yes", False: "no", None: "unknown"}[f.realtime]
    columns = f"{'ms':22}{'p50':>9}{'p95':>9}{'p99':>9}{'max':>9}"
    return [
        f"{f.minutes:g} minutes of {f.preset} at {f.tempo:g} bpm, {f.system}, {f.cores} cores",
        columns,
        _row("note-ons late", f.late_p50_ms, f.late_p95_ms, f.late_p99_ms, f.late_max_ms),
        _row("  of that, the band's", f.sent_p50_ms, f.sent_p95_ms, f.sent_p99_ms, f.sent_max_ms),
        _row("off the clock's beat", f.clock_p50_ms, f.clock_p95_ms, f.clock_p99_ms, f.clock_max_ms),
        _row("inference", f.inference_p50_ms, f.inference_p95_ms, f.inference_p99_ms, f.inference_max_ms),
        f"note-ons {f.noteons}, lost {f.lost}, unexpected {f.strange}, dropped {f.dropped_notes}",
        f"against the clock {f.clock_offset_ms:+.1f} ms in the middle, {f.clock_notes} notes on the beat "
        f"(the clock itself was sent within {f.clock_own_p99_ms:.1f} ms, p99; the worst "
        f"{f.clock_own_max_ms:.1f})",
        f"decisions {f.decisions}, late {f.late_answers}, asked for {f.lead_ms:.0f} ms ahead, "
        f"one every {f.hop_ms:.0f} ms",
        f"CPU {100 * f.cpu_share:.0f} % of a core, memory {f.memory_mb:.0f} MB, "
        f"real-time priority: {priority}",
    ]


def record(figures: Figures, verdict: Verdict) -> dict[str, object]:
    """All of it, for a file: numbers that are none as null."""
    plain = {**asdict(figures), "fastest_bpm": figures.fastest, **asdict(verdict)}
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in plain.items()}


def _playing(f: Figures) -> list[str]:
    """What is wrong with when notes arrive."""
    if not f.noteons:
        return ["the band played nothing"]
    said = []
    if f.lost or f.strange:
        said.append(f"of {f.noteons} note-ons {f.lost} were lost, {f.strange} came that nobody sent")
    if f.dropped_notes:
        said.append(f"{f.dropped_notes} notes were dropped because they would have been late")
    if not f.late_p99_ms <= LATE_P99_MS or not f.late_max_ms <= LATE_MAX_MS:
        said.append(
            f"note-ons are up to {f.late_p99_ms:.1f} ms late (p99; the worst {f.late_max_ms:.1f}), more than "
            f"{LATE_P99_MS:g} ({LATE_MAX_MS:g}); {_cause(f)}"
        )
    if not f.clock_p99_ms <= CLOCK_P99_MS:
        said.append(
            f"against the clock, notes wander by {f.clock_p99_ms:.1f} ms (p99), more than {CLOCK_P99_MS:g}"
        )
    if f.clock_p99_ms <= CLOCK_P99_MS and abs(f.clock_offset_ms) > CLOCK_OFFSET_MS:
        said.append(
            f"notes are {f.clock_offset_ms:+.0f} ms off the clock: write "
            f"'offset_ms: {-f.clock_offset_ms:.0f}' into config.yaml"
        )
    return said


def _cause(f: Figures) -> str:
    """Who makes notes late, and what helps."""
    if f.sent_p99_ms <= f.late_p99_ms / 2 and f.sent_max_ms <= LATE_MAX_MS:
        return "the band sends them in time, the MIDI system holds them up: use a smaller buffer"
    return "end other programs, allow real-time priority"


def _thinking(f: Figures, lookahead: bool, hop: bool) -> list[str]:
    """What is wrong with when decisions come."""
    said = []
    if not lookahead:
        said.append(
            f"decisions come too late ({f.late_answers} of {f.decisions}; they take "
            f"{f.inference_p95_ms:.0f} ms, p95, and are asked for {f.lead_ms:.0f} ms ahead): end other "
            "programs"
        )
    if not hop:
        said.append("decisions take longer than there is time between them: play slower")
    return said


def _burden(f: Figures) -> list[str]:
    said = []
    if f.cpu_share > CPU:
        said.append(f"playing takes {100 * f.cpu_share:.0f} % of a core, more than {100 * CPU:.0f}")
    if f.memory_mb > MEMORY * f.machine_mb:
        said.append(f"playing takes {f.memory_mb:.0f} MB of the machine's {f.machine_mb:.0f}")
    return said


def _safety(f: Figures, lookahead: bool, hop: bool) -> list[str]:
    ahead = f"the lookahead of {f.lead_ms:.0f} ms is {'safe' if lookahead else 'NOT safe'}"
    tempo = f", up to {f.fastest:.0f} bpm" if hop else ""
    return [ahead, f"the hop of {f.hop_ms:.0f} ms is {'safe' if hop else 'NOT safe'}{tempo}"]


def _row(name: str, *values: float) -> str:
    return f"{name:22}" + "".join(f"{value:9.2f}" for value in values)
