"""A plain mido player, to compare with: plays FILE to the virtual port `plain out`, and traces it.

Usage: plainplayer.py FILE TRACE. Starts when a line comes on stdin. A line of TRACE is one message: due and
sent (seconds on the monotonic clock), status, data1, data2, with tabs between.
"""

from __future__ import annotations

import sys
from pathlib import Path

import mido

from bandmate.bridge.clock import now


def main() -> None:
    """Play the file as mido's documentation shows it, noting times in a list."""
    file, trace = sys.argv[1:]
    song = mido.MidiFile(file)
    backend = mido.Backend("mido.backends.rtmidi/UNIX_JACK")
    port = backend.open_output("plain out", virtual=True, client_name="plain")
    sys.stdin.readline()
    sent = []
    due = now()
    for message in song.play(meta_messages=True):
        due += message.time
        if not message.is_meta:
            port.send(message)
            sent.append((due, now(), message.bytes()))
    port.close()
    rows = ("\t".join(map(str, (due, left, *data, 0)[:5])) for due, left, data in sent)
    Path(trace).write_text("".join(f"{row}\n" for row in rows))


main()
