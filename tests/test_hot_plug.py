"""The daemon as a process on JACK while ports come and go, while it is killed, and while others hang."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import rtmidi

from bandmate.bridge import codec
from bandmate.bridge.clock import now
from bandmate.bridge.events import Control, NoteOff, NoteOn, Program

pytestmark = pytest.mark.jack

OWN_CLOCK = ("--clock", "internal", "--tempo", "150", "--no-record")

Play = Callable[..., Any]
Plug = Callable[[str], Any]


@pytest.fixture
def play(
    jack: Any, jackclient: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Play]:
    """Start `bandmate play`; what still runs at the end is ended."""
    monkeypatch.setenv("BANDMATE_HOME", str(tmp_path / "home"))
    started: list[Any] = []

    def start(*flags: str, **how: Any) -> Any:
        started.append(jackclient.Playing(*flags, **how))
        return started[-1]

    yield start
    for playing in started:
        if playing.process.poll() is None:
            playing.end()


@pytest.fixture
def device(jack: Any, jackclient: ModuleType) -> Iterator[Plug]:
    """Plug in devices; all are unplugged when the test ends."""
    plugged: list[Any] = []

    def plug(name: str) -> Any:
        plugged.append(jackclient.Device(name))
        return plugged[-1]

    yield plug
    for each in plugged:
        each.unplug()


def test_a_synthesizer_that_vanishes_is_played_to_again_when_it_is_back(
    play: Play, device: Plug, jackclient: ModuleType
) -> None:
    synth = jackclient.Device("Synth")
    keys = device("Keys")
    playing = play(*OWN_CLOCK, "--in", "Keys", "--out", "Synth")
    assert playing.says("is ready")
    keys.send(NoteOn(1, 67, 100))
    for _ in range(2):
        assert jackclient.until(lambda: jackclient.struck(synth.heard) >= 6, 20)  # noqa: B023
        synth.unplug()
        assert playing.says("is gone; the band plays on")
        back = now()
        synth = jackclient.Device("Synth")
        assert jackclient.until(lambda: jackclient.struck(synth.heard) >= 1, 5)  # noqa: B023
        assert now() - back < 2 + 0.6  # and the wait for a note to be struck
        assert [e for e in synth.heard if isinstance(e, Program)]
    assert playing.says("is back", times=2)
    assert playing.end() == 0
    assert jackclient.until(lambda: jackclient.sounding(synth.heard) == set(), 2)
    synth.unplug()
    assert not any("Traceback" in line for line in playing.said)


def test_a_keyboard_that_is_plugged_in_later_is_found_and_any_hears_all(
    play: Play, device: Plug, jackclient: ModuleType
) -> None:
    synth = device("Synth")
    late = play(*OWN_CLOCK, "--in", "Keys", "--out", "Synth")
    assert late.says("there is no MIDI port 'Keys' yet")
    assert late.says("is ready")
    everyone = play(*OWN_CLOCK, "--in", "any")
    assert everyone.says("is ready")
    keys = device("Keys")
    assert late.says("Keys out' is there", timeout=3)
    assert everyone.says("Keys out' is heard, too", timeout=3)
    keys.send(NoteOn(1, 67, 100))
    assert jackclient.until(lambda: jackclient.struck(synth.heard) >= 4, 20)
    pads = device("Pads")
    assert everyone.says("Pads out' is heard, too", timeout=3)
    assert not any("bandmate out" in line and "heard" in line for line in everyone.said)
    pads.send(NoteOn(1, 60, 100))
    assert late.end() == everyone.end() == 0


def test_the_band_does_not_feed_on_itself(
    play: Play, device: Plug, jackclient: ModuleType, tmp_path: Path
) -> None:
    """Our output is connected to our input, so that all that is played comes back."""
    playing = play("--clock", "internal", "--tempo", "150")
    assert playing.says("is ready")
    names = subprocess.run(["jack_lsp"], capture_output=True, text=True, check=True).stdout.splitlines()
    (out,) = [name for name in names if name.endswith(":bandmate out")]
    (into,) = [name for name in names if name.endswith(":bandmate in")]
    subprocess.run(["jack_connect", out, into], check=True)
    keys = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="keys")
    keys.open_port(keys.get_ports().index(into), "keys")
    for k in range(12):
        threading.Event().wait(0.4)
        keys.send_message(codec.to_bytes(NoteOn(1, 67 + k % 3, 100)))
        threading.Event().wait(0.2)
        keys.send_message(codec.to_bytes(NoteOff(1, 67 + k % 3)))
    assert playing.end() == 0
    keys.close_port()
    keys.delete()
    (path,) = (tmp_path / "home" / "takes").glob("*.mid")
    import mido

    tracks = {track.name: [m for m in track if m.type == "note_on"] for track in mido.MidiFile(path).tracks}
    assert len(tracks["melody"]) == 12
    assert sum(len(notes) for name, notes in tracks.items() if name != "melody") >= 12


def test_what_a_killed_band_left_sounding_is_silenced_by_the_next(play: Play) -> None:
    """In a process and on a server of its own: one in sync mode waits 30 s for a client that was killed."""
    program = f"""
