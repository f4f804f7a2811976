"""A DAWproject, the exchange format that Bitwig Studio, Studio One and Cubase open: a ZIP file of XML.

Its structure is the published one, version 1.0 (https://github.com/bitwig/dawproject).
"""

from __future__ import annotations

import io
import zipfile
from importlib.metadata import version
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from bandmate.presets.preset import Preset

_WHEN = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP file knows: the same preset gives the same bytes


def archive(preset: Preset, bpm: float) -> bytes:
    """The file: a track for you and one for each part, and the tempo. The format has no word for inputs,
    channels, arming or clock; each track's comment says its channel."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, root in (("project.xml", _project(preset, bpm)), ("metadata.xml", _metadata(preset))):
            ElementTree.indent(root)
            text = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
            file.writestr(zipfile.ZipInfo(name, _WHEN), text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _project(preset: Preset, bpm: float) -> Element:
    root = Element("Project", version="1.0")
    SubElement(root, "Application", name="bandmate", version=version("bandmate"))
    transport = SubElement(root, "Transport")
    SubElement(
        transport, "Tempo", id="tempo", name="Tempo", unit="bpm", value=f"{bpm:g}", min="20", max="666"
    )
    SubElement(transport, "TimeSignature", id="metre", numerator="4", denominator="4")
    structure = SubElement(root, "Structure")
    _track(
        structure, "melody", "melody", "your own instrument; send what you play to 'bandmate in', channel 1"
    )
    for number, part in enumerate(preset.parts, 1):
        _track(structure, f"part{number}", part.name, f"MIDI from 'bandmate out', channel {part.channel}")
    _track(structure, "master", "Master", "", content="audio notes", role="master")
    arrangement = SubElement(root, "Arrangement", id="arrangement")
    SubElement(arrangement, "Lanes", id="lanes", timeUnit="beats")
    return root


def _track(
    structure: Element, name: str, shown: str, comment: str, content: str = "notes", role: str = "regular"
) -> None:
    track = SubElement(structure, "Track", id=name, name=shown, contentType=content, loaded="true")
    if comment:
        track.set("comment", comment)
    channel = SubElement(track, "Channel", id=f"{name}-channel", audioChannels="2", role=role)
    if role != "master":
        channel.set("destination", "master-channel")
    SubElement(
        channel, "Volume", id=f"{name}-volume", name="Volume", unit="linear", value="1", min="0", max="2"
    )


def _metadata(preset: Preset) -> Element:
    root = Element("MetaData")
    SubElement(root, "Title").text = f"bandmate {preset.name}"
    return root
