"""Compositions mixed, taken apart, made sound and shared: bytes in, bytes out, or one sentence."""

from __future__ import annotations

import base64
import io
import json
import struct
import wave
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bandmate.daemon.sound import font as fonts
from bandmate.daemon.studio import bounce, mixing, share, sheets
from bandmate.daemon.studio.digest import digest
from bandmate.daemon.studio.mixing import MOST_CONDUCTED, Mix, MixError
from bandmate.daemon.studio.share import Share, ShareError, Tune, Version
from bandmate.daemon.studio.workshop import Kept, Order, WorkError, Workshop

DAEMON = Path(__file__).resolve().parent.parent / "daemon"
MELODIES, SOUNDS = DAEMON / "melodies", DAEMON / "studio" / "sounds"
TWINKLE = (MELODIES / "twinkle.mid").read_bytes()


def track(name: str, channel: int, pitch: int, program: int | None = None) -> mido.MidiTrack:
    """A note of a beat."""
    messages = [mido.MetaMessage("track_name", name=name)]
    if program is not None:
        messages.append(mido.Message("control_change", channel=channel, control=0, value=3))
        messages.append(mido.Message("program_change", channel=channel, program=program - 1))
    messages.append(mido.Message("control_change", channel=channel, control=7, value=99))
    messages.append(mido.Message("note_on", channel=channel, note=pitch, velocity=70, time=480))
    messages.append(mido.Message("note_off", channel=channel, note=pitch, time=480))
    messages.append(mido.MetaMessage("end_of_track", time=960))
    return mido.MidiTrack(messages)


def band() -> bytes:
    """A melody, a bass and drums, with a tempo and a chord."""
    file = mido.MidiFile(type=1, ticks_per_beat=480)
    chord, tempo = (
        mido.MetaMessage("marker", text="Am", time=480),
        mido.MetaMessage("set_tempo", tempo=600_000),
    )
    file.tracks.append(mido.MidiTrack([tempo, chord]))
    file.tracks += [track("melody", 0, 72), track("bass/../é", 1, 40, 33), track("drums", 9, 36)]
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


BAND = band()
PARTS = 3


def told(data: bytes) -> list[list[tuple[Any, ...]]]:
    """The channel messages of a file's tracks."""
    file = mido.MidiFile(file=io.BytesIO(data))
    return [[(m.type, m.channel, *m.bytes()[1:]) for m in t if not m.is_meta] for t in file.tracks]


def test_a_file_that_is_not_changed_stays_as_it_is() -> None:
    assert told(mixing.whole(BAND, Mix())) == told(BAND)
    assert sheets.read(mixing.whole(BAND, Mix()), "x") == sheets.read(BAND, "x")


def test_a_part_is_given_one_sound_and_no_other() -> None:
    mixed = mixing.whole(BAND, Mix.of("74,58,", ""))
    assert [part["program"] for part in sheets.read(mixed, "x")["parts"]] == [74, 58, None]
    assert told(mixed)[2][:2] == [("program_change", 1, 57), ("control_change", 1, 7, 99)]
    assert told(mixed)[3] == told(BAND)[3]


def test_parts_that_are_left_out_leave_no_track_but_the_time_stays() -> None:
    mixed = mixing.whole(BAND, Mix.of("", "0,2"))
    sheet = sheets.read(mixed, "x")
    assert [part["name"] for part in sheet["parts"]] == ["bass/../é"]
    assert (sheet["bpm"], sheet["chords"]) == (100, [[24, "Am"]])
    file = mido.MidiFile(file=io.BytesIO(mixed))
    assert len(file.tracks) == 2
    assert sum(message.time for message in file.tracks[1]) == 1920
    with pytest.raises(MixError, match="every part is muted"):
        mixing.whole(BAND, Mix.of("", "0,1,2"))


def test_a_channel_is_left_out_of_a_track_with_several() -> None:
    file = mido.MidiFile(file=io.BytesIO(BAND))
    one = mido.MidiFile(type=0, ticks_per_beat=480, tracks=[mido.merge_tracks(file.tracks)])
    out = io.BytesIO()
    one.save(file=out)
    sheet = sheets.read(mixing.whole(out.getvalue(), Mix.of("1,1,", "2")), "x")
    assert [(part["channel"], part["program"]) for part in sheet["parts"]] == [(1, 1), (2, 1)]
    assert (sheet["bpm"], sheet["chords"]) == (100, [[24, "Am"]])


