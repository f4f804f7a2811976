"""The band started and ended again and again, by every signal, at any moment: what is left sounding.

    python tests/bench/kills.py [--starts 500] [--seed 1] [--json FILE]

Each start hears a key and plays to a synthesizer on JACK; then it is ended in one of seven ways, while it
starts up or while it plays: SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGKILL, SIGSTOP and SIGKILL (half of them with
SIGCONT between), or by its terminal being closed. What sounds once the next one is ready hangs. Toy models,
so that starting takes no longer than it must. The exit status is 1 if a note hangs.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import random
import select
import signal
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path

sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[:2]]

import toys
from jackclient import Device, Playing, Server, sounding, until
from playing import server

from bandmate.bridge.clock import now
from bandmate.bridge.events import NoteOff, NoteOn
from bandmate.presets.load import Shelf

FLAGS = ("--clock", "internal", "--tempo", "180", "--no-record", "--in", "Keys", "--out", "Synth")
WAYS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGKILL", "SIGSTOP", "terminal")
PATIENCE = 60.0


class Terminal:
    """A `bandmate play` in a terminal, which can be closed."""

    def __init__(self, *flags: str) -> None:
        self._child, self._terminal = pty.fork()
        if self._child == 0:
            os.execv(sys.executable, [sys.executable, "-m", "bandmate.daemon", "play", *flags])
        self._said, self._closing = b"", threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def says(self, part: str, timeout: float) -> bool:
        """Whether it has said this, or does before the timeout."""
        return until(lambda: part.encode() in self._said, timeout)

    def close(self) -> None:
        """Close the terminal, and wait for the end."""
        self._closing.set()
        self._reader.join()
        os.close(self._terminal)
        if not until(lambda: os.waitpid(self._child, os.WNOHANG)[0] == self._child, PATIENCE):
            sys.exit("closing its terminal did not end it")

    def _read(self) -> None:
        with suppress(OSError):
            while not self._closing.is_set():
                if select.select([self._terminal], [], [], 0.05)[0]:
                    self._said += os.read(self._terminal, 4096)


def models(home: Path) -> None:
    """Let toys stand in for the packaged models."""
    (home / "models").mkdir()
    shelf = Shelf(None)
    for chosen in map(shelf.get, shelf.names()):
        parts = tuple(part.name for part in chosen.parts)
        (home / "models" / f"{chosen.ear}.onnx").write_bytes(toys.ear())
        (home / "models" / f"{chosen.band}.onnx").write_bytes(toys.generator(parts, sure=0.9999))


class Round:
    """One start after the other on the same synthesizer."""

    def __init__(self, dice: random.Random, running: Server) -> None:
        self._dice, self._running = dice, running
        self._synth, self._keys = Device("Synth"), Device("Keys")
        self.hanging = self.left = self.refused = 0
        self._startup, self._last = 1.0, "nothing"
        self.ended: Counter[str] = Counter()

    def start(self, way: str, *, early: bool) -> None:
        """Start it, hear what hangs, and end it; early: while it starts up."""
        playing = Terminal(*FLAGS) if way == "terminal" else Playing(*FLAGS)
        if early:
            until(lambda: False, self._dice.uniform(0, self._startup))
        else:
            begin = now()
            if not playing.says("is ready", timeout=PATIENCE):
                # JACK refuses for longer than is waited for, if the machine is far too busy.
                print(f"did not start after {self._last}", flush=True)
                self.refused += 1
                return self._end(playing, "SIGKILL" if way == "SIGSTOP" else way)
            self._startup = now() - begin
            self._listen()
            self._keys.send(NoteOn(1, 67, 100))
            until(lambda: False, self._dice.uniform(0, 2))
            self._keys.send(NoteOff(1, 67))
        self._end(playing, way)
        self._last = f"{way}{' at start-up' if early else ''}"
        self.ended[self._last] += 1
        # JACK stands still for some seconds when a client was killed, and refuses others meanwhile.
        self._running.clients()
        self.left += bool(sounding(self._synth.heard))

    def close(self) -> None:
        """A last start, which is ended as usual."""
        playing = Playing(*FLAGS)
        if not playing.says("is ready", timeout=PATIENCE):
            sys.exit("it did not start")
        self._listen()
        playing.end(timeout=PATIENCE)
        self._listen()
        for device in (self._synth, self._keys):
            device.unplug()

    def _listen(self) -> None:
        """What the last one left has to end now."""
        until(lambda: not sounding(self._synth.heard), 3)
        if hangs := sounding(self._synth.heard):
            self.hanging += len(hangs)
            print(f"hanging after {self._last}: {sorted(hangs)}", flush=True)
        self._synth.heard.clear()

    def _end(self, playing: Playing | Terminal, way: str) -> None:
        if isinstance(playing, Terminal):
            playing.close()
        elif way == "SIGSTOP":
            playing.process.send_signal(signal.SIGSTOP)
            until(lambda: False, self._dice.uniform(0, 1))
            if self._dice.random() < 0.5:
                playing.process.send_signal(signal.SIGCONT)
                until(lambda: False, self._dice.uniform(0, 0.5))
            playing.end(signal.SIGKILL, PATIENCE)
        else:
            try:
                playing.end(getattr(signal, way), PATIENCE)
            except subprocess.TimeoutExpired:
                playing.end(signal.SIGABRT)
                sys.exit(f"{way} did not end it:\n" + "\n".join(playing.said))


def main() -> None:
    """Kill, and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    asked = parser.parse_args()
    # In the background of a shell these are ignored, and children would ignore them, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    dice, begin = random.Random(asked.seed), now()
    with tempfile.TemporaryDirectory() as home, server(sync=False, frames=1024) as running:
        os.environ |= {"BANDMATE_HOME": home, "PYTHONFAULTHANDLER": "1"}
        models(Path(home))
        scene = Round(dice, running)
        for number in range(asked.starts):
            scene.start(WAYS[number % len(WAYS)], early=number > 0 and dice.random() < 0.3)
            if number % 10 == 9:
                print(f"{number + 1} starts, {scene.hanging} hanging, {now() - begin:.0f} s", flush=True)
        scene.close()
    ways = ", ".join(f"{count} {way}" for way, count in sorted(scene.ended.items()))
    print(f"{scene.refused} did not start: JACK refused them")
    print(f"{asked.starts} starts and ends in {now() - begin:.0f} s: {ways}")
    print(f"{scene.left} ended with notes sounding; hanging after the next start: {scene.hanging}")
    if asked.json:
        figures = {"starts": asked.starts, "hanging": scene.hanging, "left": scene.left, **scene.ended}
        asked.json.write_text(json.dumps(figures, indent=1))
    sys.exit(1 if scene.hanging else 0)


if __name__ == "__main__":
    main()