import atexit, os, signal, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from jackclient import Device, Playing, Server, sounding, until
from bandmate.bridge.events import NoteOn
server = Server(f"bandmate-killed-{{os.getpid()}}", sync=False)
atexit.register(server.stop)
os.environ.update(server.environment)
synth, keys = Device("Synth"), Device("Keys")
flags = {(*OWN_CLOCK, "--in", "Keys", "--out", "Synth")!r}
def killed_while_it_sounds():
    killed = Playing(*flags)
    assert killed.says("is ready", timeout=60), killed.said
    # On a busy machine a server that waits for nobody loses a message now and then.
    assert any(struck_again(keys) for _ in range(20)), killed.said
    assert killed.end(signal.SIGKILL, timeout=60) == -signal.SIGKILL
    server.clients()
    return sounding(synth.heard)
def struck_again(keys):
    keys.send(NoteOn(1, 67, 100))
    return until(lambda: len(sounding(synth.heard)) >= 2, 3)
left = killed_while_it_sounds() or killed_while_it_sounds() or killed_while_it_sounds()
before = len(synth.heard)
assert left, "three times it was killed between two notes"
again = Playing(*flags)
assert again.says("bandmate was killed: what it left sounding on", timeout=60), again.said
assert until(lambda: sounding(synth.heard) == set(), 20), sounding(synth.heard)
assert not [event for event in synth.heard[before:] if isinstance(event, NoteOn)]
assert again.end() == 0
for device in (synth, keys):
    device.unplug()
server.stop()
print("done")
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300)
    assert ran.stdout.strip() == "done", ran.stderr
    assert not list((Path(os.environ["BANDMATE_HOME"]) / "state" / "sounding").iterdir())


def test_a_dead_server_ends_the_performance_and_the_take_is_kept(play: Play, tmp_path: Path) -> None:
    """In a process and on a server of its own."""
    program = f"""
import atexit, os, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from jackclient import Device, Playing, Server, struck, until
from bandmate.bridge.events import NoteOn
server = Server(f"bandmate-gone-{{os.getpid()}}")
atexit.register(server.stop)
os.environ.update(server.environment)
synth, keys = Device("Synth"), Device("Keys")
band = Playing("--clock", "internal", "--tempo", "150", "--in", "Keys", "--out", "Synth")
assert band.says("is ready")
keys.send(NoteOn(1, 67, 100))
assert until(lambda: struck(synth.heard) >= 2, 20)
server.stop()
assert band.says("the MIDI system is gone; start it, then bandmate again"), band.said
assert band.process.wait(15) == 1
assert band.says("the take is kept in"), band.said
assert not any("Traceback" in line for line in band.said), band.said
print("done", flush=True)
os._exit(0)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=90)
    assert ran.stdout.strip() == "done", ran.stderr
    assert len(list((tmp_path / "home" / "takes").glob("*.mid"))) == 1


def test_a_terminal_that_is_closed_ends_every_note_and_keeps_the_take(
    play: Play, device: Plug, jackclient: ModuleType, tmp_path: Path
) -> None:
    synth, keys = device("Synth"), device("Keys")
    child, terminal = pty.fork()
    if child == 0:
        flags = ("--clock", "internal", "--tempo", "150", "--in", "Keys", "--out", "Synth")
        os.execv(sys.executable, [sys.executable, "-m", "bandmate.daemon", "play", *flags])
    said = b""
    while b"is ready" not in said:
        said += os.read(terminal, 4096)
    keys.send(NoteOn(1, 67, 100))
    draining = threading.Thread(target=_drain, args=(terminal,), daemon=True)
    draining.start()
    assert jackclient.until(lambda: len(jackclient.sounding(synth.heard)) >= 2, 20)
    os.write(terminal, b"\n")
    assert jackclient.until(lambda: {2, 3, 4, 10} <= silenced(synth), 5), "Enter is panic"
    assert jackclient.until(lambda: len(jackclient.sounding(synth.heard)) >= 2, 20), "and it plays on"
    os.close(terminal)
    assert jackclient.until(lambda: os.waitpid(child, os.WNOHANG)[0] == child, 15)
    assert jackclient.until(lambda: not jackclient.sounding(synth.heard), 2)
    assert len(list((tmp_path / "home" / "takes").glob("*.mid"))) == 1


def silenced(synth: Any) -> set[int]:
    """The channels on which all notes were told to end."""
    return {
        event.channel for event in list(synth.heard) if isinstance(event, Control) and event.number == 123
    }


FAILING = """
import sys
from bandmate.bridge.events import NoteOn
from bandmate.daemon.ports.door import Door
deliver = Door.__call__
def fail(self, event, arrival):
    if isinstance(event, NoteOn) and event.pitch == 99:
        raise RuntimeError("a mistake")
    deliver(self, event, arrival)
