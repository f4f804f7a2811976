"""Debian's Chromium, driven by Playwright, on pages of `bandmate studio`."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from typing import Any

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
TWINKLE = "QQTTYYTRREEWWQ"
"""On the computer's keyboard, whose Q is a C: Twinkle, twinkle, little star, how I wonder what you are."""


def chromium() -> str | None:
    """Where it is."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """A browser, closed afterwards."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield opened
        opened.close()


def play(page: Any, letters: str, beat_ms: int = 500) -> None:
    """Play keys on the computer's keyboard, one a beat; letters as they are printed."""
    for letter in letters:
        page.keyboard.down(f"Key{letter}")
        page.wait_for_timeout(beat_ms * 0.85)
        page.keyboard.up(f"Key{letter}")
        page.wait_for_timeout(beat_ms * 0.15)
