"""The generator's faults and a machine that stands still, on JACK: what `bandmate play` says and plays.

    python tests/bench/faults.py [SCENE ...]

Scenes: late, hangs, nan, shape, slow-load, half, gone, memory, stopped, panic. Models are toys whose ONNX
files do what is wrong. Each line tells how many notes were struck before, during and after, what was said,
and what was left sounding. The exit status is 1 where a note hangs, the band does not come back, or a trouble
is told more than once.
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[:2]]

import numpy as np
import onnx
import toys
from jackclient import Device, Playing, Server, sounding, struck, until
from onnx import TensorProto, helper, numpy_helper
from playing import server

from bandmate.bridge.events import Control, NoteOff, NoteOn
from bandmate.daemon.leading.controls import ControlMap
from bandmate.presets.load import Shelf

PARTS = ("drums", "bass", "keys", "strings")
BEAT = 0.4
FLAGS = ("--clock", "internal", "--tempo", "150", "--no-record", "--in", "Keys", "--out", "Synth")
NUMBERS = ControlMap()


def looping(data: bytes, always: int, dense: int) -> bytes:
    """A generator that goes round a loop so often first, and so often more when density is asked for (a
    controller above its middle): some 30 ns a round and more."""
    model = onnx.load_from_string(data)
    names = ("go", "round", "known", "still")
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["cond_in"], ["cond_out"]),
            helper.make_node("Cos", ["turning"], ["turned"]),
        ],
        "round",
        [
            helper.make_tensor_value_info("count", TensorProto.INT64, []),
            helper.make_tensor_value_info("cond_in", TensorProto.BOOL, []),
            helper.make_tensor_value_info("turning", TensorProto.FLOAT, [1]),
        ],
        [
            helper.make_tensor_value_info("cond_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("turned", TensorProto.FLOAT, [1]),
        ],
    )
    nodes = [
        helper.make_node("Slice", ["controls", "first", "second", "axis"], [names[0]]),
        helper.make_node("Greater", [names[0], "over"], [names[1]]),
        helper.make_node("Cast", [names[1]], [names[2]], to=TensorProto.INT64),
        helper.make_node("Mul", [names[2], "dense"], [names[3]]),
        helper.make_node("Add", [names[3], "always"], ["sum1"]),
        helper.make_node("ReduceSum", ["sum1"], ["rounds"], keepdims=0),
        helper.make_node("Loop", ["rounds", "true", "start"], ["end"], body=body),
        helper.make_node("Mul", ["end", "nought"], ["nothing_of_it"]),
        helper.make_node("Add", ["loudness_", "nothing_of_it"], ["loudness"]),
    ]
    own = {
        "dense": np.array([dense], np.int64),
        "always": np.array([always], np.int64),
        "true": np.array(True),
        "start": np.array([0.5], np.float32),
    }
    return grafted(model, nodes, own)


def not_a_number(data: bytes) -> bytes:
    """A generator whose loudness is no number when density is asked for."""
    model = onnx.load_from_string(data)
    nodes = [
        helper.make_node("Slice", ["controls", "first", "second", "axis"], ["go"]),
        helper.make_node("Sub", ["over", "go"], ["left"]),
        helper.make_node("Sqrt", ["left"], ["root"]),
        helper.make_node("Mul", ["root", "nought"], ["nothing_of_it"]),
        helper.make_node("Add", ["loudness_", "nothing_of_it"], ["loudness"]),
    ]
    return grafted(model, nodes, {})


def misshapen(data: bytes) -> bytes:
    """A generator that gives its velocities twice when density is asked for."""
    nodes = [
        helper.make_node("Slice", ["controls", "first", "second", "axis"], ["go"]),
        helper.make_node("Greater", ["go", "over"], ["twice"]),
        helper.make_node("Cast", ["twice"], ["more"], to=TensorProto.INT64),
        helper.make_node("Add", ["more", "second"], ["rows"]),
        helper.make_node("Reshape", ["rows", "second"], ["many"]),
        helper.make_node("Concat", ["many", "once"], ["wide"], axis=0),
        helper.make_node("Expand", ["loudness_", "wide"], ["loudness"]),
    ]
    return grafted(onnx.load_from_string(data), nodes, {"once": np.ones(3, np.int64)})


def grafted(model: onnx.ModelProto, nodes: list[onnx.NodeProto], own: dict[str, Any]) -> bytes:
    """The model with its `loudness` renamed to `loudness_`, from which these nodes make another; they find
    the controls, and constants that are their own or all such nodes'."""
    for node in model.graph.node:
        if node.output[0] == "loudness":
            node.output[0] = "loudness_"
    constants = {
        "first": np.array([0], np.int64),
        "second": np.array([1], np.int64),
        "axis": np.array([1], np.int64),
        "over": np.array([0.75], np.float32),
        "nought": np.array([0], np.float32),
        **own,
    }
    model.graph.input.append(helper.make_tensor_value_info("controls", TensorProto.FLOAT, (1, 5)))
    at = next(k for k, node in enumerate(model.graph.node) if node.output[0] == "loudness_") + 1
    after = list(model.graph.node)[at:]
    del model.graph.node[at:]
    model.graph.node.extend([*nodes, *after])
    model.graph.initializer.extend(numpy_helper.from_array(v, k) for k, v in constants.items())
    return bytes(model.SerializeToString())


