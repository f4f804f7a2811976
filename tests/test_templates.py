"""Set-up files for DAWs: each is read back, and Ardour's is run by Ardour."""

import io
import os
import subprocess
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from bandmate.daemon.cli import main
from bandmate.daemon.templates import ardour, dawproject, reaper, reascript
from bandmate.presets.load import Shelf

PRESETS = Shelf(None).names()


def parts(preset):
    return [("melody", 1), *((part.name, part.channel) for part in preset.parts)]


def chunks(text):
    """A REAPER file: a chunk is [its head, its lines and chunks]; a line is its words."""
    whole = []
    opened = [whole]
    for line in text.splitlines():
        words = line.split()
        if words[0].startswith("<"):
            opened.append([words])
            opened[-2].append(opened[-1])
        elif words == [">"]:
            opened.pop()
        else:
            opened[-1].append(words)
    assert opened == [whole]
    return whole


@pytest.mark.parametrize("name", PRESETS)
def test_reaper_has_an_armed_and_monitored_track_for_each_channel(name):
    preset = Shelf(None).get(name)
    (project,) = chunks(reaper.project(preset, 96).decode())
    assert project[0][0] == "<REAPER_PROJECT"
    assert ["TEMPO", "96", "4", "4"] in project
    tracks = [chunk for chunk in project if chunk[0] == ["<TRACK"]]
    heard = []
    for _, (_, title), (_, armed, source, monitor, mode, *_) in tracks:
        assert (armed, monitor, mode) == ("1", "1", "0")
        assert int(source) >> 5 == (4096 >> 5) + 63  # MIDI, from all devices
        heard.append((title.strip('"'), int(source) & 31))
    assert heard == parts(preset)


@pytest.mark.parametrize("name", PRESETS)
def test_a_dawproject_has_the_published_structure(name):
    preset = Shelf(None).get(name)
    data = dawproject.archive(preset, 132.5)
    assert data == dawproject.archive(preset, 132.5)
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert sorted(file.namelist()) == ["metadata.xml", "project.xml"]
        project = ElementTree.fromstring(file.read("project.xml"))
        assert ElementTree.fromstring(file.read("metadata.xml")).findtext("Title") == f"bandmate {name}"
    assert (project.tag, project.attrib) == ("Project", {"version": "1.0"})
    assert [child.tag for child in project] == ["Application", "Transport", "Structure", "Arrangement"]
    assert [child.tag for child in project.find("Transport")] == ["Tempo", "TimeSignature"]
    assert project.find("Transport/Tempo").attrib["value"] == "132.5"
    *tracks, master = project.find("Structure")
    assert [track.get("name") for track in tracks] == [shown for shown, _ in parts(preset)]
    assert all(track.get("contentType") == "notes" for track in tracks)
    assert [track.get("comment").split()[-1] for track in tracks] == [str(ch) for _, ch in parts(preset)]
    assert master.find("Channel").get("role") == "master"
    places = [element.get("id") for element in project.iter() if "id" in element.attrib]
    assert len(places) == len(set(places))
    assert {track.find("Channel").get("destination") for track in tracks} == {
        master.find("Channel").get("id")
    }


def test_a_name_can_not_break_out_of_its_quotes():
    preset = Shelf(None).get("pop")
    first = replace(preset.parts[0], name='a "b" \\ <c>&\nd')
    odd = replace(preset, parts=(first, *preset.parts[1:]))
    assert len(chunks(reaper.project(odd, 120).decode().replace(' d"', '"'))) == 1
    assert b'"a \\"b\\" \\\\ <c>&\\nd"' in ardour.script(odd, 120)
    with zipfile.ZipFile(io.BytesIO(dawproject.archive(odd, 120))) as file:
        names = [
            track.get("name") for track in ElementTree.fromstring(file.read("project.xml")).iter("Track")
        ]
    assert first.name in names