def test_taken_apart_each_part_has_the_time_and_a_harmless_name() -> None:
    with zipfile.ZipFile(io.BytesIO(mixing.apart(BAND, Mix.of(",58,", "2")))) as packed:
        assert packed.namelist() == ["1 melody.mid", "2 bass é.mid"]
        found = [sheets.read(packed.read(name), "x") for name in packed.namelist()]
    assert [[part["program"] for part in sheet["parts"]] for sheet in found] == [[None], [58]]
    assert {(sheet["bpm"], sheet["chords"][0][1]) for sheet in found} == {(100, "Am")}
    assert mixing.apart(BAND, Mix()) == mixing.apart(BAND, Mix())


def test_more_tempos_than_a_zip_file_could_carry_for_each_part_are_a_sentence() -> None:
    file = mido.MidiFile(file=io.BytesIO(BAND))
    file.tracks[0][:0] = [mido.MetaMessage("set_tempo", tempo=600_000)] * MOST_CONDUCTED
    out = io.BytesIO()
    file.save(file=out)
    with pytest.raises(MixError, match="download it as one MIDI file"):
        mixing.apart(out.getvalue(), Mix())
    assert told(mixing.whole(out.getvalue(), Mix())) == told(BAND)


@pytest.mark.parametrize("words", ["x", "0", "129", "1;2", "٣", "1,1", "-1", "1e3", "," * 80])
def test_sounds_that_are_none_are_a_sentence(words: str) -> None:
    with pytest.raises(MixError):
        mixing.whole(BAND, Mix.of(words, ""))


# --- share files -----------------------------------------------------------------------------------------

WHO = "0123456789abcdef"


def shared(**change: Any) -> Share:
    made = {"preset": "pop", "digest": WHO, "seed": 5, "mode": "live", "programs": (None, 58, None)}
    version = Version(**{"name": "air", **made, "muted": (2,), "midi": BAND, "sheet": {}} | change)
    return Share(Tune("air", TWINKLE, {}), (version,))


def test_what_is_shared_opens_as_it_was() -> None:
    found = share.read(share.write(shared()))
    assert found.melody is not None
    assert (found.melody.name, found.melody.midi) == ("air", TWINKLE)
    (version,) = found.versions
    assert version._replace(sheet={}) == shared().versions[0]
    assert [part["name"] for part in version.sheet["parts"]] == ["melody", "bass/../é", "drums"]
    assert share.write(found) == share.write(shared())
    assert share.read(share.write(Share(None, ()))) == Share(None, ())


def test_presets_that_are_missing_or_others_are_said_and_the_versions_open() -> None:
    known = {"pop": WHO, "jazz": "f" * 16}

    def here(names: Iterable[str]) -> dict[str, str | None]:
        return {name: known.get(name) for name in names}

    assert share.remarks(share.read(share.write(shared())), here) == []
    (other,) = share.remarks(share.read(share.write(shared(preset="jazz"))), here)
    (missing,) = share.remarks(share.read(share.write(shared(preset="../x"))), here)
    assert "another one here" in other
    assert "there is no preset '../x' here: its versions open" in missing


def written() -> dict[str, Any]:
    return dict(json.loads(share.write(shared())))


def changed(**fields: Any) -> dict[str, Any]:
    """A file with other fields in its version; None: without it."""
    given = written()
    version = given["versions"][0] | fields
    return given | {"versions": [{k: v for k, v in version.items() if v != "gone"}]}


