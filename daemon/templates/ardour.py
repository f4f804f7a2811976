"""A template for Ardour's New Session dialog, which lists scripts that set a session up."""

from __future__ import annotations

from bandmate.daemon.templates.lua import words
from bandmate.presets.preset import Preset

_SCRIPT = """\
ardour {
    ["type"] = "SessionInit",
    name = %(title)s,
    description = "Your own track, and four that hear the band; sends MIDI clock"
}

function factory () return function ()
    local midi, audio = ARDOUR.DataType ("midi"), ARDOUR.DataType ("audio")
    local last, normal = ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal

    -- Ardour's own General MIDI synthesizer, where it is installed.
    local synth = ARDOUR.LuaAPI.new_plugin_info ("http://gareus.org/oss/lv2/gmsynth", ARDOUR.PluginType.LV2)
    if synth:isnil () then synth = ARDOUR.PluginInfo () end

    -- The ports of a band that is running.
    local function ports (kind, name)
        local _, found = Session:engine ():get_backend_ports ("", midi, kind, C.StringVector ())
        local names = {}
        for port in found[4]:iter () do
            if port:find (name, 1, true) then names[#names + 1] = port end
        end
        return names
    end

    local function track (name, channel)
        local input, output = ARDOUR.ChanCount (midi, 1), ARDOUR.ChanCount (audio, 2)
        local made = Session:new_midi_track (
            input, output, false, synth, nil, nil, 1, name, last, normal, true
        )
        local track = made:front ()
        track:set_capture_channel_mode (ARDOUR.ChannelMode.FilterChannels, 1 << (channel - 1))
        track:monitoring_control ():set_value (1, PBD.GroupControlDisposition.NoGroup) -- hears its input
        track:rec_enable_control ():set_value (1, PBD.GroupControlDisposition.NoGroup)
        return track
    end

    local tempo = Temporal.TempoMap.fetch_writable ()
    tempo:set_tempo (Temporal.Tempo (%(bpm)s, %(bpm)s, 4), Temporal.timepos_t.from_ticks (0))
    Temporal.TempoMap.update (tempo)

    track ("melody", 1)
    for _, part in ipairs ({ %(parts)s }) do
        local made = track (part[1], part[2])
        for _, port in ipairs (ports (ARDOUR.PortFlags.IsOutput, "bandmate out")) do
            made:input ():midi (0):connect (port)
        end
    end

    ARDOUR.config ():set_send_midi_clock (true)
    local clock = Session:engine ():get_port_by_name ("MIDI Clock out")
    if not clock:isnil () then
        for _, port in ipairs (ports (ARDOUR.PortFlags.IsInput, "bandmate in")) do clock:connect (port) end
    end
    Session:save_state ("")
end end
"""


def script(preset: Preset, bpm: float) -> bytes:
    """The Lua file. The parts' tracks take the band's ports and the clock, where the band is running."""
    return (_SCRIPT % words(preset, bpm)).encode("utf-8")
