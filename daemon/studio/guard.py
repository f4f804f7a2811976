"""Who may come in: checks of what a browser says about itself, told from headers only.

Two attacks come through the user's own browser, which reaches this machine where the attacker can't: a page
of theirs that asks us (its Origin is not ours), and a name of theirs that now means our address (its Host is
not ours). Over a network anybody asks, so there a token is needed, too.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple

COOKIE = "bandmate"


class Asking(NamedTuple):
    """A request's headers, as far as they count; None for one that is missing."""

    method: str
    path: str
    host: str | None
    origin: str | None
    cookie: str | None


class Refused(NamedTuple):
    """Why somebody may not come in: a status of HTTP, and a sentence."""

    status: int
    sentence: str


class Guard:
    """Law: what changes or tells anything of the band needs our own Host, our own Origin and, where one is
    set, the token. The page itself, which tells nothing, and the request for a token need none."""

    def __init__(self, port: int, names: Collection[str], token: str | None) -> None:
        """names: by which this machine is known, beside every address, which no attacker can make mean
        another one; token: None where only this machine can ask."""
        self._port, self._token = port, token
        self._names = {name.casefold().rstrip(".") for name in names} | {"localhost"}

    def refuses(self, asking: Asking, *, socket: bool = False) -> Refused | None:
        """Why a request, or a WebSocket's, is refused; None if it is not."""
        if asking.host is None or not self._ours(asking.host):
            return Refused(421, "this is not a name of the machine that bandmate runs on")
        harmless = asking.method in ("GET", "HEAD") and not socket
        if asking.origin is None and not harmless:
            return Refused(403, "only bandmate's own page may ask this")
        if asking.origin is not None and asking.origin.casefold() != f"http://{asking.host.casefold()}":
            return Refused(403, "another site's page may not ask this")
        private = socket or asking.path.startswith("/api/")
        if private and not self.knows(asking.cookie):
            return Refused(401, "this page is not paired with the band; enter the code from its terminal")
        return None

    def knows(self, cookie: str | None) -> bool:
        """Whether the header of cookies has the token, if one is needed."""
        if self._token is None:
            return True
        try:
            jar = SimpleCookie(cookie or "")
        except CookieError:
            return False
        given = jar[COOKIE].value if COOKIE in jar else ""
        return hmac.compare_digest(given.encode("utf-8", "replace"), self._token.encode())

    def _ours(self, host: str) -> bool:
        name, port = split(host)
        return port == self._port and (_address(name) or name.casefold().rstrip(".") in self._names)


def split(host: str) -> tuple[str, int]:
    """The name and the port in a Host header; 80 where none is said, 0 where it is none."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, "80"
    return name.removeprefix("[").removesuffix("]"), int(port) if port.isascii() and port.isdigit() else 0


def _address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
