"""Families of instruments: what belongs together, how it is named in several languages, what it is for.

A family's kind is what it usually does in a band: `drums`, `bass`, `chords` or `colour`. A part is named
after a kind (`chords`) or a family (`violas`), so any band can be asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

KINDS = ("drums", "bass", "chords", "colour")


@dataclass(frozen=True)
class Family:
    """name; kind; programs: of General MIDI; words: in lower case, those of four letters or more may stand
    inside a longer word; centre: its usual mean pitch; sings: how often it leads, in units of evidence."""

    name: str
    kind: str
    programs: range | tuple[int, ...] = ()
    words: str = ""
    centre: int = 62
    sings: float = 0.0


FAMILIES = (
    Family(
        "drums", "drums", (), "drum drums kit perc percussion bateria batterie schlagzeug trommel tambores"
    ),
    Family(
        "bass", "bass", range(32, 40), "bass base baixo bajo basse basso basu bas bs sub kontrabass", 38, -4
    ),
    Family("cello", "bass", (42,), "cello cellos celli violoncello violoncelo vc vlc", 48, -0.5),
    Family("contrabass", "bass", (43,), "contrabass contrabasso contrabaixo contrebasse cb", 38, -3),
    Family("tuba", "bass", (58,), "tuba tubas sousaphone", 38, -3),
    Family("bassoon", "bass", (70,), "bassoon bassoons fagott fagotti fagote basson", 46, -0.5),
    Family(
        "piano", "chords", range(8), "piano pno klavier epiano rhodes wurlitzer clav keys keyboard teclado"
    ),
    Family("mallets", "chords", (11, 12, 15, 108), "vibes vibraphone marimba dulcimer kalimba"),
    Family(
        "bells", "colour", (8, 9, 10, 13, 14, 112), "bell bells celesta glockenspiel xylophone sino", 78, -0.3
    ),
    Family("organ", "colour", range(16, 21), "organ orgel orgue orgao hammond", 62, -0.3),
    Family("accordion", "chords", (21, 23), "accordion akkordeon bandoneon acordeon", 64, 0.3),
    Family("harmonica", "colour", (22,), "harmonica mundharmonika gaita", 70, 1),
    Family("guitar", "chords", range(24, 32), "guitar gitarre guitarra guitare chitarra violao gtr gt git"),
    Family("plucked", "chords", range(104, 108), "sitar banjo shamisen koto ukulele mandolin lute"),
    Family("harp", "chords", (46,), "harp harfe harpe arpa", 66, -0.5),
    Family("violin", "colour", (40, 110), "violin violins violine violino fiddle geige vln vn", 72, 0.8),
    Family("viola", "colour", (41,), "viola violas bratsche vla", 60),
    Family(
        "strings",
        "colour",
        (44, 45, *range(48, 52)),
        "strings string str streicher cordas cuerdas archi",
        64,
        -0.3,
    ),
    Family("choir", "colour", (52, 53, 54, 91), "choir chor choeur coro ooh oohs aah aahs", 62, -0.3),
    Family("soprano", "colour", (), "soprano sopran sopranos", 72, 1),
    Family("alto", "colour", (), "alto altos alt", 65),
    Family("tenor", "colour", (), "tenor tenors tenore", 58),
    Family("hit", "colour", (47, 55, *range(113, 128)), "hit hits noise fx sfx timpani pauken tim", 62, -4),
    Family("trumpet", "colour", (56, 59), "trumpet trumpets trompete trompeta cornet tpt", 68, 0.7),
    Family("trombone", "colour", (57,), "trombone trombones posaune tbn", 52, 0.2),
    Family("horn", "colour", (60,), "horn horns corni corno cor hn", 58),
    Family("brass", "colour", (61, 62, 63), "brass metal metais blech", 62),
    Family("sax", "colour", range(64, 68), "sax saxes saxes saxophone saxofon", 62, 1),
    Family("oboe", "colour", (68, 69, 111), "oboe oboes", 72, 0.8),
    Family("clarinet", "colour", (71,), "clarinet clarinets klarinette clarinete", 66, 0.8),
    Family(
        "flute", "colour", range(72, 80), "flute flutes flote flauta flauto piccolo whistle recorder", 76, 1
    ),
    Family("lead", "colour", range(80, 88), "", 68, 0.8),
    Family("pad", "colour", (*range(88, 91), *range(92, 96)), "pad pads fundo atmosphere warm", 62, -1.2),
    Family("synth", "colour", range(96, 104), "synth sint sintetizador syn arp", 68, -0.6),
    Family("bagpipe", "colour", (109,), "bagpipe bagpipes", 66, 0.6),
    Family("comping", "chords", (), "chord chords akkord acorde acordes rhythm rythm comp comping"),
    Family(
        "counter", "colour", (), "counter echo harmony backing backup colour color winds woodwinds", 64, -4
    ),
)
BY_PROGRAM = {program: family for family in FAMILIES for program in family.programs}
BY_NAME = {family.name: family for family in FAMILIES}
_WORDS = sorted(((w, f) for f in FAMILIES for w in f.words.split()), key=lambda pair: -len(pair[0]))
_VAGUE = ("synth", "pad", "counter", "comping")
_SURE = ("drums", "clarinet", "trombone", "sax", "flute", "trumpet")
_TOKEN = re.compile(r"[A-Z]?[a-zà-ÿ]+|[A-ZÀ-Þ]+|\d+")


def tokens(name: str) -> tuple[str, ...]:
    """The words and numbers in a name, in lower case: `LeadGtr 2` is lead, gtr, 2."""
    return tuple(token.lower() for token in _TOKEN.findall(name))


@lru_cache(maxsize=4096)
def named(name: str) -> Family | None:
    """The family that a name speaks of; None where it speaks of none.

    Each word counts for the longest one known in it. A bass guitar and a synth bass are basses, a bass
    clarinet is none.
    """
    found = [family for token in {*tokens(name), *name.lower().split()} if (family := _meant(token))]
    return max(found, key=lambda f: (_weight(f), f.name)) if found else None


def _meant(token: str) -> Family | None:
    for word, family in _WORDS:
        inside = (len(word) > 4 and word in token) or (len(word) == 4 and token.endswith(word))
        if token == word or inside:
            return family
    return None


def _weight(family: Family) -> int:
    if family.name in _SURE:
        return 3
    return 0 if family.name in _VAGUE else 2 if family.name == "bass" else 1
