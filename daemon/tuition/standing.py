"""How a run stands and what can be done with it, told from its folder and from the jobs of pages."""

from __future__ import annotations

from typing import NamedTuple

from bandmate.daemon.tuition.ledger import CUT, RUNNING, Job
from bandmate.daemon.tuition.record import Record

STOP, RESUME, PRESET = "stop", "resume", "preset"


class Standing(NamedTuple):
    """state: `reading`, `teaching`, `making` (a preset), `elsewhere` (taught by a command in a terminal),
    `stopped`, `done` or `failed`; fault: why it failed; may: what can be asked."""

    state: str
    fault: str
    may: tuple[str, ...]


def of(record: Record | None, job: Job | None, working: str, fits: bool) -> Standing:
    """The standing of a run. record: its folder's, if there is one; job: its newest, if a page has begun
    one; working: how that job stands; fits: whether a process fits the run now."""
    taught = record is not None and record.done > 0
    if job is not None and working == RUNNING:
        begun = record is not None and record.state != "prepared"
        state = "making" if job.kind == "preset" else "teaching" if begun else "reading"
        return Standing("stopping" if job.stop else state, "", () if job.stop else (STOP,))
    if fits:
        return Standing("elsewhere", "", ())
    preset = (PRESET,) if taught else ()
    if record is not None and record.state == "done" and (job is None or job.kind == "teach"):
        return Standing("done", "", preset)
    failed, fault = _fault(record, job, working)
    if record is not None and record.state == "done":
        return Standing("failed" if failed else "done", fault, preset)
    can_go_on = job is not None or (record is not None and record.state != "prepared")
    return Standing("failed" if failed else "stopped", fault, ((RESUME,) if can_go_on else ()) + preset)


def _fault(record: Record | None, job: Job | None, working: str) -> tuple[bool, str]:
    """Whether the last that was tried failed, and why."""
    if job is not None and working == CUT:
        again = "make the preset again" if job.kind == "preset" else "resume it"
        return True, f"it was cut off; {again}"
    if job is not None and working == "failed":
        return True, job.said
    if job is None and record is not None and record.state == "failed":
        return True, record.fault
    return False, ""
