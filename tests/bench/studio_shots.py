"""Pictures of the page for docs/studio/, with a band that plays and one that is taught: desktop and phone,
light and dark.

python tests/bench/studio_shots.py [--out docs/studio] [--preset pop]
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import studiobrowser
import studiohouse
import studiosongs

SIZES = {
    "desktop": ({"width": 1440, "height": 900}, 1, False),
    "phone": ({"width": 390, "height": 844}, 2, True),
}
TAUGHT = 12
"""Songs that a band is taught for the pictures."""
BARS = "QQTTYYTRREEWWQ" + "TTRREEWTTRREEW"


def main() -> None:
    """Take them."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--out", type=Path, default=Path("docs/studio"))
    options.add_argument("--preset", default="pop")
    given = options.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    os.environ["BANDMATE_HOME"] = tempfile.mkdtemp()
    flags = ("--no-record", "--seed", "5", "--preset", given.preset)
    with studiohouse.open_house(*flags) as house, studiobrowser.browser() as browser:
        for size, (viewport, scale, touch) in SIZES.items():
            page = browser.new_page(viewport=viewport, device_scale_factor=scale, has_touch=touch)
            page.set_default_timeout(120_000)
            page.goto(house.origin)
            page.get_by_text("connected").wait_for()
            if size == "desktop":
                begin_teaching(page)
            studiobrowser.play(page, BARS[:21] if size == "desktop" else BARS[:13])
            for scheme in ("dark", "light"):
                page.emulate_media(color_scheme=scheme)
                page.keyboard.down("KeyT")
                page.wait_for_timeout(400)
                page.screenshot(path=given.out / f"{size}-{scheme}.png")
                page.keyboard.up("KeyT")
                if size == "phone":
                    for panel in ("Mix", "Setup"):
                        page.get_by_role("button", name=panel, exact=True).click()
                        page.wait_for_timeout(200)
                        page.screenshot(path=given.out / f"{size}-{panel.lower()}-{scheme}.png")
                    page.get_by_role("button", name="Play", exact=True).click()
                    compose(page, given.out / f"phone-compose-{scheme}.png")
                    teach(page, given.out / f"phone-teach-{scheme}.png", whole=False)
                else:
                    compose(page, given.out / f"desktop-compose-{scheme}.png")
                    teach(page, given.out / f"desktop-teach-{scheme}.png")
                    page.get_by_role("button", name="Setup", exact=True).click()
                    page.wait_for_timeout(200)
                    page.screenshot(path=given.out / f"{size}-setup-{scheme}.png")
                    page.get_by_role("button", name="Setup", exact=True).click()
            page.close()


def compose(page: Any, out: Path) -> None:
    """Compose two versions of a melody, and go back to the stage."""
    page.get_by_role("button", name="Compose", exact=True).click()
    page.get_by_role("button", name="londonderry air").click()
    before = page.get_by_role("button", name=re.compile("^remove ")).count()
    for made, preset in enumerate(("pop", "jazz"), before):
        page.get_by_label("Preset").select_option(preset)
        page.get_by_role("button", name="Generate").click()
        page.get_by_role("button", name=re.compile("^remove ")).nth(made).wait_for(timeout=180_000)
    page.wait_for_timeout(200)
    page.screenshot(path=out, full_page=True)
    edit(page, out.with_name(out.name.replace("compose", "edit")))
    page.get_by_role("button", name="Stage", exact=True).click()


def begin_teaching(page: Any) -> None:
    """Have a band taught from made songs, from its first to its last epoch."""
    folder = Path(tempfile.mkdtemp())
    songs = [studiosongs.song(folder / f"song {k}.mid", k, bars=24) for k in range(TAUGHT)]
    page.get_by_role("button", name="Teach", exact=True).click()
    page.get_by_label("Name of the band").fill("evening")
    page.locator("input[type=file]").set_input_files([str(path) for path in songs])
    page.get_by_label("Updates of the ear").fill("20")
    page.get_by_label("Epochs", exact=True).fill("8")
    page.get_by_role("button", name="Begin teaching").click()
    page.locator(".run .state.done").wait_for(timeout=600_000)
    page.get_by_role("button", name="Stage", exact=True).click()


def teach(page: Any, out: Path, *, whole: bool = True) -> None:
    """What became of the band that was taught, and on a phone what it plays; then back to the stage."""
    page.get_by_role("button", name="Teach", exact=True).click()
    page.get_by_role("img", name=re.compile("bars$")).first.wait_for()
    page.wait_for_timeout(500)
    if whole:
        page.screenshot(path=out, full_page=True)
    else:
        page.locator(".run").evaluate("part => part.scrollIntoView()")
        page.screenshot(path=out)
        page.get_by_role("heading", name="What it plays").evaluate("part => part.scrollIntoView()")
        page.wait_for_timeout(200)
        page.screenshot(path=out.with_name(out.name.replace("teach", "teach-samples")))
    page.get_by_role("button", name="Stage", exact=True).click()


def edit(page: Any, out: Path) -> None:
    """Edit the melody, with two versions of it beside one another."""
    page.get_by_role("button", name="Edit it").click()
    page.get_by_role("button", name="Compare", exact=True).click()
    notes = page.get_by_role("application").get_by_role("button")
    notes.nth(2).click()
    page.keyboard.down("Shift")
    notes.nth(3).click()
    page.keyboard.up("Shift")
    page.get_by_role("region", name="Both, scrolled together").get_by_role("img").first.click()
    page.wait_for_timeout(1500)
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=out)
    page.get_by_role("button", name="stop comparing").click()
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_role("button", name="Done").click()


if __name__ == "__main__":
    main()
