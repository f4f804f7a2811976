"""The composer's desk in a real Chromium: melodies drawn, parts set, files kept, opened and compared."""

from __future__ import annotations

import io
import json
import wave
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import mido
import pytest

SECONDS = 20_000
SILENCE = 1000
"""Milliseconds without a sound that are no rest of a band that plays."""


@pytest.fixture(scope="module")
def house(open_house: Any) -> Any:
    """A studio without takes."""
    return open_house("--seed", "5")


class Desk:
    """The compose view of a page, and what went wrong in it."""

    def __init__(self, tools: ModuleType, browser: Any, house: Any, size: str = "desktop") -> None:
        self.context = browser.new_context(**tools.SIZES[size])
        self.page = self.context.new_page()
        self.page.set_default_timeout(SECONDS)
        self.page.add_init_script(tools.LISTEN)
        self.wrong: list[str] = tools.faults(self.page)
        self.page.goto(house.origin)
        self.page.get_by_text("connected", exact=True).wait_for()
        self.button("Compose").click()
        self.roll = self.page.get_by_role("application")

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name, exact=True)

    def notes(self) -> list[str]:
        """The notes of the editor, as they are read aloud, without their velocity."""
        words = self.roll.locator("button").evaluate_all("all => all.map(n => n.ariaLabel)")
        return [each.rpartition(", velocity")[0] for each in words]

    def place(self, tick: int, pitch: int) -> tuple[float, float]:
        """Where that is in the window, scrolled there before; the middle of its row, at 48 pixels a beat."""
        box = self.roll.evaluate(
            """(surface, [x, share]) => {
              const around = surface.parentElement;
              around.scrollTop = share * surface.clientHeight - around.clientHeight / 2;
              around.scrollIntoView({ block: 'center' });
              const { left, top, height } = surface.getBoundingClientRect();
              return [left + x, top + share * height];
            }""",
            [tick * 2 + 3, (127.5 - pitch) / 128],
        )
        return box[0], box[1]

    def until(self, ready: str) -> None:
        """Let the page go on until something is so; its own policy lets nothing wait in it."""
        for _ in range(SECONDS // 50):
            if self.page.evaluate(ready):
                return
            self.page.wait_for_timeout(50)
        pytest.fail(f"it did not come about: {ready}")

    def sounds(self) -> None:
        """Wait until something is heard from now on."""
        self.page.evaluate("window.loudest = 0")
        self.until("window.loudest > 0.005")

    def falls_silent(self) -> None:
        """Wait until nothing is heard any more, not even what dies away."""
        for _ in range(SECONDS // SILENCE):
            self.page.evaluate("window.loudest = 0")
            self.page.wait_for_timeout(SILENCE)
            if self.page.evaluate("window.loudest") < 0.003:
                return
        pytest.fail("it did not fall silent")

    def keeps(self, act: Callable[[], None]) -> tuple[str, bytes]:
        """What the browser keeps of what is done: its name, and its bytes."""
        with self.page.expect_download() as arriving:
            act()
        return arriving.value.suggested_filename, Path(arriving.value.path()).read_bytes()

    def drops(self, name: str, data: bytes) -> None:
        """A file is chosen."""
        given = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        self.page.locator("input[type=file]").set_input_files(given)


@pytest.fixture
def desk(studiobrowser: ModuleType, browser: Any, house: Any) -> Iterator[Any]:
    """Open desks; afterwards nothing may have gone wrong at them."""
    opened: list[Desk] = []

    def open_desk(size: str = "desktop") -> Desk:
        opened.append(Desk(studiobrowser, browser, house, size))
        return opened[-1]

    yield open_desk
    for each in opened:
        each.context.close()
        assert each.wrong == []


def test_a_melody_is_drawn_with_the_mouse_and_heard(desk: Any) -> None:
    here = desk()
    here.button("Draw one").click()
    mouse = here.page.mouse

    def drag(begin: tuple[int, int], end: tuple[int, int]) -> None:
        mouse.move(*here.place(*begin))
        mouse.down()
        x, y = here.place(*begin)
        to_x, to_y = x + 2 * (end[0] - begin[0]), y - 14 * (end[1] - begin[1])
        mouse.move((x + to_x) / 2, (y + to_y) / 2)
        mouse.move(to_x, to_y)
        mouse.up()

    for tick, pitch in ((0, 60), (24, 64), (48, 67)):
        drag((tick, pitch), (tick + 14, pitch))
    drawn = ["C 4, bar 1, beat 1, 1 beat", "E 4, bar 1, beat 2, 1 beat", "G 4, bar 1, beat 3, 1 beat"]
    assert here.notes() == drawn
    here.until("window.loudest > 0.01")
    drag((48, 67), (72, 69))
    assert here.notes()[2] == "A 4, bar 1, beat 4, 1 beat"
    drag((92, 69), (116, 69))
    assert here.notes()[2] == "A 4, bar 1, beat 4, 2 beats"
    here.button("Select").click()
    drag((0, 70), (60, 59))
    assert here.button("Delete").is_enabled()
    here.button("octave up").click()
    assert here.notes()[:2] == ["C 5, bar 1, beat 1, 1 beat", "E 5, bar 1, beat 2, 1 beat"]
    here.page.get_by_label("velocity of 2 notes").fill("120")
    assert "velocity 120" in here.roll.locator("button").first.get_attribute("aria-label")
    here.button("Delete").click()
    assert here.notes() == ["A 4, bar 1, beat 4, 2 beats"]
    for _ in range(5):
        here.button("Undo").click()
    assert here.notes() == drawn
    here.button("Redo").click()
    assert here.notes()[2] == "A 4, bar 1, beat 4, 1 beat"
    here.page.get_by_label("Bars").fill("2")
    here.page.get_by_label("Metre").select_option("3/4")
    assert here.notes()[2] == "A 4, bar 2, beat 1, 1 beat"
    here.page.get_by_text("Keys and notes in words").click()
    assert here.page.get_by_text("Bar 2: A 4 on 1 for 1 beat").is_visible()
    mouse.click(*here.place(30, 64), button="right")
    assert len(here.notes()) == 2


def test_a_melody_is_drawn_with_keys_alone_and_played_by_the_band(desk: Any) -> None:
    here = desk()
    here.button("Draw one").focus()
    here.page.keyboard.press("Enter")
    here.page.get_by_label("Grid").select_option("beats")
    here.roll.focus()
    # Each note is drawn behind the last one and moved to its pitch.
    for steps in ("", "", "PageUp ArrowDown ArrowDown ArrowDown ArrowDown ArrowDown", "", "ArrowUp ArrowUp"):
        for key in ("Enter", *steps.split(), "Enter"):
            here.page.keyboard.press(key)
    assert [each.split(",")[0] for each in here.notes()] == ["C 4", "C 4", "G 4", "G 4", "A 4"]
    status = here.page.get_by_role("status").filter(has_text="bar 2")
    assert status.inner_text() == "A 4, bar 2, beat 2, empty"
    here.page.keyboard.press(",")
    here.page.keyboard.press("Shift+ArrowRight")
    assert here.notes()[-1] == "A 4, bar 2, beat 1, 2 beats"
    here.page.get_by_label("Name of the melody").fill("five notes")
    here.button("Use this melody").click()
    here.button("play the melody").wait_for()
    here.button("Generate").click()
    here.button("play pop, seed 5").wait_for()
    _, file = here.keeps(here.button("MIDI of pop, seed 5: one MIDI file").click)
    melody = mido.MidiFile(file=io.BytesIO(file)).tracks[1]
    assert [m.note for m in melody if m.type == "note_on" and m.velocity] == [60, 60, 67, 67, 69]
    here.button("Edit it").click()
    assert [each.split(",")[0] for each in here.notes()] == ["C 4", "C 4", "G 4", "G 4", "A 4"]


def test_a_finger_draws_chooses_and_scrolls(desk: Any) -> None:
    here = desk("phone")
    here.button("twinkle").click()
    here.button("Edit it").click()
    many = len(here.notes())
    here.button("wider").click()
    first = here.roll.locator("button").first.bounding_box()
    here.page.touchscreen.tap(first["x"] + 8, first["y"] - 60)
    assert len(here.notes()) == many + 1
    here.button("Undo").click()
    second = here.roll.locator("button").nth(1).bounding_box()
    here.page.touchscreen.tap(second["x"] + 8, second["y"] + second["height"] / 2)
    here.button("Delete").click()
    assert len(here.notes()) == many - 1
    assert here.roll.evaluate("surface => getComputedStyle(surface).touchAction") == "pan-x pan-y"


@pytest.fixture(scope="module")
def made(studiobrowser: ModuleType, browser: Any, house: Any) -> Iterator[Desk]:
    """A desk with a version whose melody is a flute's and whose drums are muted, and another one."""
    here = Desk(studiobrowser, browser, house)
    here.button("twinkle").click()
    here.button("play the melody").wait_for()
    for preset in ("jazz", "pop"):
        here.page.get_by_label("Preset").select_option(preset)
        here.button("Generate").click()
        here.page.get_by_role("button", name=f"play {preset}").wait_for()
    parts = here.page.get_by_role("group", name="Parts of pop, seed 6")
    parts.get_by_label("sound of melody").select_option("Flute")
    parts.get_by_role("button", name="drums").click()
    assert parts.get_by_role("button", name="drums").get_attribute("aria-pressed") == "false"
    yield here
    here.context.close()


def test_downloads_have_the_sounds_and_leave_out_what_is_muted(made: Desk) -> None:
    name, file = made.keeps(made.button("MIDI of pop, seed 6: one MIDI file").click)
    assert name == "twinkle - pop, seed 6.mid"
    tracks = mido.MidiFile(file=io.BytesIO(file)).tracks
    assert [track.name for track in tracks[1:]] == ["melody", "bass", "keys", "strings"]
    assert [m.program for m in tracks[1] if m.type == "program_change"] == [73]
    made.page.get_by_label("Downloads leave out muted parts").uncheck()
    name, packed = made.keeps(
        made.button("Parts of pop, seed 6: a MIDI file for each part, in a zip file").click
    )
    assert [each.split()[1] for each in zipfile.ZipFile(io.BytesIO(packed)).namelist()] == [
        "melody.mid",
        "drums.mid",
        "bass.mid",
        "keys.mid",
        "strings.mid",
    ]
    made.page.get_by_label("Downloads leave out muted parts").check()


SOUND = "**/api/compositions/*/sound*"


def keeps_sound(made: Desk) -> int:
    """The sound of a version is kept; how the band's machine answered to the wish for it."""
    with made.page.expect_response(SOUND) as answered:
        name, sound = made.keeps(made.button("WAV of pop, seed 6: sound").click)
    assert name == "twinkle - pop, seed 6.wav"
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (44100, 2, 2)
        assert 35 < file.getnframes() / 44100 < 50
        assert max(memoryview(file.readframes(44100 * 5)).cast("h")) > 500
    return int(answered.value.status)


@pytest.mark.usefixtures("fluidsynth")
def test_sound_is_made_by_the_band_s_machine(made: Desk) -> None:
    assert keeps_sound(made) == 200
    assert made.wrong == []


def test_sound_is_made_by_the_page_where_that_has_no_synthesiser(made: Desk) -> None:
    lacking = {"status": 501, "json": {"sentence": "FluidSynth is not installed"}}
    made.page.route(SOUND, lambda route: route.fulfill(**lacking))
    assert keeps_sound(made) == 501
    made.page.unroute(SOUND)
    made.wrong[:] = [line for line in made.wrong if "501" not in line]
    assert made.wrong == []


def test_a_share_file_opens_the_same_elsewhere(made: Desk, desk: Any) -> None:
    name, shared = made.keeps(made.button("Share file").click)
    assert name == "twinkle.bandmate"
    here = desk("phone")
    here.drops(name, shared)
    here.button("play pop, seed 6").wait_for()
    here.button("play jazz, seed 5").wait_for()
    here.button("play the melody").wait_for()
    parts = here.page.get_by_role("group", name="Parts of pop, seed 6")
    assert parts.get_by_label("sound of melody").input_value() == "74"
    assert parts.get_by_role("button", name="drums").get_attribute("aria-pressed") == "false"
    _, again = here.keeps(here.button("Share file").click)
    assert again == shared
    other = json.loads(shared)
    other["versions"][0]["preset"] = "nowhere"
    here.drops("other.bandmate", json.dumps(other).encode())
    here.button("play nowhere, seed 6").wait_for()
    here.page.get_by_text("there is no preset 'nowhere' here").wait_for()
    here.drops("broken.bandmate", shared[: len(shared) // 2])
    here.page.get_by_text("it is damaged, or was never one of bandmate's").wait_for()
    here.wrong[:] = [line for line in here.wrong if "422" not in line]


def test_two_versions_are_compared_without_losing_the_place(made: Desk) -> None:
    made.button("Compare").click()
    panel = made.page.get_by_role("region", name="Compare", exact=True)
    both = panel.get_by_role("region", name="Both, scrolled together")
    assert both.evaluate("box => box.scrollWidth > 1.5 * box.clientWidth")
    both.get_by_role("img").nth(1).click(position={"x": 500, "y": 60})
    lines = both.locator(".now")
    lines.first.wait_for()
    where = "all => all.map(line => parseFloat(line.style.left))"
    before = lines.evaluate_all(where)
    assert len(before) == 2
    panel.get_by_role("button", name="B", exact=True).click()
    assert panel.get_by_role("button", name="B", exact=True).get_attribute("aria-pressed") == "true"
    after = lines.evaluate_all(where)
    assert before[0] <= after[0] < before[0] + 5
    made.until("window.loudest > 0.01")
    panel.get_by_role("button", name="stop comparing").click()
    made.until("document.querySelectorAll('.together .now').length === 0")
    made.button("Compare").click()
    assert made.wrong == []


def test_a_mute_and_a_sound_are_heard_at_once(made: Desk) -> None:
    parts = made.page.get_by_role("group", name="Parts of jazz, seed 5")
    made.button("play jazz, seed 5").click()
    made.button("stop jazz, seed 5").wait_for()
    made.sounds()
    names = ("melody", "drums", "bass", "piano", "guitar")
    for name in names:
        parts.get_by_role("button", name=name).click()
    made.falls_silent()
    parts.get_by_role("button", name="bass").click()
    parts.get_by_label("sound of bass").select_option("Cello")
    made.sounds()
    made.button("stop jazz, seed 5").click()
    for name in names:
        if name != "bass":
            parts.get_by_role("button", name=name).click()
    assert made.wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_no_violation(
    made: Desk, studiobrowser: ModuleType, violations: Callable[[Any], Any], scheme: str, size: str
) -> None:
    made.page.set_viewport_size(studiobrowser.SIZES[size]["viewport"])
    made.page.emulate_media(color_scheme=scheme)
    made.button("Edit it").click()
    made.roll.locator("button").first.click()
    made.page.get_by_text("Keys and notes in words").click()
    made.button("Compare").click()
    found = violations(made.page)
    made.button("Compare").click()
    made.button("Done").click()
    assert found == []
