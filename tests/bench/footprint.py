"""What the bands ask of a machine: multiply-adds, time, memory, and what that makes on a Raspberry Pi 4.

    python tests/bench/footprint.py [--melody londonderry-air] [--json FILE]

Multiply-adds are counted from the graphs (convolutions, matrix products). A melody is played to each preset
through the engine in virtual time, on one thread: how often each network runs in a decision, how long they
take, and what the rest of a decision does. The Pi's time is an estimate: networks at RATES, which is what one
Cortex-A72 was measured at by others, all else SLOWER times as long as here. Memory is the peak of a process
that has the band loaded and has played. Nothing is judged; the exit status is 0.

RATES: MobileNet v1 (0.57 billion multiply-adds) on one Cortex-A72 of 1.8 GHz (RK3399) is published at 122 ms
with tuned kernels, 151 ms with ncnn, 251 ms as matrix products of OpenBLAS, so 4.7, 3.8 and 2.3 billion a
second, of which a Pi 4 of 1.5 GHz has five sixths. ONNX Runtime is likelier near the middle than the ends.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# The matrix products' library reads this when it is loaded, with numpy.
os.environ.update(
    OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", VECLIB_MAXIMUM_THREADS="1"
)

import onnx

from bandmate.daemon.answering import loading
from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.offstage import sample
from bandmate.daemon.offstage.render import metre_of, render
from bandmate.models import generator
from bandmate.models.catalogue import Catalogue
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf

CLOCK = 1.5 / 1.8
RATES = {"pi4 fast": 4.7e9 * CLOCK, "pi4": 3.8e9 * CLOCK, "pi4 slow": 2.3e9 * CLOCK}
SLOWER = 6.0
"""How much longer Python takes on a Cortex-A72 of 1.5 GHz than here: an assumption, on the careful side."""
MODELS = Path(generator.__file__).parent


def multiply_adds(path: Path) -> int:
    """How many a run of an ONNX file takes, with its dimensions as they are in the file."""
    graph = onnx.shape_inference.infer_shapes(onnx.load(path), data_prop=True).graph
    shapes = {
        value.name: [size.dim_value for size in value.type.tensor_type.shape.dim]
        for value in [*graph.value_info, *graph.input, *graph.output]
    }
    shapes |= {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    return sum(_of_node(node, shapes) for node in graph.node)


def _of_node(node: Any, shapes: dict[str, list[int]]) -> int:
    if node.op_type == "Conv":
        each = math.prod(shapes[node.input[1]][1:])
    elif node.op_type in ("MatMul", "Gemm"):
        turned = any(attribute.name == "transA" and attribute.i for attribute in node.attribute)
        each = shapes[node.input[0]][-2 if turned else -1]
    elif node.op_type in ("ConvTranspose", "LSTM", "GRU", "RNN", "Einsum"):
        sys.exit(f"multiply-adds of {node.op_type} are not counted yet: teach tests/bench/footprint.py how")
    else:
        return 0
    size = math.prod(shapes[node.output[0]])
    if not size * each:
        sys.exit(f"the size of '{node.output[0]}' is open: export the model with fixed sizes")
    return size * each


class Watched:
    """The calls of a method, and the seconds of this thread's work that each took: other programs' do not
    count."""

    def __init__(self, kind: type[Any], method: str) -> None:
        self.seconds: list[float] = []
        self._kind, self._method = kind, method
        self._call: Callable[..., Any] = getattr(kind, method)

    def __enter__(self) -> Watched:
        def timed(*given: Any) -> Any:
            begin = time.thread_time()
            try:
                return self._call(*given)
            finally:
                self.seconds.append(time.thread_time() - begin)

        setattr(self._kind, self._method, timed)
        return self

    def __exit__(self, *_: object) -> None:
        setattr(self._kind, self._method, self._call)


def measure(name: str, melody: str) -> dict[str, float]:
    """The figures of a preset: multiply-adds in millions, times in ms a decision."""
    preset = Shelf(folder("presets")).get(name)
    accompanist = loading.accompanist(Catalogue(folder("models")), preset)
    song = sample.open(melody)
    with (
        Watched(generator.Generator, "run") as band,
        Watched(generator.Ear, "run") as ear,
        Watched(Accompanist, "answer") as answers,
    ):
        render(song, preset, accompanist, Settings(seed=1, metre=metre_of(song)))
    decisions = len(answers.seconds)
    runs = len(ear.seconds) / decisions
    adds = multiply_adds(MODELS / f"{preset.band}.onnx") * len(band.seconds) / decisions
    adds += multiply_adds(MODELS / f"{preset.ear}.onnx") * runs
    networks = statistics.median(band.seconds) + runs * statistics.median(ear.seconds)
    rest = statistics.median(answers.seconds) - networks
    estimates = {where: 1000 * (adds / rate + SLOWER * rest) for where, rate in RATES.items()}
    return {
        "band M": multiply_adds(MODELS / f"{preset.band}.onnx") / 1e6,
        "ear M": multiply_adds(MODELS / f"{preset.ear}.onnx") / 1e6,
        "ear runs": runs,
        "all M": adds / 1e6,
        "networks": 1000 * networks,
        "rest": 1000 * rest,
        "G/s here": adds / networks / 1e9,
        **estimates,
        "peak MB": memory(name, melody),
    }


def memory(name: str, melody: str) -> float:
    """The peak of a process that loads a preset's band and plays, in MB."""
    script = (
        "import resource, tempfile, sys; from bandmate.daemon.cli import main\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        f"    try: main(['demo', '--preset', {name!r}, '--melody', {melody!r}, '--out', folder])\n"
        "    except SystemExit: pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    # Without FluidSynth on the path: its sound is not the band's.
    environment = os.environ | {"PATH": str(Path(sys.executable).parent)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return int(done.stdout.split()[-1]) / 1024


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--melody", choices=sample.names(), default="londonderry-air")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    figures = {name: measure(name, options.melody) for name in Shelf(folder("presets")).names()}
    columns = list(next(iter(figures.values())))
    print("".join([f"{'':12}", *(f"{column:>10}" for column in columns)]))
    for name, row in figures.items():
        print(f"{name:12}" + "".join(f"{value:10.2f}" for value in row.values()))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
