"""Debian's Chromium, driven by Playwright, on pages of `bandmate studio`."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "daemon" / "studio" / "page"
AXE = PAGE / "node_modules" / "axe-core" / "axe.min.js"
LOOKED = 15
"""Rules that axe finds kept in any view of the page; where it finds fewer, it saw no page."""
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
}
SIZES = {"desktop": DESKTOP, "phone": PHONE}
LISTEN = """
(() => {
  const connect = AudioNode.prototype.connect;
  window.loudest = 0;
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode && this.context instanceof AudioContext) {
      const ear = this.context.createAnalyser();
      ear.fftSize = 2048;
      connect.call(this, ear);
      setInterval(() => {
        const heard = new Float32Array(2048);
        ear.getFloatTimeDomainData(heard);
        window.loudest = Math.max(window.loudest, ...heard.map(Math.abs));
      }, 20);
    }
    return connect.call(this, to, ...more);
  };
})();
"""
"""A script that measures what a page's destination hears: `window.loudest`, until somebody sets it to 0."""
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


def faults(page: Any) -> list[str]:
    """What goes wrong in a page from now on: errors in its console, and those that nobody catches."""
    found: list[str] = []
    page.on("console", lambda line: found.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def violations(page: Any) -> list[tuple[str, list[str]]]:
    """The rules that axe finds broken in a page as it is, and where. Needs AXE."""
    # By the debugger's way: the page's own policy lets no foreign script in.
    found = page.evaluate(f"(() => {{ {AXE.read_text()} ; return axe.run(); }})()")
    assert len(found["passes"]) > LOOKED, "axe saw no page"
    return [(each["id"], [node["html"][:90] for node in each["nodes"]]) for each in found["violations"]]


def play(page: Any, letters: str, beat_ms: int = 500) -> None:
    """Play keys on the computer's keyboard, one a beat; letters as they are printed."""
    for letter in letters:
        page.keyboard.down(f"Key{letter}")
        page.wait_for_timeout(beat_ms * 0.85)
        page.keyboard.up(f"Key{letter}")
        page.wait_for_timeout(beat_ms * 0.15)