Door.__call__ = fail
from bandmate.daemon.cli import main
main(sys.argv[1:])
"""


def test_an_error_in_any_thread_ends_every_note_and_the_process_with_a_sentence(
    play: Play, device: Plug, jackclient: ModuleType
) -> None:
    """The input's thread makes it."""
    synth, keys = device("Synth"), device("Keys")
    playing = play(*OWN_CLOCK, "--in", "Keys", "--out", "Synth", program=("-c", FAILING))
    assert playing.says("is ready")
    keys.send(NoteOn(1, 67, 100))
    assert jackclient.until(lambda: len(jackclient.sounding(synth.heard)) >= 2, 20)
    keys.send(NoteOn(1, 99, 100))
    assert playing.process.wait(20) == 1
    told = "the thread 'bandmate input' stopped on an error that should not happen: RuntimeError('a mistake')"
    assert playing.says(told), playing.said
    assert jackclient.until(lambda: not jackclient.sounding(synth.heard), 2)
    assert not any("Traceback" in line for line in playing.said)


def test_the_command_panic_silences_the_synthesizer_and_tells_the_band(
    play: Play, device: Plug, jackclient: ModuleType
) -> None:
    synth, keys = device("Synth"), device("Keys")
    playing = play(*OWN_CLOCK, "--in", "Keys", "--out", "Synth")
    assert playing.says("is ready")
    keys.send(NoteOn(1, 67, 100))
    assert jackclient.until(lambda: len(jackclient.sounding(synth.heard)) >= 2, 20)
    command = [sys.executable, "-m", "bandmate.daemon", "panic"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "silenced Synth:Synth in" in done.stdout
    assert "told " in done.stdout
    assert jackclient.until(lambda: len(silenced(synth)) == 16, 5)
    both = "the command and the band"
    assert jackclient.until(lambda: list(synth.heard).count(Control(2, 123, 0)) >= 2, 5), both
    assert jackclient.until(lambda: len(jackclient.sounding(synth.heard)) >= 2, 20), "it plays on"
    assert playing.end() == 0


def _drain(terminal: int) -> None:
    """Read what a terminal is shown, until it is closed."""
    with suppress(OSError):
        while select.select([terminal], [], [], 0.1)[0] == [] or os.read(terminal, 4096):
            pass


def test_it_ends_in_time_though_who_listens_hangs(play: Play, jack: Any, jackclient: ModuleType) -> None:
    program = """
import rtmidi, time
hung = rtmidi.MidiIn(rtmidi.API_UNIX_JACK, name="Hung")
hung.open_virtual_port("Hung in")
print("open", flush=True)
time.sleep(1000)
"""
    other = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "open\n"
    playing = play(*OWN_CLOCK, "--out", "Hung")
    try:
        assert playing.says("is ready")
        other.send_signal(signal.SIGSTOP)
        begin = now()
        playing.end(signal.SIGTERM, timeout=20)
        assert now() - begin < 15
    finally:
        other.send_signal(signal.SIGCONT)
        other.terminate()
        other.wait(10)
