"""A loaded preset: takes one decision at a time, from a request to what the four parts play."""

from __future__ import annotations

import time
import zlib

import numpy as np
from numpy.random import default_rng

from bandmate.daemon.answering.attention import Attention, listen
from bandmate.daemon.answering.fill import drummed, usual
from bandmate.daemon.answering.request import Answer, Array, Chords, Request, Steps
from bandmate.daemon.answering.restraint import called, restrained
from bandmate.models import harmony
from bandmate.models.chance import Chance
from bandmate.models.decoding import DRUMS, Before, Score, decode
from bandmate.models.generator import Ear, Generator, Heard
from bandmate.models.keys import Key
from bandmate.models.listening import STEP_SIZE
from bandmate.models.roll import PARTS, STEPS_PER_BEAT, WINDOW

FOREIGN = np.float32(4)
"""What a triad outside a locked key loses, in expected overlap: more than any guess can outweigh."""
ECHO = np.float32(0.5)
"""How far parts that are decided between beats lean to what the melody had in the beat so far, beside what is
expected of the rest: to repeat it is in harmony, but no answer to what comes."""


class Accompanist:
    """An ear and a band. The same requests give the same answers; the ear's state is only remembered."""

    def __init__(self, name: str, ear: Ear, band: Generator) -> None:
        """name: the preset's; with a seed it settles the noise."""
        self._name, self._ear = name, ear
        self._band = band
        self._attention = Attention(ear)
        self._heard = (-1, 0)

    @property
    def band(self) -> Generator:
        """The generator, for its card."""
        return self._band

    def afresh(self) -> Accompanist:
        """The same ear and band, having heard nothing."""
        return Accompanist(self._name, self._ear, self._band)

    def answer(self, request: Request) -> Answer:
        """What to play from request.first to the window's end. Raises ModelError."""
        begin = time.perf_counter()
        at = request.first - request.window
        chords = request.chords.copy()
        chords[at:], wanted = self._plan(request)
        chords = called(chords, request)
        offer = _offer(request, chords, self._noise(request))
        chance = Chance.again(request.seed, request.origins, request.variation)
        chance = chance._replace(constant=request.constant)
        card = self._band.card
        said = restrained(self._band.run(offer), card, chords, request)
        drums = card.parts.index(DRUMS) if DRUMS in card.parts else None
        before = _before(request)._replace(usual=usual(request, drums))
        score = decode(said, card, request.limits, before, at, chance, wanted)
        if drums is not None:
            score = drummed(score, drums, request)
        seconds = time.perf_counter() - begin
        return Answer(
            request.number, request.epoch, request.preset, request.first, score, chords[at:], seconds
        )

    def foresee(
        self, features: Array, phases: Array, melody: Array, halved: bool, key: Key | None = None
    ) -> Chords:
        """Chords int[n] of a melody known whole, of a key if one is given: features float32[n,148], phases
        float32[n,16] and melody float32[n,12], each beat's pitch classes by share of its time."""
        n = len(features)
        guess = np.zeros((n + harmony.HORIZON, harmony.CHORDS), np.float32)
        state = self._ear.silence()
        for beat in range(n):
            heard = listen(self._ear, state, features[beat], phases[beat])
            state = heard.state
            if heard.hindsight is None:
                guess[beat + 1 : beat + 1 + harmony.HORIZON] += heard.chord
            else:
                back = min(beat + 1, harmony.HORIZON)
                guess[beat + 1 - back : beat + 1] += heard.hindsight[:back][::-1]
        guess = guess[:n] / np.maximum(guess[:n].sum(1, keepdims=True), 1e-9)
        card = self._ear.card
        fit = _kept(harmony.utility(guess, melody, follow=card.follow), key)
        return harmony.plan(fit, harmony.NONE, 0, card.reluctance, halved=halved)

    def _plan(self, request: Request) -> tuple[Chords, harmony.Wanted | None]:
        """A chord for every step from `first` to the window's end, and what of each the melody wants, where
        it is foretold."""
        steps = np.arange(request.first, request.window + WINDOW)
        beat = steps // STEPS_PER_BEAT - request.first // STEPS_PER_BEAT
        if request.foreseen is not None:
            return request.foreseen[np.minimum(beat, len(request.foreseen) - 1)], None
        heard = self._hear(request)
        chord, melody = heard.chord, heard.melody
        if request.hindsight and heard.hindsight is not None:
            chord = heard.hindsight[: request.hindsight][::-1]
            melody = _played(request)[-request.hindsight :]
        card = self._ear.card
        fit = harmony.utility(chord, melody, request.evidence, request.recalled, card.follow)
        fit = _kept(fit, request.key, request.evidence)
        share = (request.first % STEPS_PER_BEAT) / STEPS_PER_BEAT
        fit[~_taken(request)[: len(fit)]] = 0
        chords = harmony.plan(
            fit, request.sounding, request.beat_in_bar, card.reluctance, share, request.halved
        )
        there = np.minimum(beat, len(chords) - 1)
        past, coming = _apart(melody, request)
        lean = harmony.wanted(past[there], chords[there], request.sounding, coming[there], card.lean)
        return chords[there], lean

    def _hear(self, request: Request) -> Heard:
        beats = request.beats
        total = beats.begin + len(beats.features)
        if self._heard[0] != beats.history or not beats.begin <= self._heard[1] <= total:
            self._attention, self._heard = Attention(self._ear), (beats.history, beats.begin)
        for beat in range(self._heard[1] - beats.begin, len(beats.features)):
            self._attention.hear(beats.features[beat], beats.phases[beat])
        self._heard = (beats.history, total)
        return self._attention.expect(request.partial, request.known, request.phase)

    def _noise(self, request: Request) -> Array:
        """float32[Z]: the performance's own noise, turned towards the phrase's by the variation."""
        size = self._band.noise_size
        performance, phrase = request.seed, request.origins[0].phrase
        name = zlib.crc32(self._name.encode())
        base = default_rng([performance, name]).standard_normal(size)
        fresh = default_rng([performance, name, 1 + phrase]).standard_normal(size)
        turn = request.variation
        return np.asarray(np.sqrt(1 - turn**2) * base + turn * fresh, np.float32)


