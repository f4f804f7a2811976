"""The band's side of the page: watches the performance, tells the server, does what the pages ask."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from bandmate.bridge.events import Event
from bandmate.daemon.ports.patchbay import ANY
from bandmate.daemon.ports.wiring import Wiring
from bandmate.daemon.sending.schedule import Due
from bandmate.daemon.stage.audience import Seat
from bandmate.daemon.studio import pairing, protocol
from bandmate.daemon.studio.encore import Encore, Staging
from bandmate.daemon.studio.hands import Hands
from bandmate.daemon.studio.letterbox import Letterbox
from bandmate.daemon.studio.news import News
from bandmate.daemon.studio.picture import LASTING
from bandmate.daemon.studio.protocol import Refusal, Setup
from bandmate.daemon.studio.repertoire import Repertoire
from bandmate.daemon.studio.server import Server
from bandmate.daemon.studio.solos import Solos
from bandmate.daemon.studio.watch import Told, Watch
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf

WAITING = 4096
METER_EVERY = 0.5

Say = Callable[[str], None]


class Studio:
    """An audience of pages."""

    def __init__(self, opening: dict[str, Any], say: Say, encore: Encore) -> None:
        """opening: what the server has to know to begin; encore: what pages ask to begin anew with."""
        self._opening, self._say, self._encore = opening, say, encore
        self._box: Letterbox[Told] = Letterbox(WAITING)
        self._staging: Staging | None = None
        self._watch: Watch | None = None
        self._hands: Hands | None = None
        self._ports: News = {}
        self._repertoire = Repertoire(folder("presets"))
        self._lasting: dict[str, News] = {}
        self._closing = False
        self._lock = threading.Lock()
        self.ready, self.failure = threading.Event(), ""
        self.server = Server(self._greeting, self._arrived, say)
        self._feeder = threading.Thread(target=self._feed, name="bandmate feeder", daemon=True)
        self._feeder.start()

    @property
    def preset(self) -> str | None:
        """The preset that plays, or was the last to play."""
        state = self._lasting.get("state")
        return None if state is None else str(state["preset"])

    def set(self, staging: Staging) -> None:
        """The next performance is set so."""
        self._staging = staging

    def say(self, sentence: str) -> None:
        """A sentence for the user: on the terminal, and on the pages."""
        self._say(sentence)
        self._box.put(lambda: {"is": "said", "sentence": sentence})

    def close(self) -> None:
        """End the server and the threads."""
        self._closing = True
        self._box.put(lambda: None)
        self._feeder.join(timeout=3)
        self.server.close()

    # --- the audience -------------------------------------------------------------------------------

    def take(self, seat: Seat) -> None:
        """A performance begins."""
        assert self._staging is not None
        settings, solos = self._staging.settings, Solos()
        self._watch = Watch(seat.engine, settings.metre, settings.channel, solos, self._box)
        channel = settings.channel or _free_channel()
        with self._lock:
            self._hands = Hands(seat, solos, channel)
        self._box.put(partial(_setup, self._staging))
        self._box.put(self._repertoire.news)

    def leave(self) -> None:
        """It is over: no hand reaches it any more."""
        with self._lock:
            if self._hands is not None:
                self._hands.release()
            self._hands = None

    def sent(self, due: Due, meant: float, left: float) -> None:
        """See Audience."""
        if self._watch is not None:
            self._watch.sent(due, meant, left)

    def decided(self, seconds: float, lead: float) -> None:
        """See Audience."""
        if self._watch is not None:
            self._watch.decided(seconds, lead)

    def heard(self, event: Event, arrival: float) -> None:
        """See Audience."""
        if self._watch is not None:
            self._watch.heard(event, arrival)

    def turned(self, now: float) -> None:
        """See Audience."""
        if self._watch is not None:
            self._watch.turned(now)

    def looked(self, wiring: Wiring) -> None:
        """See Audience."""
        ports: News = {
            "is": "ports",
            "inputs": list(wiring.there.inputs),
            "outputs": list(wiring.there.outputs),
            "listening": wiring.listening,
            "playing": wiring.playing,
        }
        if ports != self._ports:
            self._ports = ports
            self._box.put(lambda: ports)
        if self._repertoire.changed():
            self._box.put(self._repertoire.news)

    # --- the feeder's thread ------------------------------------------------------------------------

    def _feed(self) -> None:
        """Put into words what happened, and tell it."""
        meter: News = {}
        while not self._closing:
            told = [news for each in self._box.take(METER_EVERY) if (news := each()) is not None]
            if self._watch is not None and (reading := self._watch.meter.read()) != meter:
                meter = reading
                told.append({"is": "meter", **reading})
            if told:
                self._lasting |= {news["is"]: news for news in told if news["is"] in LASTING}
                self.server.tell(told)

    # --- the server's thread ------------------------------------------------------------------------

    def _greeting(self) -> list[Any]:
        """What a server that begins is told first."""
        return [self._opening, list(self._lasting.values())]

    def _arrived(self, value: Any) -> None:
        """The server says something: of itself, for the terminal, or what a page asks."""
        if "page" in value:
            self._asked(int(value["page"]), value)
        elif "say" in value:
            self._say(value["say"])
        elif "code" in value:
            self._opening["code"] = value["code"]
            self._say(f"the code was guessed at too often; it is now {pairing.shown(value['code'])}")
        else:
            self.failure = value.get("failed", "")
            self.ready.set()

    def _asked(self, page: int, value: Any) -> None:
        with self._lock:
            if "left" in value:
                if self._hands is not None:
                    self._hands.left(page)
                return
            try:
                message = protocol.of(value["asks"])
                if isinstance(message, Setup):
                    self._begin_anew(message)
                elif self._hands is not None:
                    self._hands.do(page, message)
            except Refusal as refusal:
                self._box.put(partial(_said, str(refusal)))

    def _begin_anew(self, setup: Setup) -> None:
        """End this performance, so that another one begins. Raises Refusal for a port that is not there."""
        for wanted, there in ((setup.listen, "inputs"), (setup.play, "outputs")):
            if wanted is not None and wanted != ANY and wanted not in self._ports.get(there, ()):
                raise Refusal(f"there is no MIDI port {protocol.shown(wanted)} any more; choose another")
        self._encore.ask(setup)


def _said(sentence: str) -> News:
    return {"is": "said", "sentence": sentence}


def _setup(staging: Staging) -> News:
    config, settings = staging.config, staging.settings
    return {
        "is": "setup",
        "mode": settings.mode.value,
        "clock": settings.clock.value,
        "metre": f"{settings.metre.beats}/{settings.metre.unit}",
        "key": None if config.key is None else config.key.name,
        "listen": config.in_port,
        "play": config.out_port,
        "seed": settings.seed,
        "split": settings.split,
        "record": config.record,
    }


def _free_channel() -> int:
    """The first channel on which no band plays; 1 where there is none."""
    shelf = Shelf(folder("presets"))
    taken = {part.channel for name in shelf.names() for part in shelf.get(name).parts}
    return next((channel for channel in range(1, 17) if channel not in taken), 1)
