"""A script for REAPER's action list, which makes in the open project what no project file can say: it finds
the band's ports by name."""

from __future__ import annotations

from bandmate.daemon.templates.lua import words
from bandmate.presets.preset import Preset

_SCRIPT = """\
-- The tracks of %(title)s: your own, and four that hear the band. Start bandmate first.

local function device (count, name_of, wanted)
    for number = 0, count () - 1 do
        local there, name = name_of (number, "")
        if there and name:lower ():find (wanted, 1, true) then return number end
    end
end

local all = 63
local band = device (reaper.GetNumMIDIInputs, reaper.GetMIDIInputName, "bandmate out")
local ears = device (reaper.GetNumMIDIOutputs, reaper.GetMIDIOutputName, "bandmate in")

local function track (name, from, channel)
    local place = reaper.CountTracks (0)
    reaper.InsertTrackAtIndex (place, true)
    local track = reaper.GetTrack (0, place)
    reaper.GetSetMediaTrackInfo_String (track, "P_NAME", name, true)
    -- The lowest five bits are the channel, the next six the device.
    reaper.SetMediaTrackInfo_Value (track, "I_RECINPUT", 4096 + from * 32 + channel)
    reaper.SetMediaTrackInfo_Value (track, "I_RECMON", 1)
    reaper.SetMediaTrackInfo_Value (track, "I_RECARM", 1)
    return track
end

reaper.Undo_BeginBlock ()
reaper.SetCurrentBPM (0, %(bpm)s, true)
local melody = track ("melody", all, 1)
if ears then reaper.SetMediaTrackInfo_Value (melody, "I_MIDIHWOUT", ears * 32 + 1) end
for _, part in ipairs ({ %(parts)s }) do track (part[1], band or all, part[2]) end
reaper.Undo_EndBlock (%(title)s, -1)

if not (band and ears) then
    reaper.ShowMessageBox (
        "Enable 'bandmate out' under MIDI Inputs and 'bandmate in' under MIDI Outputs in the preferences, "
            .. "undo, and run this again.",
        "bandmate's ports are not there", 0
    )
end
"""


def script(preset: Preset, bpm: float) -> bytes:
    """The Lua file, in the words of REAPER's API. The clock is a preference and stays the user's."""
    return (_SCRIPT % words(preset, bpm)).encode("utf-8")
