-- A DAW that is told on its standard input what to do: `ardour7-lua ardour.lua`. Each line is Lua; its value
-- is printed behind "= ", an error behind "! ". Positions are quarter notes, ports are named as JACK names them.

io.stdout:setvbuf("line")

local midi, ui = ARDOUR.DataType("midi"), ARDOUR.TransportRequestSource.TRS_UI

function open(folder)
    AudioEngine:set_backend("JACK", "ardour", "")
    session = create_session(folder, "session", 48000)
    assert(session, "no session could be made")
    ARDOUR.config():set_send_midi_clock(true)
end

-- A track that records one channel of a port, armed.
function track(name, channel, port)
    local one = ARDOUR.ChanCount(midi, 1)
    local last, normal = ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal
    local made = session:new_midi_track(one, one, false, ARDOUR.PluginInfo(), nil, nil, 1, name, last, normal, true)
    local track = made:front()
    track:set_capture_channel_mode(ARDOUR.ChannelMode.FilterChannels, 1 << (channel - 1))
    assert(track:input():midi(0):connect(port) == 0, "no connection from " .. port)
    track:rec_enable_control():set_value(1, PBD.GroupControlDisposition.NoGroup)
end

-- The names of the ports that give events (true) or take them, with tabs between.
function ports(giving)
    local kind = giving and ARDOUR.PortFlags.IsOutput or ARDOUR.PortFlags.IsInput
    local _, found = AudioEngine:get_backend_ports("", midi, kind, C.StringVector())
    local names = {}
    for name in found[4]:iter() do names[#names + 1] = name end
    return table.concat(names, "\t")
end

function send_clock(port)
    local clock = AudioEngine:get_port_by_name("MIDI Clock out")
    assert(clock:connect(port) == 0, "no connection to " .. port)
end

local function place(quarter)
    return Temporal.timepos_t.from_ticks(math.floor(quarter * Temporal.ticks_per_beat + 0.5))
end

function tempo(bpm)
    local map = Temporal.TempoMap.fetch_writable()
    map:set_tempo(Temporal.Tempo(bpm, bpm, 4), place(0))
    Temporal.TempoMap.update(map)
end

local function locate(quarter, disposition)
    session:request_locate(place(quarter):samples(), false, disposition, ui)
end

-- Rolls from a place on, recording.
function record(quarter)
    session:maybe_enable_record(false)
    if quarter == 0 then
        session:request_roll(ui)
    else
        locate(quarter, ARDOUR.LocateTransportDisposition.MustRoll)
    end
end

function stop()
    session:request_stop(false, false, ui)
end

-- Goes to the beginning, which it does only when all that was recorded has been written; whether it is there.
function rewound()
    if session:transport_sample() == 0 then return true end
    if session:transport_stopped() then locate(0, ARDOUR.LocateTransportDisposition.MustStop) end
    return false
end

function quarters(samples)
    return Temporal.timepos_t(samples):ticks() / Temporal.ticks_per_beat
end

function now()
    return quarters(session:transport_sample())
end

for line in io.stdin:lines() do
    local code, reason = load(line)
    local fine, value = false, reason
    if code then fine, value = pcall(code) end
    print((fine and "= " or "! ") .. tostring(value))
end
if session then close_session() end
quit()
