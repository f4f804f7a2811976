"""`bandmate learn`: the shell around a lesson, which joins the port and the keyboard of the computer."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeAlias

import click

from bandmate.daemon.sentences import sentences

if TYPE_CHECKING:
    from bandmate.bridge.events import Event
    from bandmate.daemon.config import Config
    from bandmate.daemon.learn.lesson import Lesson

PAUSE = 0.4
"""Seconds of silence after which a controller that was given has come to rest."""
END = "end"

Heard: TypeAlias = "SimpleQueue[Event | str | None]"


@click.command()
@click.option("--in", "in_port", default=None, help="Listen to this port.  [default: as config.yaml says]")
@sentences
def learn(in_port: str | None) -> None:
    """Give the controls your own faders, knobs and pads.

    Asks for one after the other and takes the controller that you move. What you gave is written into
    config.yaml, which keeps all else that is in it.
    """
    from bandmate.bridge.names import PortError
    from bandmate.bridge.ports import Midi
    from bandmate.daemon.config import FILE, load
    from bandmate.daemon.learn.lesson import Lesson
    from bandmate.daemon.ports.patchbay import ANY, hearable
    from bandmate.presets.home import folder

    path = folder(FILE)
    config = load(path)
    lesson = Lesson(config.controls)
    heard: Heard = SimpleQueue()
    midi = Midi()
    try:
        name = in_port or config.in_port
        wanted = hearable(midi.names().inputs, midi.own) if name == ANY else [name]
        doors = [
            midi.open_input(each, lambda event, _: heard.put(event), "bandmate learn") for each in wanted
        ]
        ears = ", ".join(f"'{door.name}'" for door in doors)
        if not doors:
            raise PortError("there is no keyboard to learn from; plug one in and begin again")
        click.echo(f"listening on {ears}; Enter leaves a control as it is, '{END}' and Enter ends")
        threading.Thread(target=_type, args=(heard,), name="bandmate typed", daemon=True).start()
        peers = {door.peer for door in doors if door.peer is not None}
        finished = teach(lesson, heard, click.echo, lambda: not peers <= set(midi.names().inputs))
        for door in doors:
            door.close()
    finally:
        midi.close()
    if not finished:
        raise PortError(f"the port {ears} is gone and nothing was written; connect it and begin again")
    _keep(path, config, lesson)


def teach(lesson: Lesson, heard: Heard, say: Callable[[str], None], lost: Callable[[], bool]) -> bool:
    """Go through the lesson to its end; False if the port was lost before it.

    heard: events, lines that were typed, and None where no more lines come.
    """
    asked = ""
    while not lesson.done:
        if lesson.prompt != asked:
            asked = lesson.prompt
            say(asked)
        try:
            item = heard.get(timeout=PAUSE)
        except Empty:
            lesson.rest()
            if lost():
                return False
            continue
        if item is None or (isinstance(item, str) and item.strip().casefold() == END):
            break
        if isinstance(item, str):
            lesson.skip()
            continue
        for sentence in lesson.hear(item):
            say(f"      {sentence}")
    return True


def _type(heard: Heard) -> None:
    """Hear the lines that are typed, and their end. Runs in a thread that is left behind, since nothing wakes
    one that waits for a line."""
    for line in _lines():
        heard.put(line)
    heard.put(None)


def _lines() -> Iterator[str]:
    """The lines of the standard input, without its buffer: Python can't end while a thread waits in that."""
    try:
        raw = io.FileIO(sys.stdin.fileno(), closefd=False)
    except (OSError, ValueError, AttributeError):  # no file: nothing, or what stands in for it
        yield from sys.stdin or ()
        return
    while line := raw.readline():
        yield line.decode(errors="replace")


def _keep(path: Path, config: Config, lesson: Lesson) -> None:
    """Write what changed into the file, which then says that and all that it said before."""
    from dataclasses import replace

    from bandmate.daemon.config import read
    from bandmate.daemon.errors import WriteError, writing
    from bandmate.presets.amend import amend

    changes, ways = lesson.changes(config.controls), lesson.ways(config.channels)
    if not changes and not ways:
        click.echo("nothing was changed")
        return
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    amended = amend(amend(text, "controls", changes), "channels", ways)
    known = {**config.channels, **lesson.channels}
    channels = {control: channel for control, channel in known.items() if channel != 1}
    if read(amended, path.name) != replace(config, controls=lesson.numbers, channels=channels):
        raise WriteError(f"{path} can't be changed without harm; write it yourself: {changes} {ways}")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        beside.write_text(amended, encoding="utf-8")
        os.replace(beside, path)
    click.echo(f"{lesson.learned} controls learned and written into {path}")
    click.echo("they count in every preset, from the next start of 'bandmate play' on: try them there")
