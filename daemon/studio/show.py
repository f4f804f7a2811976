"""A performance with a page: played, and played anew whenever a page sets it otherwise, until it is ended."""

from __future__ import annotations

import secrets
import socket
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psutil

from bandmate.bridge.loopback import Indoors
from bandmate.bridge.names import PortError
from bandmate.bridge.ports import Midi
from bandmate.daemon.config import Config
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.engine.status import Status
from bandmate.daemon.errors import ServeError
from bandmate.daemon.ports.wiring import System
from bandmate.daemon.stage import asked
from bandmate.daemon.stage import play as performance
from bandmate.daemon.stage.alarm import signals
from bandmate.daemon.studio import pairing
from bandmate.daemon.studio.encore import Encore, Staging, season
from bandmate.daemon.studio.protocol import Setup
from bandmate.daemon.studio.studio import Studio
from bandmate.presets.home import folder

START = 60.0
"""Seconds within which the server listens."""
KEY = "studio.key"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Address:
    """Where the page is to be found."""

    host: str
    port: int

    @property
    def guarded(self) -> bool:
        """Whether others than this machine can come in."""
        try:
            return not ip_address(self.host).is_loopback
        except ValueError:
            return self.host != "localhost"

    def url(self) -> str:
        """What is typed into a browser."""
        host = self.host
        if host in ("0.0.0.0", "::"):
            host = reachable()
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"


def run(
    config: Config,
    settings: Settings,
    say: Say,
    show: Callable[[Status, float], None],
    address: Address,
    trace: Path | None = None,
    *,
    indoors: bool = False,
    browse: bool = False,
) -> str | None:
    """Play with a page until a signal comes or the MIDI system is lost; what was lost, if it ended so.

    indoors: where there is no MIDI system, play without one; browse: open the page. Raises what `play`
    raises, and ServeError where the page can't be served.
    """
    stopped, ending = threading.Event(), threading.Event()
    signals(stopped, ending)
    code, encore = pairing.fresh(), Encore(ending)
    studio = Studio({**_opening(address), "code": code}, say, encore)
    system: System | None = None

    def perform(each: Staging) -> str | None:
        nonlocal system
        system = _system(say) if indoors and not isinstance(system, Indoors) else system
        studio.set(each)
        return performance.play(
            each.config, each.settings, studio.say, show, trace, audience=studio, system=system, ending=ending
        )

    try:
        _await(studio, address)
        _welcome(address, code, say, browse=browse)
        first = Staging(config, settings)
        return season(first, perform, encore, partial(_changed, studio), stopped, studio.say)
    finally:
        studio.close()


def _changed(studio: Studio, staging: Staging, setup: Setup) -> Staging:
    """The staging as a page wants it, with the preset that played last."""
    config = replace(
        staging.config,
        preset=studio.preset or staging.config.preset,
        clock=setup.clock,
        metre=setup.metre,
        key=setup.key,
        in_port=setup.listen,
        out_port=setup.play,
    )
    return Staging(config, asked.settings(config, setup.mode, staging.settings.seed))


def _opening(address: Address) -> dict[str, Any]:
    names = {socket.gethostname(), f"{socket.gethostname().split('.')[0]}.local", address.host}
    guarded = address.guarded
    return {
        "host": address.host,
        "port": address.port,
        "names": sorted(names) if guarded else [],
        "guarded": guarded,
        "token": _token() if guarded else secrets.token_urlsafe(32),
    }


def _token() -> str:
    """What paired pages show: kept in a file that only the user can read, so that they stay paired."""
    path = folder(KEY)
    try:
        kept = path.read_text(encoding="ascii").strip()
        if len(kept) >= 40:
            return kept
    except (OSError, UnicodeDecodeError):
        pass
    token = secrets.token_urlsafe(32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.touch(0o600, exist_ok=False)
        path.write_text(token, encoding="ascii")
    except OSError:
        # Then pages pair again after the next start.
        return token
    return token


def _await(studio: Studio, address: Address) -> None:
    if not studio.ready.wait(START):
        raise ServeError(
            "the page's server does not start; run it again, or look whether the machine is busy"
        )
    if studio.failure:
        raise ServeError(
            f"the page can't be served at {address.host}, port {address.port} ({studio.failure.lower()}); "
            "choose another --host or --port"
        )


def _welcome(address: Address, code: str, say: Say, *, browse: bool) -> None:
    """Say where the page is, and how to get in."""
    say(f"the page is at {address.url()}")
    link = address.url()
    if address.guarded:
        link = f"{link}#pair={code}"
        say(f"to pair another device, open it there and type {pairing.shown(code)}, or scan this:")
        say(_qr(link))
    if browse:
        webbrowser.open(link)


def _qr(link: str) -> str:
    """A link as a picture of block characters."""
    import io

    import segno

    out = io.StringIO()
    segno.make_qr(link, error="m").terminal(out, compact=True, border=2)
    return out.getvalue()


def _system(say: Say) -> System:
    """The machine's MIDI system, or none."""
    try:
        return Midi()
    except PortError as error:
        say(f"{error} The band plays in the page only.")
        return Indoors()


def reachable() -> str:
    """An address of this machine that others in its network know, else its name."""
    found = [
        each.address
        for each in (address for addresses in psutil.net_if_addrs().values() for address in addresses)
        if each.family is socket.AF_INET and not ip_address(each.address).is_loopback
    ]
    private = [each for each in found if ip_address(each).is_private]
    return next(iter(private or found), socket.gethostname())
