"""A code that is shown where the band runs, and typed where the page is: who has seen it gets the token."""

from __future__ import annotations

import hmac
import secrets
from collections import deque
from enum import Enum

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0, 1, I, L and O, which are read for one another."""
LENGTH = 8
TRIES, MINUTE = 5, 60.0
WRONG = 20


class Verdict(Enum):
    """What comes of a code that was typed."""

    RIGHT = "right"
    WRONG = "wrong"
    WAIT = "wait"


class Pairing:
    """At most five codes a minute are looked at, whoever types them; after twenty wrong ones in all there is
    another code. Times are seconds of one clock."""

    def __init__(self, code: str | None = None) -> None:
        self.code = code or fresh()
        self._tried: deque[float] = deque()
        self._wrong = 0

    def offer(self, typed: str, now: float) -> Verdict:
        """Somebody typed a code."""
        while self._tried and now - self._tried[0] >= MINUTE:
            self._tried.popleft()
        if len(self._tried) >= TRIES:
            return Verdict.WAIT
        bare = "".join(letter for letter in typed.upper() if letter.isascii() and letter.isalnum())
        if hmac.compare_digest(bare.encode(), self.code.encode()):
            return Verdict.RIGHT
        self._tried.append(now)
        self._wrong += 1
        if self._wrong >= WRONG:
            self.code, self._wrong = fresh(), 0
        return Verdict.WRONG


def fresh() -> str:
    """A new code: 31^8 of them there are."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def shown(code: str) -> str:
    """A code as it is read out: ABCD-EFGH."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"
