"""What is looked after while a performance runs: ports, the terminal, the take, the service manager."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bandmate.bridge.clock import now
from bandmate.daemon.engine.status import Status
from bandmate.daemon.errors import EXPECTED
from bandmate.daemon.ports.surface import SurfacePort
from bandmate.daemon.ports.wiring import Wiring
from bandmate.daemon.stage import priority
from bandmate.daemon.stage.alarm import Alarm, unforeseen
from bandmate.daemon.stage.audience import Audience
from bandmate.daemon.stage.conductor import Conductor
from bandmate.daemon.stage.console import status_line
from bandmate.daemon.stage.keeping import Keeper
from bandmate.daemon.stage.keys import Keys
from bandmate.daemon.stage.notify import Herald

SHOW_EVERY = 0.1
SHOWN_PER_LOOK = 5

Say = Callable[[str], None]
Show = Callable[[Status, float], None]


@dataclass(frozen=True)
class Caretaker:
    """Belongs to the main thread. mirror, keeper, audience: where there is one; show: hears the status and
    the seconds of inference (p95), ten times a second."""

    wiring: Wiring
    mirror: SurfacePort | None
    conductor: Conductor
    keeper: Keeper | None
    audience: Audience | None
    herald: Herald
    show: Show
    say: Say

    def until(self, alarm: Alarm) -> str | None:
        """Look after all until the alarm; what was lost or went wrong, if it ended so."""
        keys = Keys()
        if keys.there:
            self.say("Enter releases every note (panic), Ctrl-C ends")
        shown = 0
        try:
            while not alarm.wait(SHOW_EVERY):
                shown += 1
                self._tell()
                if keys.entered():
                    self.conductor.call(self.conductor.podium.panic)
                    self.say("every note was released; the band plays on")
                if self.conductor.ended.is_set():
                    return "the band has stopped"
                if shown % SHOWN_PER_LOOK == 0 and (lost := self._look()) is not None:
                    return lost
        except EXPECTED:
            raise
        except Exception as error:  # what sounds has to end, and the take to be kept
            return unforeseen("bandmate", error)
        return alarm.reason

    def _tell(self) -> None:
        status, seconds = self.conductor.status, self.conductor.p95()
        self.show(status, seconds)
        self.herald.beat(now(), self.conductor.turned, status_line(status, seconds))
        if self.keeper is not None:
            self.keeper.turn(status.bar)

    def _look(self) -> str | None:
        """See to the ports; what was lost."""
        if (lost := self.wiring.look()) is not None:
            return lost
        if self.mirror is not None:
            self.mirror.look()
        if self.audience is not None:
            self.audience.looked(self.wiring)
        priority.claim()  # for a port that was opened now
        return None
