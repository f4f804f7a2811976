"""Fuzz one target, guided by what it covers, for as long as is wanted. Needs atheris (pip install atheris).

    python tests/fuzz/fuzz.py TARGET [--seconds 600] [--corpus FOLDER]

Targets: midi, clock, preset, config, card, model, melody (tests/fuzz/targets.py). What was found to be worth
keeping lies in the corpus, by default a folder of the system's for temporary files; a find is written to
crash-* in the folder that this runs in, and the exit status is not 0.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from hashlib import sha1
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent))

with atheris.instrument_imports(include=["bandmate", "mido", "yaml"], enable_loader_override=False):
    from targets import TARGETS


def main() -> None:
    """Fuzz until the time is over or something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--corpus", type=Path)
    asked = parser.parse_args()
    corpus = asked.corpus or Path(tempfile.gettempdir()) / f"bandmate-fuzz-{asked.target}"
    corpus.mkdir(parents=True, exist_ok=True)
    target = TARGETS[asked.target]
    for seed in target.seeds:
        (corpus / sha1(seed).hexdigest()).write_bytes(seed)
    longest = max(4096, 2 * max(map(len, target.seeds)))
    flags = [f"-max_total_time={asked.seconds}", f"-max_len={longest}", "-timeout=20", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
