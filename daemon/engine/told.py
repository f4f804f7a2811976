"""What the engine gives out beside where it stands: all that is due."""

from __future__ import annotations

from dataclasses import dataclass

from bandmate.daemon.answering.request import Request
from bandmate.daemon.sending.schedule import Due


@dataclass(frozen=True)
class Actions:
    """What is due: events to send, in order, with the tick each was meant for; decisions to ask for; programs
    of presets to make ready; sentences to tell."""

    events: list[Due]
    requests: list[Request]
    wishes: list[int]
    remarks: list[str]
