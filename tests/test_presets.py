import re
from pathlib import Path

import pytest

from bandmate.presets import pitch
from bandmate.presets.load import Shelf, read
from bandmate.presets.preset import Part, Preset, PresetError

JAZZ = """
name: jazz
program: 3
ear: jazz-ear
band: jazz
hop: 4
swing: 0.62
variation: 0.25
parts:
  - {name: drums,  channel: 10, level: 0.9}
  - {name: bass,   channel: 2,  program: 33, low: E1, high: G3, voices: 1}
  - {name: piano,  channel: 3,  program: 1,  low: C3, high: 84, density: 0.75}
  - {name: guitar, channel: 4,  program: 27, low: E3, high: E5, mute: true}
"""


PACKAGED = ["pop", "symphony", "rock", "jazz", "songwriter"]


def test_a_preset_reads_as_it_is_written():
    assert read(JAZZ, "jazz.yaml") == Preset(
        name="jazz",
        program=3,
        ear="jazz-ear",
        band="jazz",
        hop=4,
        swing=0.62,
        variation=0.25,
        parts=(
            Part("drums", 10, level=0.9),
            Part("bass", 2, program=33, low=28, high=55, voices=1),
            Part("piano", 3, program=1, low=48, high=84, density=0.75),
            Part("guitar", 4, program=27, low=52, high=76, mute=True),
        ),
    )


@pytest.mark.parametrize(
    ("name", "number"),
    [("C4", 60), ("E1", 28), ("F#3", 54), ("f♯3", 54), ("Bb2", 46), ("B♭2", 46), ("C-1", 0), ("G9", 127)],
)
def test_pitches_by_name(name, number):
    assert pitch.parse(name) == number


@pytest.mark.parametrize("name", ["H1", "C", "", "G#9", "Cb-1", "C##4", "60"])
def test_no_pitches(name):
    with pytest.raises(ValueError, match="is"):
        pitch.parse(name)


@pytest.mark.parametrize(
    ("was", "now", "sentence"),
    [
        ("program: 3", "program: 300", "line 3: program must be a whole number from 1 to 128, not '300'"),
        ("program: 3", "program: yes", "line 3: program must be a whole number from 1 to 128, not 'yes'"),
        ("program: 3", "", "line 2: program is missing"),
        ("name: jazz", "name: [jazz]", "line 2: name must be a word, not this"),
        ("swing: 0.62", "swing: 0.9", "line 7: swing must be a number from 0.5 to 0.75, not '0.9'"),
        ("swing: 0.62", "swing: .nan", "line 7: swing must be a number from 0.5 to 0.75, not '.nan'"),
        ("swing: 0.62", "swong: 0.62", "line 7: swong: no such field; did you mean 'swing'?"),
        ("swing: 0.62", "hop: 8", "line 7: hop stands here twice; keep one"),
        ("hop: 4", "hop: 5", "line 6: hop must be one of 1, 2, 4, 8, 16, not '5'"),
        ("band: jazz", "band: ../jazz", "line 5: band must be a file's name without folder or '.onnx', not"),
        ("channel: 2", "chanel: 2", "line 11: parts[2].chanel: no such field; did you mean 'channel'?"),
        ("channel: 2", "channel: 10", "line 10: parts has two with the channel '10'; give each its own"),
        ("low: E1", "low: H1", "line 11: parts[2].low is wrong: 'H1' is no note name"),
        ("low: E1", "low: C5", "line 11: parts[2].low lies above 'high'; swap them"),
        ("mute: true", "mute: 1", "line 13: parts[4].mute must be true or false, not '1'"),
        ("  - {name: drums,  channel: 10, level: 0.9}\n", "", "line 10: parts must be 4, not 3"),
        ("  - {name: drums,  channel: 10, level: 0.9}", "  - drums", "line 10: parts[1] must be fields"),
        ("name: jazz", "name: 'jazz", "line 14: this is not YAML"),
        ("name: jazz", "name: !!python/name:os.system", "line 2: name must be a word"),
    ],
)
def test_a_mistake_is_named_with_line_and_field(was, now, sentence):
    with pytest.raises(PresetError) as caught:
        read(JAZZ.replace(was, now, 1), "jazz.yaml")
    assert f"jazz.yaml, {sentence}" in str(caught.value)