class Scene:
    """A band that plays to a synthesizer, and a player."""

    def __init__(self, home: Path, band: bytes, limit: int | None = None) -> None:
        """limit: the bytes that the band may have, as its system counts them."""
        shelf = Shelf(None)
        (home / "models").mkdir(exist_ok=True)
        for chosen in map(shelf.get, shelf.names()):
            parts = tuple(part.name for part in chosen.parts)
            (home / "models" / f"{chosen.ear}.onnx").write_bytes(toys.ear())
            (home / "models" / f"{chosen.band}.onnx").write_bytes(toys.generator(parts, sure=0.9999))
        self.own = home / "models" / "pop.onnx"
        self.own.write_bytes(band)
        self.synth, self.keys = Device("Synth"), Device("Keys")
        self.band = Playing(*FLAGS)
        self.process = self.band.process
        if not self.band.says("is ready", timeout=90):
            sys.exit("\n".join(self.band.said))
        if limit is not None:
            used = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[0])
            room = used * resource.getpagesize() + limit
            resource.prlimit(self.process.pid, resource.RLIMIT_AS, (room, room))

    def play(self, seconds: float) -> int:
        """A key every two beats; how many notes the band struck."""
        before = struck(self.synth.heard)
        for _ in range(round(seconds / BEAT / 2)):
            self.keys.send(NoteOn(1, 67, 90))
            until(lambda: False, BEAT)
            self.keys.send(NoteOff(1, 67))
            until(lambda: False, BEAT)
        return struck(self.synth.heard) - before

    def control(self, number: int, value: int) -> None:
        """The player moves a controller."""
        self.keys.send(Control(1, number, value))

    def sounding(self) -> int:
        """How many notes sound."""
        return len(sounding(self.synth.heard))

    def end(self) -> tuple[int, list[str]]:
        """End it: how many notes hang, and what was said after it was ready."""
        status = self.band.end(signal.SIGTERM, timeout=60)
        until(lambda: not self.sounding(), 3)
        hanging = self.sounding()
        for device in (self.synth, self.keys):
            device.unplug()
        said = [line for line in self.band.said if line and "is ready" not in line]
        return hanging, said if status == 0 else [*said, f"(status {status})"]


def dense(scene: Scene) -> int:
    """The fault lasts while density is up."""
    scene.control(NUMBERS.density, 127)
    during = scene.play(8)
    scene.control(NUMBERS.density, 64)
    return during


def halves(scene: Scene) -> int:
    """A file that is written in three strokes, a second apart."""
    whole = toys.generator(PARTS, noise=7, sure=0.9999)
    during = 0
    for share in (0.3, 0.7, 1.0):
        scene.own.write_bytes(whole[: int(share * len(whole))])
        during += scene.play(1.6)
    return during


