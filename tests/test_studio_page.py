"""The page in a real Chromium: played on, switched, twice at once, after a restart, read by machines."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import mido
import psutil
import pytest

SECONDS = 60_000
AWAY = (
    "WebSocket connection to",
    "Failed to load resource: net::ERR_CONNECTION",
    "Failed to load resource: net::ERR_SOCKET",
)


@pytest.fixture(scope="module")
def house(open_house: Any) -> Any:
    """A band to play with."""
    return open_house("--seed", "5")


class Visit:
    """A page, with what the band told it and what went wrong in it."""

    def __init__(self, tools: ModuleType, browser: Any, house: Any, size: str = "desktop") -> None:
        self._fresh = house.fresh
        self.told: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.context = browser.new_context(**tools.SIZES[size])
        self.page = self.context.new_page()
        self.page.set_default_timeout(SECONDS)
        self.page.add_init_script(tools.LISTEN)
        self.wrong: list[str] = tools.faults(self.page)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._hear))
        self.page.goto(house.origin)

    def ready(self) -> Visit:
        """Once it is connected."""
        self.page.get_by_text("connected", exact=True).wait_for()
        return self

    def parts(self) -> set[int]:
        """Which parts have struck a note."""
        return {t["part"] for t in self.told if t["is"] == "sent" and t["velocity"] and t["part"] is not None}

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name, exact=True)

    def _hear(self, frame: Any) -> None:
        self.told += self._fresh(frame)


@pytest.fixture
def visit(studiobrowser: ModuleType, browser: Any, house: Any) -> Iterator[Any]:
    """Open pages; afterwards nothing may have gone wrong in them, and the band rests."""
    opened: list[Visit] = []

    def open_page(size: str = "desktop") -> Visit:
        opened.append(Visit(studiobrowser, browser, house, size))
        return opened[-1].ready()

    yield open_page
    if opened:
        opened[-1].page.get_by_role("button", name="Panic").click()
    for each in opened:
        each.context.close()
        assert [line for line in each.wrong if not line.startswith(AWAY)] == []


def until(page: Any, ready: Any) -> None:
    """Let the page go on until something is so."""
    for _ in range(SECONDS // 50):
        if ready():
            return
        page.wait_for_timeout(50)
    pytest.fail("it did not come about")


def test_twinkle_on_the_keys_is_answered_by_four_parts(visit: Any, studiobrowser: ModuleType) -> None:
    here = visit()
    studiobrowser.play(here.page, studiobrowser.TWINKLE[:8], 300)
    here.page.keyboard.down("KeyT")
    until(here.page, lambda: here.parts() == {0, 1, 2, 3})
    here.page.keyboard.up("KeyT")
    heard = [t["pitch"] for t in here.told if t["is"] == "heard" and t["velocity"]]
    assert heard[:7] == [60, 60, 67, 67, 69, 69, 67]
    colours = here.page.evaluate(
        """() => {
          const style = getComputedStyle(document.documentElement);
          const canvas = document.querySelectorAll('.canvas canvas')[1];
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          const seen = new Set();
          for (let k = 0; k < data.length; k += 4)
            seen.add((data[k] << 16) | (data[k + 1] << 8) | data[k + 2]);
          return [0, 1, 2, 3, 4].map((part) =>
            seen.has(parseInt(style.getPropertyValue(`--part-${part}`).trim().slice(1), 16)));
        }"""
    )
    assert colours == [True] * 5


def test_a_finger_on_the_screen_plays_and_what_it_left_is_released(visit: Any) -> None:
    here = visit("phone")
    key = here.page.get_by_role("button", name="E 4", exact=True)
    box = key.bounding_box()
    here.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + 0.9 * box["height"])
    until(
        here.page,
        lambda: [t for t in here.told if t["is"] == "heard" and t["pitch"] == 64 and not t["velocity"]],
    )
    here.page.mouse.move(box["x"] + 5, box["y"] + 0.9 * box["height"])
    here.page.mouse.down()
    until(here.page, lambda: key.get_attribute("aria-pressed") == "true")
    other = visit()
    here.page.goto("about:blank")
    until(other.page, lambda: [t for t in other.told if t["is"] == "heard" and not t["velocity"]])


def test_a_preset_takes_over_at_a_bar_and_faders_are_one_on_all_pages(visit: Any) -> None:
    one, two = visit(), visit("phone")
    one.button("symphony winds, horns").click()
    until(two.page, lambda: two.page.get_by_role("button", name="symphony plays").count() == 1)
    until(one.page, lambda: one.page.get_by_role("group", name="cellos").count() == 1)
    one.page.get_by_label("density").fill("80")
    two.button("Mix").click()
    until(two.page, lambda: two.page.get_by_label("density").input_value() == "80")
    two.page.get_by_role("button", name="solo horns").click()
    until(
        one.page,
        lambda: one.page.get_by_role("button", name="mute cellos").get_attribute("aria-pressed") == "true",
    )
    two.page.get_by_role("button", name="solo horns").click()
    until(
        one.page,
        lambda: one.page.get_by_role("button", name="mute cellos").get_attribute("aria-pressed") == "false",
    )
    one.page.get_by_role("button", name="pop").click()
    until(one.page, lambda: one.page.get_by_role("button", name="pop plays").count() == 1)


def test_a_leader_s_calls_are_seen_until_they_come_and_can_be_taken_back(
    visit: Any, studiobrowser: ModuleType
) -> None:
    here = visit()

    def lit(name: str) -> bool:
        return bool(here.button(name).get_attribute("aria-pressed") == "true")

    here.page.get_by_label("Count-in").select_option("2 bars")
    here.button("Start").click()
    until(here.page, lambda: here.page.locator(".where .big").inner_text().startswith("–1."))
    until(here.page, lambda: [t for t in here.told if t["is"] == "sent" and t["part"] is None])
    studiobrowser.play(here.page, "QQTT", 300)
    # While a key is held the band does not rest of itself.
    here.page.keyboard.down("KeyT")
    until(here.page, lambda: here.page.get_by_text("playing", exact=True).count() == 1)
    for name in ("Hold chord", "Freeze", "Lock key"):
        here.button(name).click()
        until(here.page, partial(lit, name))
        here.button(name).click()
        until(here.page, lambda name=name: not lit(name))
    for name in ("Fill", "Break"):
        here.button(name).click()
        until(here.page, partial(lit, name))
        until(here.page, lambda name=name: not lit(name))
    for wanted in (True, False, True):
        here.button("Ending").click()
        until(here.page, lambda wanted=wanted: lit("Ending") == wanted)
    until(here.page, lambda: here.page.get_by_text("resting", exact=True).count() == 1)
    here.page.keyboard.up("KeyT")
    here.button("Stop").click()
    here.button("Start").wait_for()


def test_who_has_set_a_number_or_a_sound_plays_on(visit: Any) -> None:
    here = visit()

    def hears(pitch: int) -> None:
        until(here.page, lambda: [t for t in here.told if t["is"] == "heard" and t["pitch"] == pitch])

    tempo = here.page.get_by_label("Tempo")
    tempo.fill("90")
    here.page.keyboard.press("Digit2")
    assert tempo.input_value() == "902"
    tempo.fill("90")
    tempo.press("Enter")
    until(here.page, lambda: here.page.get_by_text("90.0 bpm").count() == 1)
    here.page.keyboard.press("Digit2")
    hears(61)
    sound = here.page.get_by_label("your sound")
    sound.select_option("Flute")
    sound.focus()
    here.page.keyboard.press("KeyT")
    hears(67)
    assert sound.evaluate("list => list.selectedOptions[0].text") == "Flute"
    tempo.fill("120")
    box = here.page.get_by_role("button", name="A 4", exact=True).bounding_box()
    here.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 0.9 * box["height"])
    hears(69)
    until(here.page, lambda: here.page.get_by_text("120.0 bpm").count() == 1)


def test_octave_velocity_and_click_are_those_of_the_page(visit: Any) -> None:
    here = visit()
    here.button("an octave higher").click()
    here.page.get_by_role("slider", name="velocity", exact=True).fill("50")
    here.page.keyboard.press("KeyQ")
    until(
        here.page, lambda: (72, 64) in [(t["pitch"], t["velocity"]) for t in here.told if t["is"] == "heard"]
    )
    here.page.reload()
    here.ready()
    here.button("Sound off").click()
    here.button("Sound on").wait_for()
    for part in ("drums", "bass", "keys", "strings"):
        here.button(f"mute {part}").click()
    here.page.get_by_label("Count-in").select_option("none")
    here.button("Panic").click()
    here.button("Start").click()
    here.button("Stop").wait_for()
    here.page.wait_for_timeout(1500)
    here.page.evaluate("window.loudest = 0")
    here.page.wait_for_timeout(1000)
    assert here.page.evaluate("window.loudest") < 0.001
    here.button("Click").click()
    until(here.page, lambda: here.page.evaluate("window.loudest") > 0.01)
    here.button("Stop").click()
    for part in ("drums", "bass", "keys", "strings"):
        here.button(f"mute {part}").click()


KEYS = """
(() => {
  const input = { name: "Keys", state: "connected" };
  window.play = (...bytes) => {
    input.onmidimessage({ data: new Uint8Array(bytes), timeStamp: performance.now() });
  };
  navigator.requestMIDIAccess = async () => ({ inputs: new Map([["1", input]]) });
})();
"""
"""A MIDI keyboard that a browser sees: `window.play` plays on it."""


def test_a_midi_keyboard_plays_to_whom_is_on_the_page(visit: Any) -> None:
    here = visit()
    here.page.add_init_script(KEYS)
    here.page.reload()
    here.ready()

    def heard(pitch: int) -> list[int]:
        found = [t for t in here.told if t["is"] == "heard" and t["pitch"] == pitch]
        return [int(t["velocity"]) for t in found]

    here.button("MIDI").click()
    here.button("Keys").wait_for()
    here.page.evaluate("play(0x90, 85, 81)")
    until(here.page, lambda: heard(85) == [81])
    here.button("Compose").click()
    here.button("Record one").click()
    until(here.page, lambda: heard(85) == [81, 0])
    here.button("Record").click()
    here.button("Stop").wait_for()
    here.page.wait_for_timeout(2600)
    here.page.evaluate("play(0x90, 86, 81)")
    here.page.evaluate("play(0x80, 86, 0)")
    here.button("Use 1 note").click()
    here.page.get_by_role("button", name="play the melody").wait_for()
    here.button("Stage").click()
    here.page.evaluate("play(0x90, 87, 81)")
    here.page.evaluate("play(0x80, 87, 0)")
    until(here.page, lambda: heard(87) == [81, 0])
    assert heard(86) == []


def test_what_is_held_while_one_leaves_the_stage_is_released(visit: Any) -> None:
    here = visit()

    def heard() -> list[bool]:
        return [bool(t["velocity"]) for t in here.told if t["is"] == "heard" and t["pitch"] == 76]

    here.page.keyboard.down("KeyP")
    until(here.page, lambda: heard() == [True])
    here.button("Compose").click()
    until(here.page, lambda: heard() == [True, False])
    here.page.keyboard.up("KeyP")
    here.button("Stage").click()


def test_a_take_is_kept_played_renamed_downloaded_and_deleted(
    studiobrowser: ModuleType, browser: Any, studiohouse: ModuleType, tmp_path: Path
) -> None:
    with studiohouse.open_house("--seed", "5", home=tmp_path) as house:
        here = Visit(studiobrowser, browser, house).ready()
        studiobrowser.play(here.page, "QQTT", 300)
        until(here.page, lambda: here.parts() == {0, 1, 2, 3})
        here.button("Compose").click()
        takes = here.page.get_by_role("region", name="Takes")
        takes.get_by_text("kept when the performance ends").wait_for()
        here.button("Keep what was played").click()
        takes.get_by_role("button", name="play 2").click()
        until(here.page, lambda: here.page.evaluate("window.loudest") > 0.01)
        takes.get_by_role("button", name="stop 2").click()
        takes.get_by_role("button", name="rename 2").click()
        takes.get_by_label("new name of 2").fill("../evening")
        takes.get_by_label("new name of 2").press("Enter")
        here.page.get_by_text("a name has up to 80 letters").wait_for()
        takes.get_by_label("new name of 2").fill("evening")
        takes.get_by_label("new name of 2").press("Enter")
        with here.page.expect_download() as arriving:
            takes.get_by_role("link", name="MIDI of evening").click()
        assert arriving.value.suggested_filename == "evening.mid"
        struck = [m.note for m in mido.MidiFile(arriving.value.path()) if m.type == "note_on" and m.velocity]
        assert {60, 67} <= set(struck)
        assert len(struck) > 10
        here.button("delete evening").click()
        assert (tmp_path / "takes" / "evening.mid").is_file()
        here.button("delete evening for good").click()
        takes.get_by_role("button", name="play evening").wait_for(state="detached")
        assert list((tmp_path / "takes").glob("*.mid")) == []
        assert [line for line in here.wrong if "422" not in line] == []
        here.context.close()


def test_the_sound_comes_from_the_soundfont(visit: Any, studiobrowser: ModuleType) -> None:
    here = visit()
    here.button("Sound off").click()
    here.button("Sound on").wait_for()
    assert here.button("Sound on").get_attribute("title") == "SoundFont"
    studiobrowser.play(here.page, "QQ", 300)
    until(here.page, lambda: here.page.evaluate("window.loudest") > 0.01)
    loud = here.page.evaluate("window.loudest")
    assert loud < 2
    until(here.page, lambda: [t for t in here.told if t["is"] == "sent" and t["velocity"]])
    here.button("Setup").click()
    until(here.page, lambda: " late" in here.page.get_by_role("region", name="How the machine").inner_text())


def test_a_server_that_dies_under_the_page_is_back_soon(visit: Any, house: Any) -> None:
    here = visit()
    (server,) = psutil.Process(house.process.pid).children()
    server.send_signal(signal.SIGKILL)
    here.page.get_by_text("the band is gone").wait_for()
    here.ready()
    here.page.keyboard.press("KeyQ")
    until(here.page, lambda: [t for t in here.told if t["is"] == "heard" and not t["velocity"]])
    assert house.process.poll() is None


def test_another_setup_begins_anew_with_the_page_still_there(visit: Any) -> None:
    here = visit()
    here.button("Setup").click()
    here.page.get_by_label("Metre").select_option("3/4")
    here.page.get_by_label("Mode").select_option("in turns")
    here.page.get_by_label("Clock").select_option("our own")
    here.button("Begin anew with this").click()
    until(here.page, lambda: [t for t in here.told if t["is"] == "setup" and t["metre"] == "3/4"])
    set_so = [t for t in here.told if t["is"] == "setup"][-1]
    assert (set_so["mode"], set_so["clock"]) == ("respond", "internal")
    until(here.page, lambda: [t for t in here.told if t["is"] == "place" and t["bar"] == 72])
    here.page.get_by_label("Metre").select_option("4/4")
    here.page.get_by_label("Mode").select_option("with you")
    here.page.get_by_label("Clock").select_option("auto")
    here.button("Begin anew with this").click()
    until(
        here.page,
        lambda: here.told[-1] and [t for t in here.told if t["is"] == "setup"][-1]["metre"] == "4/4",
    )


def test_a_melody_is_composed_listened_to_and_downloaded(visit: Any) -> None:
    here = visit()
    here.button("Compose").click()
    here.button("twinkle").click()
    here.page.get_by_label("Preset").select_option("jazz")
    here.button("Generate").click()
    here.page.get_by_role("button", name="play jazz, seed 5").wait_for()
    here.button("Generate").click()
    here.page.get_by_role("button", name="play jazz, seed 6").wait_for()
    with here.page.expect_download() as arriving:
        here.page.get_by_role("button", name="MIDI of").first.click()
    names = [track.name for track in mido.MidiFile(arriving.value.path()).tracks]
    assert names[1:] == ["melody", "drums", "bass", "piano", "guitar"]
    here.page.get_by_role("button", name="play jazz, seed 6").click()
    until(here.page, lambda: here.page.evaluate("window.loudest") > 0.01)
    here.page.get_by_role("button", name="stop jazz, seed 6").click()
    here.button("Stage").click()


def test_a_broken_file_is_a_sentence(visit: Any) -> None:
    here = visit()
    here.button("Compose").click()
    bad = {"name": "song.mid", "mimeType": "audio/midi", "buffer": b"MThd, or so"}
    here.page.locator("input[type=file]").set_input_files(bad)
    here.page.get_by_text("no MIDI file that can be read").wait_for()
    assert here.button("Generate").is_disabled()
    here.button("Stage").click()
    here.wrong = [line for line in here.wrong if "422" not in line]


def test_a_melody_is_recorded_on_a_grid_and_taken_back_note_by_note(visit: Any) -> None:
    here = visit()
    here.button("Compose").click()
    here.button("Record one").click()
    here.page.get_by_label("Tempo").fill("200")
    here.page.get_by_label("Tempo").press("Tab")
    here.button("Record").click()
    here.button("Stop").wait_for()
    here.page.wait_for_timeout(1800)
    for letter in "QWE":
        here.page.keyboard.press(f"Key{letter}", delay=200)
    here.button("Use 3 notes").wait_for()
    here.button("Undo").click()
    here.button("Use 2 notes").click()
    here.page.get_by_role("button", name="play the melody").wait_for()
    assert not here.button("Generate").is_disabled()
    here.button("Stage").click()


NARROWEST = 60
"""Pixels on which a fader can still be set."""


def test_there_is_room_for_the_hint_the_faders_and_the_keys(
    studiobrowser: ModuleType, browser: Any, open_house: Any
) -> None:
    here = Visit(studiobrowser, browser, open_house()).ready()
    keys = here.page.get_by_role("group", name="Keys; ")
    hint, roll = (here.page.locator(each) for each in (".hint", ".canvas"))
    faders = here.page.get_by_role("region", name="Mixer").get_by_role("slider")
    for width, height in ((1440, 900), (1024, 768), (390, 844)):
        here.page.set_viewport_size({"width": width, "height": height})
        assert bottom(keys) <= height
        assert hint.bounding_box()["y"] >= roll.bounding_box()["y"]
        assert bottom(hint) <= bottom(roll)
        if here.button("Mix").is_visible():
            here.button("Mix").click()
        assert faders.count() == 8
        assert all(each.bounding_box()["width"] >= NARROWEST for each in faders.all())
    assert here.wrong == []
    here.context.close()


def bottom(part: Any) -> float:
    """Where a part of the page ends."""
    box = part.bounding_box()
    return float(box["y"] + box["height"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_no_violation(visit: Any, violations: Callable[[Any], Any], scheme: str, size: str) -> None:
    here = visit(size)
    here.page.emulate_media(color_scheme=scheme)
    panels = ["Compose", "Stage", "Setup"] if size == "desktop" else ["Compose", "Stage", "Mix", "Setup"]
    for panel in panels:
        here.button(panel).click()
        if panel == "Compose":
            here.button("twinkle").click()
            here.page.get_by_role("button", name="play the melody").wait_for()
        assert violations(here.page) == []


@pytest.mark.parametrize("width", [320, 390, 761, 1024, 1221, 1440])
def test_no_view_is_wider_than_the_window(visit: Any, studiobrowser: ModuleType, width: int) -> None:
    """While the band plays, so that the head has its bar, chords, tempo and key."""
    here = visit()
    studiobrowser.play(here.page, "QQTTYY")
    until(here.page, lambda: here.page.locator(".chord .big").inner_text() != "")
    here.page.set_viewport_size({"width": width, "height": 800})
    for view in ("Compose", "Teach", "Stage"):
        here.button(view).click()
        assert here.page.evaluate("document.documentElement.scrollWidth") <= width, view


def test_the_page_is_light_and_asks_nobody_else(visit: Any, house: Any) -> None:
    here = visit("phone")
    here.button("Mix").click()
    assert here.asked
    assert all(url.startswith(house.origin) for url in here.asked)
    sizes = here.page.evaluate("performance.getEntriesByType('resource').map((each) => each.encodedBodySize)")
    assert 0 < sum(sizes) < 1_500_000


def test_a_phone_is_paired_with_the_code(
    studiobrowser: ModuleType, browser: Any, studiohouse: ModuleType, tmp_path: Path
) -> None:
    with studiohouse.open_house("--no-record", "--host", "0.0.0.0", home=tmp_path) as house:
        code = house.hears("to pair another device").split(" type ")[1].split(",")[0]
        here = Visit(studiobrowser, browser, house, "phone")
        here.page.get_by_label("Code").fill("ABCD-EFGH")
        here.button("Pair").click()
        here.page.get_by_text("that is not the code").wait_for()
        here.page.get_by_label("Code").fill(code.lower())
        here.button("Pair").click()
        here.ready()
        here.page.reload()
        here.ready()
        scanned = Visit(studiobrowser, browser, house, "phone")
        scanned.page.get_by_label("Code").wait_for()
        scanned.page.goto(f"{house.origin}/#pair={code.replace('-', '')}")
        scanned.page.reload()
        scanned.ready()
        assert "pair" not in scanned.page.url
        # A device that is paired already does not need the code, nor keep it.
        scanned.page.goto(f"{house.origin}/#pair={code.replace('-', '')}")
        scanned.page.reload()
        scanned.ready()
        assert "pair" not in scanned.page.url
        here.context.close()
        scanned.context.close()
