"""The loop: a course advanced to its end, kept at every checkpoint, stopped cleanly when asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bandmate.training.fitting.course import Course

LATEST = "checkpoint.pt"

Tell = Callable[[int, dict[str, float]], None]


def fit(
    course: Course,
    folder: Path,
    tell: Tell = lambda step, losses: None,
    look: Callable[[], None] = lambda: None,
    stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Teaches until the course is done or `stop` says so in any process; whether it is done.

    After each update `tell` hears the losses and `look` may look at what the course is now. The folder gets
    checkpoint.pt, and a file for each milestone. Only the first process tells, looks and writes.
    """
    first = course.together.first
    while not course.done and not course.together.agree(stop()):
        losses = course.advance()
        if not first:
            continue
        tell(course.step, losses)
        if course.step in course.milestones:
            course.save(folder / f"{course.milestones[course.step]}.pt")
        if course.step % course.recipe.save_every == 0:
            course.save(folder / LATEST)
        look()
    if first:
        course.save(folder / LATEST)
    return course.done