def test_all_mistakes_are_told_at_once_in_order_of_lines():
    text = (
        JAZZ.replace("hop: 4", "hop: x").replace("program: 3", "program: 0").replace("level: 0.9", "level: 2")
    )
    with pytest.raises(PresetError) as caught:
        read(text, "jazz.yaml")
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "jazz.yaml, line 3",
        "jazz.yaml, line 6",
        "jazz.yaml, line 10",
    ]


def test_an_empty_file_lacks_everything():
    with pytest.raises(PresetError) as caught:
        read("# nothing yet\n", "new.yaml")
    assert [line.split()[3] for line in str(caught.value).splitlines()] == [
        "name", "program", "ear", "band", "parts",
    ]  # fmt: skip


def test_the_packaged_presets_are_sound():
    shelf = Shelf(None)
    assert shelf.names() == PACKAGED
    assert (shelf.broken(), shelf.remarks()) == ({}, [])
    assert [(p.channel, p.program) for p in shelf.get("pop").parts] == [(10, None), (2, 34), (3, 5), (4, 49)]
    assert [part.name for part in shelf.get("symphony").parts] == ["cellos", "strings", "winds", "horns"]
    assert [shelf.get(name).program for name in PACKAGED] == [1, 2, 3, 4, 5]
    assert shelf.by_program(2) is shelf.get("symphony")
    assert shelf.by_program(77) is None


def test_the_users_preset_of_a_packaged_name_comes_first(tmp_path):
    (tmp_path / "mine.yaml").write_text(
        JAZZ.replace("name: jazz", "name: pop").replace("program: 3", "program: 1")
    )
    shelf = Shelf(tmp_path)
    assert shelf.get("pop").band == "jazz"
    assert shelf.by_program(1) is shelf.get("pop")
    assert shelf.remarks() == []


def test_a_broken_file_is_named_and_the_packaged_one_stands(tmp_path):
    (tmp_path / "pop.yaml").write_text("name: pop\nprogram: x\n")
    (tmp_path / "noise.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / ".draft.yaml").write_text("name: [")
    (tmp_path / "notes.txt").write_text("name: [")
    shelf = Shelf(tmp_path)
    assert shelf.get("pop").band == "pop"
    assert sorted(shelf.broken()) == ["noise", "pop"]
    assert "pop.yaml, line 2: program must be a whole number" in shelf.broken()["pop"]
    with pytest.raises(PresetError, match=r"noise\.yaml can't be read"):
        shelf.get("noise")


def test_an_unknown_name_gets_a_hint():
    with pytest.raises(
        PresetError, match=r"no preset 'symfony'; did you mean 'symphony'\?; there are: pop, symphony"
    ):
        Shelf(None).get("symfony")


def test_of_two_presets_with_one_program_the_later_is_selected_and_it_is_said(tmp_path):
    (tmp_path / "jazz.yaml").write_text(JAZZ.replace("program: 3", "program: 2"))
    shelf = Shelf(tmp_path)
    assert shelf.by_program(2) is shelf.get("jazz")
    assert shelf.remarks() == [
        "program 2 is given to 'symphony' and to 'jazz'; it selects 'jazz', give the other a free number"
    ]


def test_of_two_files_with_one_name_the_first_stands(tmp_path):
    (tmp_path / "a.yaml").write_text(JAZZ)
    (tmp_path / "b.yaml").write_text(JAZZ.replace("program: 3", "program: 4"))
    shelf = Shelf(tmp_path)
    assert shelf.get("jazz").program == 3
    assert shelf.broken() == {"b": "b.yaml: a.yaml has the name 'jazz' already; rename one of them"}


def test_a_folder_that_does_not_exist_holds_nothing(tmp_path):
    assert Shelf(tmp_path / "none").names() == PACKAGED


def test_the_example_in_the_guide_is_a_preset():
    guide = Path(__file__).parent.parent / "docs" / "presets.md"
    (example,) = re.findall(r"```yaml\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    assert read(example, "jazz.yaml").swing == 0.62