REAPER = """
local inputs, outputs = { "Keys", "bandmate out" }, { "bandmate in" }
local tracks = {}
local function named (list) return function (number) return true, list[number + 1] end end
reaper = {
    GetNumMIDIInputs = function () return %d end, GetMIDIInputName = named (inputs),
    GetNumMIDIOutputs = function () return #outputs end, GetMIDIOutputName = named (outputs),
    CountTracks = function () return #tracks end, GetTrack = function (_, place) return tracks[place + 1] end,
    InsertTrackAtIndex = function (place) tracks[place + 1] = {} end,
    GetSetMediaTrackInfo_String = function (track, key, value) track[key] = value end,
    SetMediaTrackInfo_Value = function (track, key, value) track[key] = value end,
    SetCurrentBPM = function (_, bpm) print ("bpm", bpm) end,
    Undo_BeginBlock = function () end, Undo_EndBlock = function () end,
    ShowMessageBox = function () told = true end,
}
dofile (arg[1])
for _, t in ipairs (tracks) do print (t.P_NAME, t.I_RECINPUT, t.I_RECARM, t.I_RECMON, t.I_MIDIHWOUT) end
if told then print ("told") end
quit ()
"""


@pytest.mark.jack
@pytest.mark.parametrize(("inputs", "device"), [(2, 1), (1, 63)])
def test_the_script_for_reaper_finds_the_band(ardourclient, tmp_path, inputs, device):
    """Run by Ardour's Lua, with a REAPER of a few lines."""
    preset = Shelf(None).get("jazz")
    (tmp_path / "reaper.lua").write_text(REAPER % inputs)
    (tmp_path / "bandmate.lua").write_bytes(reascript.script(preset, 96))
    command = [ardourclient.program(), str(tmp_path / "reaper.lua"), str(tmp_path / "bandmate.lua")]
    home = os.environ | {"XDG_CONFIG_HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run(command, env=home, capture_output=True, text=True, timeout=60)
    bpm, *rest = [line.split() for line in done.stdout.splitlines()]
    assert bpm == ["bpm", "96"], done.stderr
    if device == 63:
        assert rest.pop()[0] == "told"
    assert rest[0] == ["melody", str(4096 + 63 * 32 + 1), "1", "1", "1"]
    band = [[part.name, str(4096 + device * 32 + part.channel), "1", "1", "nil"] for part in preset.parts]
    assert rest[1:] == band


@pytest.mark.jack
def test_ardour_makes_a_session_of_its_template(ardourclient, jackclient, tmp_path, monkeypatch):
    preset = Shelf(None).get("symphony")
    script = tmp_path / "bandmate.lua"
    script.write_bytes(ardour.script(preset, 96))
    band, begun = jackclient.Device("bandmate"), []

    def begin():
        begun.append(ardourclient.Ardour(tmp_path, []))
        begun[-1].tell("function ardour (about) kind = about.type end")
        begun[-1].tell(f'Session = session; dofile("{script}"); factory()()')

    try:
        ardourclient.again(begin)
        daw = begun[-1]
        assert daw.tell("return kind") == "SessionInit"
        look = "local t = session:route_by_name('{}'):to_track(); local m = t:to_midi_track(); return "
        for name, channel in parts(preset):
            of = look.format(name)
            assert int(daw.tell(of + "m:get_capture_channel_mask()")) == 1 << (channel - 1)
            hears = daw.tell(of + "tostring(t:input():midi(0):connected_to('bandmate-01:bandmate out'))")
            assert hears == str(name != "melody").lower()
            monitored = of + "t:monitoring_control():get_value()"
            assert jackclient.until(lambda line=monitored: float(daw.tell(line)) == 1, 10)
        armed = look.format("horns") + "t:rec_enable_control():get_value()"
        assert jackclient.until(lambda: float(daw.tell(armed)) == 1, 10)
        assert daw.tell("return ARDOUR.config():get_send_midi_clock()") == "true"
        clock = "return AudioEngine:get_port_by_name('MIDI Clock out'):connected_to('bandmate:bandmate in')"
        assert daw.tell(clock) == "true"
        assert (
            daw.tell("return Temporal.TempoMap.read():quarters_per_minute_at(Temporal.timepos_t(0))")
            == "96.0"
        )
    finally:
        for each in begun:
            each.close()
        band.unplug()


@pytest.mark.parametrize("daw", ["reaper", "reascript", "ardour", "dawproject"])
def test_the_command_writes_a_file_and_says_which(daw, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BANDMATE_HOME", str(tmp_path / "home"))
    done = CliRunner().invoke(main, ["template", daw, "--preset", "rock"])
    assert done.exit_code == 0, done.output
    (path,) = tmp_path.glob("bandmate-rock.*")
    assert done.output.startswith(f"{path.name}: your own track, drums on channel 10, ")
    done = CliRunner().invoke(main, ["template", daw, "--out", str(tmp_path / "nowhere" / "x")])
    assert done.exit_code == 1
    assert "can't be written" in done.output