DEEP = "[" * 100_000
ATTACKS: dict[str, Any] = {
    "nothing": b"",
    "noise": bytes(range(256)),
    "a MIDI file": TWINKLE,
    "deep": DEEP,
    "a number without end": '{"bandmate": ' + "9" * 10_000 + "}",
    "no number": '{"bandmate": NaN, "melody": null, "versions": []}',
    "a name twice": '{"bandmate": 1, "bandmate": 1, "melody": null, "versions": []}',
    "another's JSON": {"melody": None, "versions": []},
    "newer": {**written(), "bandmate": 2},
    "older than the first": {**written(), "bandmate": 0},
    "true": {**written(), "bandmate": True},
    "more than that": {**written(), "path": "/etc/passwd"},
    "no versions": {**written(), "versions": None},
    "many versions": {**written(), "versions": [{}] * (share.MOST + 1)},
    "a melody of text": {**written(), "melody": "twinkle"},
    "a version of text": {**written(), "versions": ["x"]},
    "a field more": changed(path="../../x"),
    "a field less": changed(seed="gone"),
    "a name that moves the cursor": changed(name="a\x1b[2J"),
    "a long name": changed(name="x" * 101),
    "no name": changed(name=""),
    "a seed of text": changed(seed="5"),
    "a seed that is true": changed(seed=True),
    "a large seed": changed(seed=2**31),
    "a fraction": changed(seed=1.5),
    "a mode": changed(mode="--out"),
    "a mode of list": changed(mode=["live"]),
    "a digest": changed(digest="x" * 16),
    "a digest with more": changed(digest=WHO + "\n"),
    "few programs": changed(programs=[None]),
    "a program": changed(programs=[None, 0, None]),
    "programs of text": changed(programs="123"),
    "a mute": changed(muted=[3]),
    "a mute below": changed(muted=[-1]),
    "many mutes": changed(muted=[0] * 4),
    "music of a number": changed(midi=5),
    "music that is no base64": changed(midi="ä" * 8),
    "music with blanks": changed(midi=base64.b64encode(BAND).decode()[:-4] + "    "),
    "music that is noise": changed(midi=base64.b64encode(b"junk" * 9).decode()),
    "music cut off": changed(midi=base64.b64encode(BAND[:60]).decode()),
    "long music": changed(midi=base64.b64encode(b"x" * (share.LARGEST_MIDI + 9)).decode()),
    "a large file": b"{" + b" " * share.LARGEST,
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_one_sentence(attack: str) -> None:
    given = ATTACKS[attack]
    data = (
        given
        if isinstance(given, bytes)
        else (given if isinstance(given, str) else json.dumps(given)).encode()
    )
    with pytest.raises(ShareError) as refused:
        share.read(data)
    sentence = str(refused.value)
    assert 20 < len(sentence) < 200
    assert sentence.isprintable()


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_no_damaged_file_is_more_than_a_sentence(data: st.DataObject) -> None:
    broken = bytearray(share.write(shared()))
    for _ in range(data.draw(st.integers(1, 8))):
        if not broken:
            break
        at = data.draw(st.integers(0, len(broken) - 1))
        if data.draw(st.booleans()):
            broken[at] = data.draw(st.integers(0, 255))
        else:
            del broken[at : at + data.draw(st.integers(1, 400))]
    with suppress(ShareError):
        found = share.read(bytes(broken))
        assert share.read(share.write(found)) == found


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["bandmate", "melody", "versions", "midi", "name"]), inner)
        ),
    )
)
@settings(deadline=None)
def test_any_other_json_is_a_sentence(value: Any) -> None:
    with suppress(ShareError):
        found = share.read(json.dumps(value).encode())
        assert found == Share(None, ())


def test_a_preset_has_a_digest_that_its_settings_and_its_models_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANDMATE_HOME", str(tmp_path))
    first, jazz = digest("pop"), digest("jazz")
    assert first is not None
    assert jazz is not None
    assert first != jazz
    assert digest("../pop") is None
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "pop.onnx").write_bytes(b"taught otherwise")
    assert digest("pop") not in (None, first)
    assert digest("jazz") == jazz


def test_a_workshop_shares_only_what_a_band_has_made(tmp_path: Path) -> None:
    shop = Workshop(tmp_path, MELODIES, {"pop": WHO}.get)
    melody, _ = shop.bring(TWINKLE, "air")
    with pytest.raises(WorkError, match="melody alone"):
        shop.share(None, [(melody, [], [])])
    with pytest.raises(WorkError, match="not kept"):
        shop.share("../x", [])
    number, numbers = shop.open(share.read(share.write(shared())))
    assert number is not None
    again = shop.share(number, [(numbers[0], [None, 58, None], [2])])
    assert again == share.write(shared())
    for bad in (["x"], [None], [None, 999, None]):
        with pytest.raises(ShareError):
            shop.share(None, [(numbers[0], bad, [])])
    assert Kept(tmp_path, "x").order is None
    assert Order("", "pop", 1, "live").seed == 1


# --- over HTTP -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def house(open_house: Any) -> Any:
    """A running studio."""
    return open_house()