def _apart(melody: Array, request: Request) -> tuple[Array, Array]:
    """What of the melody float32[n,12] expected, by share of each beat, parts are not to rub against, and
    what they are to go with: on a beat the same. Between beats it is, in both, also what is expected of the
    rest, by share of what is left of the beat; and what was heard of the beat counts less in the second."""
    known = request.known
    if request.revision or request.hindsight or not known or request.first % STEPS_PER_BEAT != known:
        return melody, melody
    steps = request.partial.reshape(STEPS_PER_BEAT, STEP_SIZE)[:known, :12]
    heard = np.minimum(steps.sum(0) / STEPS_PER_BEAT, melody[0])
    rest = (melody[0] - heard) * STEPS_PER_BEAT / (STEPS_PER_BEAT - known)
    avoided, coming = np.maximum(melody[0], rest), rest + ECHO * heard
    return np.vstack([avoided, melody[1:]]), np.vstack([coming, melody[1:]])


def _before(request: Request) -> Before:
    """What sounds just before the decision. On a bar line notes end that began before all that the generator
    is shown: how long they have been held it can't tell."""
    past = request.past
    before = Before.of(past.onset, past.sustain)
    if request.first == request.window:
        return before._replace(sounding=before.sounding & past.onset.any(1))
    return before


def _kept(fit: Array, key: Key | None, held: Array | None = None) -> Array:
    """The fit float32[n,24] of triads where a key is kept to, but for those that explain best what is held,
    float32[n,12], where that leaves the key and is more likely to stay than not."""
    if key is None:
        return fit
    inside = np.broadcast_to(key.triads, fit.shape)
    if held is not None:
        leaves = (held[: len(fit)] * ~key.classes).max(1, keepdims=True) > 0.5
        explained = held[: len(fit)] @ harmony.TONES[: harmony.NONE].T
        inside = inside | (leaves & (explained == explained.max(1, keepdims=True)))
    return fit - np.where(inside, np.float32(0), FOREIGN)


def _taken(request: Request) -> Steps:
    """bool[8]: which of the beats to come take time."""
    beat = (request.first - request.window) // STEPS_PER_BEAT
    beats = request.lasting.reshape(-1, STEPS_PER_BEAT)[beat : beat + harmony.HORIZON]
    return np.asarray(beats.any(1))


def _offer(request: Request, chords: Chords, noise: Array) -> dict[str, Array]:
    at = request.first - request.window
    played = np.zeros(WINDOW, np.float32)
    played[:at] = 1
    return {
        "melody": request.melody[None],
        "heard": request.heard[None],
        "band": _band(request.past, at)[None],
        "played": played[None],
        "harmony": harmony.rows(chords)[None],
        "noise": noise[None],
        "controls": request.controls[None],
    }


def _band(past: Score, at: int) -> Array:
    """float32[16,32,128]: for each part the previous window's onsets and sustains, then this one's."""
    out = np.zeros((PARTS, 4, WINDOW, past.onset.shape[2]), np.float32)
    out[:, 0], out[:, 1] = past.onset[:, :WINDOW], past.sustain[:, :WINDOW]
    out[:, 2, :at], out[:, 3, :at] = past.onset[:, WINDOW:], past.sustain[:, WINDOW:]
    return out.reshape(4 * PARTS, WINDOW, out.shape[3])


def _played(request: Request) -> Array:
    """float32[8,12]: the pitch classes of the window before, by share of each beat."""
    sustain = request.melody[1].reshape(WINDOW, -1)
    classes = np.zeros((WINDOW, 12), np.float32)
    for pitch_class in range(12):
        classes[:, pitch_class] = sustain[:, pitch_class::12].any(1)
    return np.asarray(classes.reshape(-1, STEPS_PER_BEAT, 12).mean(1), np.float32)
