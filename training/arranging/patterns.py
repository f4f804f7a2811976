"""What each style plays in a bar: rows of sixteen cells, one a 16th, spaces for the eye, `/` between bars.

Of every part's rows the calmest comes first. A swung style is written on the straight grid.
`-` holds what was struck before it and `.` rests. In a bass row a letter strikes: `R` the chord's root,
`3` and `5` its third and fifth, `8` the root an octave off, `a` a step below or above the root of the chord
that begins on the next beat (where none begins, another tone of the chord). In a row of chords `x` strikes
the whole voicing, `X` louder, `o` softer, `u` all but its lowest note, and 1 to 4 one voice, counted from the
lowest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ONE = "R--- ---- ---- ----"
WHOLE = "x--- ---- ---- ----"


@dataclass(frozen=True)
class Style:
    """bass, chords: rows, the calmest first; stays: bass rows for a bar in which the chord of the bar before
    goes on (empty: the same as the others); turn_bass, turn_chords: the last bar of a phrase.

    voices: of the voicing; ring: whether single voices sound on until the chord changes, as with a pedal;
    walking: whether the bass steps to every new root, whatever its row says; colour: what the colour part may
    do in a phrase, `pad`, `guides` (third and seventh), `line` or `rest`, drawn by lot.
    """

    bass: tuple[str, ...]
    chords: tuple[str, ...]
    turn_bass: tuple[str, ...]
    turn_chords: tuple[str, ...]
    stays: tuple[str, ...] = ()
    voices: int = 3
    ring: bool = False
    walking: bool = False
    colour: tuple[str, ...] = ("pad", "line", "rest")


STYLES = {
    "pop": Style(
        bass=("R--- ---- R--- ----", "R--- --5- R--- --a-", "R--- --R- ..R- 5-a-"),
        chords=(
            "x--- ---- x--- --..",
            "x--- u--- 1--- u-..",
            "1-u- 2-u- 1-u- 2-u-",
            "X--- --x- ..x- u---",
            "1-2- 3-u- 1-3- 2-u-",
            "X--. .x-u ..x- 1-u.",
        ),
        turn_bass=("R--- --5- R-3- 5-a-", "R--- R--- R-8- 5-a-"),
        turn_chords=("X--- ---- x--- u---", "X--- --x- ---- x---"),
    ),
    "rock": Style(
        bass=("R--- R--- R--- R-a-", "R-R- R-R- R-R- R-a-", "R--R --R- R-R- 5-a-"),
        chords=("X--- ---- x--- ----", "X--- x-.. X--- x-..", "X--x --x- ..x- x-..", "X-o- x-o- X-o- x-o-"),
        turn_bass=("R-R- R-R- 8-5- 3-a-", "R--- R--- R-3- 5-a-"),
        turn_chords=("X--- X--- X--- X---", "X--- --X- ---- ...."),
        colour=("pad", "rest", "line"),
    ),
    "jazz": Style(
        bass=("R--- 3--- 5--- a---", "R--- 5--- 3--- a---", "R--- 5--- 8--- a---", "R--- 3--- 5-5- a---"),
        stays=("5--- 3--- R--- a---", "3--- 5--- 8--- a---", "8--- 5--- 3--- a---"),
        chords=(
            "x--- ---- x--- ----",
            "x--- --x- ---- ----",
            "x--- --x- ..x- ----",
            "..x- ---- x--- --x. / ..x- ---- ..x- x-..",
            "x-.. --x- ..x. x--- / ..x- --x. x--- --x-",
        ),
        turn_bass=("R--- 3--- 5--- a---", "R--- 5--- 3-5- a-a-"),
        turn_chords=("x--- --x- ---- x-..", "..x- x--- x--- --X-"),
        voices=4,
        walking=True,
        colour=("guides", "line", "guides", "rest"),
    ),
    "bossa": Style(
        bass=("R--- --5- 5--- --R-", "R--- --R- 5--- --5-", "R--- --5- R--- --a-"),
        chords=(
            "x--. ..x- ---. x-.. / .... x--. ..x- ....",
            "x-.. x-.. ..x- ..x. / ..x- ..x. x-.. ....",
            "x-.x ..x. x-.. x-x. / x-.. x-.x ..x- ..x.",
        ),
        turn_bass=("R--- --5- 3--- 5-a-",),
        turn_chords=("x-.. x-.. ..x- ----", "x--- ---- ..x- ..x-"),
        voices=4,
        colour=("line", "rest", "pad"),
    ),
    "ballad": Style(
        bass=(ONE, "R--- ---- ---- 5---", "R--- ---- 5--- --a-"),
        chords=(
            "1--- 2--- 3--- 2---",
            "1-2- 3--- 4-3- 2---",
            "1-2- 3-2- 4-2- 3-2-",
            "1-2- 3-4- 3-2- 3-2-",
        ),
        turn_bass=("R--- ---- 5--- 3-a-", "R--- ---- ---- ----"),
        turn_chords=("1-2- 3-4- ---- ----", WHOLE),
        voices=4,
        ring=True,
        colour=("rest", "pad", "line"),
    ),
    "country": Style(
        bass=("R--- .... 5--- ....", "R--- .... 5--- --a-"),
        chords=(".... x-.. .... x-..", ".... x-.. .... x-u-", "1... x-u- 1... x-u-"),
        turn_bass=("R--- R--- 3--- 5-a-",),
        turn_chords=("x--- x-u- x-u- x-u-", "X--- ---- .... x-u-"),
        colour=("rest", "line"),
    ),
    "blues": Style(
        bass=("R--- 3--- 5--- a---", "R-R- 3-3- 5-5- 3-a-", "R--- 5--- 8--- 5---"),
        chords=(".... x-.. .... x-..", "x--- ---. ..x- ....", "..x- ..x- ..x- ..x-"),
        turn_bass=("R--- 3--- 5--- a---", "R-R- 8-5- 3-5- a---"),
        turn_chords=("X--- x-.. X--- ....",),
        walking=True,
        colour=("rest", "line"),
    ),
    "funk": Style(
        bass=("R--R .... ..R- 5-a-", "R-.R ..8. R..R ..5-", "R..R .R8. ..5. R.a."),
        chords=("X... .... ..x. ....", "..x. ..x. .... ..x.", "x..x ..x. .x.. x..."),
        turn_bass=("R--R ..8. R.5. 3.a-",),
        turn_chords=("X..x ..x. ..X. X-..",),
        colour=("rest", "line", "pad"),
    ),
    "latin": Style(
        bass=("R--- --5- ---- 8---", "R--- --5- --8- --5-"),
        chords=("x--. x-.. x--. x-..", "x-u- .x.u -.u. x-u.", "x..x ..u. x.ux .u.x"),
        turn_bass=("R--- 3--- 5--- a---",),
        turn_chords=("X--- X-.. X-X- ....",),
        voices=4,
        colour=("rest", "line"),
    ),
    "reggae": Style(
        bass=("R--- ..R- 5--- ....", ".... R-R- 3-5- ....", "R--R ..5- 3--- R-.."),
        chords=(".... x-.. .... x-..", "..x. ..x. ..x. ..x.", ".... x.o. .... x.o."),
        turn_bass=("R--- R--- 3--- 5-..",),
        turn_chords=("X-.. X-.. X--- ....",),
        colour=("rest", "pad"),
    ),
    "dance": Style(
        bass=("..R- ..R- ..R- ..R-", "R-8- R-8- R-8- R-8-", "R-.R ..R- .R.R ..a-"),
        chords=("x--- ---- ---- ----", "..x- ..x- ..x- ..x-", "x--x --x- --x- -x--"),
        turn_bass=("R-8- R-8- R-8- 5-a-",),
        turn_chords=("X--X --X- ---- ....",),
        colour=("pad", "pad", "line"),
    ),
    "symphony": Style(
        bass=(ONE, "R--- ---- 5--- ----", "R--- ---- R--- 5---"),
        chords=(WHOLE, "x--- ---- x--- ----", "x--- ---- ---- u---"),
        turn_bass=("R--- ---- 5--- a---", "R--- 3--- 5--- a---"),
        turn_chords=(WHOLE,),
        colour=("pad", "line"),
    ),
}
USUAL = "pop"
ALSO = {
    "jazz": "swing bebop bop standard big cool dixieland gypsy stage musical",
    "bossa": "bossanova nova samba brazilian brazil mpb choro",
    "ballad": "songwriter singer slow acoustic lullaby folk chanson lied lieder piano",
    "rock": "metal punk indie grunge hardrock alternative beat surf",
    "country": "bluegrass western americana polka march",
    "blues": "boogie shuffle rockabilly rocknroll",
    "funk": "soul rnb hiphop hip rap motown neworleans afrobeat",
    "latin": "salsa mambo rumba cuban afrocuban cumbia tango bolero merengue calypso reggaeton",
    "reggae": "ska dub rocksteady",
    "dance": "disco house techno trance edm electro electronic synthpop eurodance",
    "symphony": "classical orchestra orchestral symphonic film score soundtrack baroque chorale chorales",
}
WORDS = {word: style for style, words in ALSO.items() for word in words.split()} | {s: s for s in STYLES}
_SPOKEN = re.compile(r"[a-z]+")


def named(style: str) -> str:
    """The style of the table that a name such as `Bossa Nova`, `jazz/swing` or `my-rock` means; pop where
    no word of it is known."""
    return next((WORDS[word] for word in words(style) if word in WORDS), USUAL)


def words(style: str) -> list[str]:
    """The words of a style's name, in lower case."""
    return _SPOKEN.findall(style.lower())


def bars(row: str) -> tuple[str, ...]:
    """The bars of a row, sixteen cells each."""
    return tuple("".join(bar.split()) for bar in row.split("/"))


def strokes(bar: str) -> list[tuple[int, int, str]]:
    """What a bar strikes: (cell, cells it lasts, letter); a hold with nothing before it rests."""
    out: list[tuple[int, int, str]] = []
    sounds = False
    for cell, letter in enumerate(bar):
        if letter == "-" and sounds:
            out[-1] = (out[-1][0], out[-1][1] + 1, out[-1][2])
        else:
            sounds = letter not in ".-"
            if sounds:
                out.append((cell, 1, letter))
    return out