def test_what_one_house_shares_another_opens(house: Any) -> None:
    status, found = house.api("/api/shares", body=share.write(shared()))
    assert status == 200
    (version,) = found["versions"]
    assert (version["programs"], version["muted"], version["seed"]) == ([None, 58, None], [2], 5)
    assert "another one here" in found["said"][0]
    wish = {
        "melody": found["melody"]["id"],
        "versions": [{k: version[k] for k in ("id", "programs", "muted")}],
    }
    status, file = house.api("/api/shares/new", body=wish)
    assert (status, file) == (200, share.write(shared()))
    status, packed = house.api(f"/api/compositions/{version['id']}/parts?programs=,58,&without=2")
    assert status == 200
    assert zipfile.ZipFile(io.BytesIO(packed)).namelist() == ["1 melody.mid", "2 bass é.mid"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/shares", b"{}"),
        ("/api/shares", b"x" * (share.LARGEST + 1)),
        ("/api/shares/new", {}),
        ("/api/shares/new", {"melody": None, "versions": []}),
        ("/api/shares/new", {"melody": "../x", "versions": []}),
        ("/api/shares/new", {"melody": 5, "versions": []}),
        ("/api/shares/new", {"melody": None, "versions": [{"id": "x", "programs": [], "muted": []}]}),
        ("/api/shares/new", {"melody": None, "versions": [{"id": ["x"], "programs": [], "muted": []}]}),
        ("/api/compositions/..%2fx/parts", None),
        ("/api/compositions/x/sound", None),
        ("/api/compositions/x/file?programs=" + "1," * 100, None),
    ],
)
def test_what_cannot_be_handed_over_is_a_sentence(house: Any, path: str, body: Any) -> None:
    status, told = house.api(path, body=body)
    assert status in (404, 422)
    assert status == 404 or (told["sentence"] and "Traceback" not in told["sentence"])


@pytest.mark.usefixtures("fluidsynth")
def test_sound_is_made_with_the_soundfont_that_comes_along_where_there_is_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    monkeypatch.setattr(fonts, "_PLACES", ())
    monkeypatch.setattr(bounce, "instrument", lambda named=None: _found(named))
    midi, wav = tmp_path / "x.mid", tmp_path / "x.wav"
    midi.write_bytes(BAND)
    asyncio.run(bounce.bounce(midi, wav, sheets.seconds(BAND), SOUNDS / "band.sf3"))
    with wave.open(str(wav)) as file:
        assert (file.getframerate(), file.getnchannels()) == (44100, 2)
        assert max(memoryview(file.readframes(file.getnframes())).cast("h")) > 300
    with pytest.raises(bounce.BounceError, match="lasts 100 minutes"):
        asyncio.run(bounce.bounce(midi, wav, 6000, SOUNDS / "band.sf3"))


def _found(named: str | None) -> fonts.Instrument:
    if named is None:
        raise fonts.SoundError("no SoundFont was found")
    return fonts.instrument(named)


def test_where_no_synthesiser_is_a_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(bounce.NoSynth, match="FluidSynth is not installed; "):
        bounce.synth(SOUNDS / "band.sf3")


STRAYS = ("f8", "f6", "fe", "f17f", "f20102", "f305")
"""A clock's pulse and the like."""


def strewn() -> bytes:
    """A note between messages that a file should not have, a tick before each."""
    strays = b"".join(b"\x01" + bytes.fromhex(each) for each in STRAYS)
    events = b"\x00\x90\x3c\x40" + strays + b"\x01\x80\x3c\x40\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 24) + b"MTrk" + struct.pack(">I", len(events)) + events


STREWN = strewn()


def test_what_has_no_place_in_a_file_is_left_out_and_the_time_stays() -> None:
    (part,) = sheets.read(STREWN, "x")["parts"]
    assert part["notes"] == [[0, len(STRAYS) + 1, 60, 64]]
    mixed = mixing.whole(STREWN, Mix())
    assert sheets.read(mixed, "x")["parts"] == [part]
    assert told(mixed) == [[("note_on", 0, 60, 64), ("note_off", 0, 60, 64)]]
    with zipfile.ZipFile(io.BytesIO(mixing.apart(STREWN, Mix()))) as packed:
        assert sheets.read(packed.read("1 part.mid"), "x")["parts"] == [part]


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_can_be_shown_can_be_mixed(data: st.DataObject) -> None:
    broken = bytearray(data.draw(st.sampled_from([BAND, TWINKLE, STREWN])))
    for _ in range(data.draw(st.integers(0, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        sheet = sheets.read(bytes(broken), "it")
    except sheets.SheetError:
        return
    mix = Mix((74,) * len(sheet["parts"]), frozenset({data.draw(st.integers(0, 3))}))
    with suppress(MixError):
        assert sheets.seconds(mixing.whole(bytes(broken), mix)) >= 0
        assert mixing.apart(bytes(broken), mix)