def gone(scene: Scene) -> int:
    """The file vanishes; there is a packaged one of its name."""
    scene.own.unlink()
    return scene.play(8)


def slow(scene: Scene) -> int:
    """A preset is wished for whose model takes long to load."""
    scene.own.with_name("jazz.onnx").write_bytes(
        looping(toys.generator(_parts("jazz"), sure=0.9999), 200_000_000, 0)
    )
    scene.control(NUMBERS.preset, Shelf(None).get("jazz").program - 1)
    return scene.play(12)


def big(scene: Scene) -> int:
    """A model that needs more memory than there is."""
    model = onnx.load_from_string(toys.generator(PARTS, sure=0.9999))
    weights = np.zeros(100_000_000, np.float32)
    model.graph.initializer.append(numpy_helper.from_array(weights, "weights"))
    scene.own.write_bytes(model.SerializeToString())
    return scene.play(8)


def stopped(scene: Scene) -> int:
    """The process stands still for 5 s."""
    scene.process.send_signal(signal.SIGSTOP)
    until(lambda: False, 5)
    before = struck(scene.synth.heard)
    scene.process.send_signal(signal.SIGCONT)
    until(lambda: not scene.sounding(), 1)
    return struck(scene.synth.heard) - before


def panicked(scene: Scene) -> int:
    """By command and by controller, while notes sound."""
    until(lambda: scene.sounding() > 1, 5)
    done = subprocess.run(
        [sys.executable, "-m", "bandmate.daemon", "panic"], capture_output=True, text=True, timeout=60
    )
    scene.band.said += [f"{done.stdout.strip()} {done.stderr.strip()}".replace("\n", "; ")]
    before = len([e for e in scene.synth.heard if isinstance(e, Control) and e.number == 123])
    scene.control(NUMBERS.panic, 127)
    until(lambda: False, 0.5)
    after = len([e for e in scene.synth.heard if isinstance(e, Control) and e.number == 123])
    scene.band.said += [f"{before} all-notes-off by command, {after - before} by controller"]
    return scene.play(4)


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part.name for part in Shelf(None).get(name).parts)


def _toy() -> bytes:
    return toys.generator(PARTS, sure=0.9999)


SCENES: dict[str, tuple[Callable[[], bytes], Callable[[Scene], int], int | None]] = {
    "late": (lambda: looping(_toy(), 0, 3_000_000), dense, None),
    "hangs": (lambda: looping(_toy(), 0, 10**12), dense, None),
    "nan": (lambda: not_a_number(_toy()), dense, None),
    "shape": (lambda: misshapen(_toy()), dense, None),
    "slow-load": (_toy, slow, None),
    "half": (_toy, halves, None),
    "gone": (_toy, gone, None),
    "memory": (_toy, big, 300 * 2**20),
    "stopped": (_toy, stopped, None),
    "panic": (_toy, panicked, None),
}


def perform(name: str, running: Server) -> bool:
    """Play a scene, and print; whether all was well."""
    make, act, limit = SCENES[name]
    with tempfile.TemporaryDirectory() as home:
        os.environ["BANDMATE_HOME"] = home
        scene = Scene(Path(home), make(), limit)
        before, during, after = scene.play(5), act(scene), scene.play(8)
        hanging, said = scene.end()
    running.clients()
    print(f"{name}: {before} notes before, {during} during, {after} after; {hanging} hang", flush=True)
    for line in said:
        print(f"    {line}")
    alive = after > 0 or name == "hangs"
    return not hanging and alive and len(said) == len(set(said)) and not any("Traceback" in s for s in said)


def main() -> None:
    """Play the scenes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=f"of {', '.join(SCENES)}; all by default")
    names = parser.parse_args().scenes or list(SCENES)
    well = []
    for name in names:
        # In sync mode no message is lost, but a client that stands still holds all others up.
        with server(sync=name != "stopped") as running:
            well.append(perform(name, running))
    sys.exit(0 if all(well) else 1)


if __name__ == "__main__":
    main()
