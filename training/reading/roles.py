"""Who plays the melody and the four parts of a sheet, by names, sounds, register, activity and polyphony.

Every instrument gets a score for every role, and the roles are dealt for the best total. Then what is
left joins a role where it does not clash, and a piano without a bass player is parted into its hands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bandmate.training.lines import hands, joined, sounding
from bandmate.training.reading import evidence
from bandmate.training.reading.casting import Casting
from bandmate.training.reading.evidence import Evidence, Witness
from bandmate.training.reading.likeness import doubles, follows
from bandmate.training.reading.parts import Part
from bandmate.training.reading.sheet import Sheet
from bandmate.training.reading.traits import Traits, measure
from bandmate.training.songs import STEPS_PER_BAR, VOICES

LEAD = 0
NEEDED = {"melody": 1.5, "drums": 1.0, "bass": 1.0, "chords": 0.5, "colour": 0.5}
BARRED = -1e3
HANDED_ON = 0.3
NAMED = 3.0
ALTERNATE = 0.25
THICKEST = 4.0
NEAR = 2.5
NEAR_LEAD = 2.0
LEFT_HAND = 0.5
KEYBOARDS = ("piano", "organ", "accordion", "harp", "mallets", "comping")

Wishes = Mapping[int, Sequence[int]]


def find(sheet: Sheet, parts: tuple[Part, ...], wishes: Wishes | None = None) -> Casting:
    """The casting of a sheet. wishes: for a role, the numbers of the instruments that the user wants to play
    it, none for silence; an instrument that is wished for somewhere plays nothing else."""
    return _Deal(sheet, parts, wishes or {}).casting()


class _Deal:
    """The dealing of one sheet's roles. taken: role to numbers, in the order they came; why: by number."""

    def __init__(self, sheet: Sheet, parts: tuple[Part, ...], wishes: Wishes) -> None:
        self.sheet, self.parts, self.wishes = sheet, parts, wishes
        self.kinds = ("melody", *(part.kind for part in parts))
        self.notes = {i.number: i.notes for i in sheet.instruments if len(i.notes)}
        self.taken: dict[int, list[int]] = {role: [] for role in range(VOICES)}
        self.why = {i.number: "no notes in these bars" for i in sheet.instruments if not len(i.notes)}
        self._grant()
        self.found = self._testimony()
        self._set_doubles_aside()

    def casting(self) -> Casting:
        self._assign([role for role in self._open() if role == LEAD])
        self._bar_shadows()
        self._hand_on()
        self._assign([role for role in self._open() if role != LEAD])
        self._join()
        split = self._part_hands()
        why = {i.number: self._why(i.number) + split.get(i.number, "") for i in self.sheet.instruments}
        silent = frozenset(role for role, numbers in self.wishes.items() if not numbers)
        return Casting(self.parts, tuple(tuple(self.taken[role]) for role in range(VOICES)), why, silent)

    def _why(self, number: int) -> str:
        return self.why[number] if number in self.why else self._why_not(number)

    def _why_not(self, number: int) -> str:
        """What keeps an instrument from the role that suits it best."""
        role = max(self.taken, key=lambda each: self.score(number, each))
        names = ("melody", *(part.name for part in self.parts))
        if self.score(number, role) <= 0 or not self.taken[role]:
            return "suits no role"
        return f"{names[role]} is played by {_listed(self.taken[role])}"

    def _grant(self) -> None:
        for role, numbers in self.wishes.items():
            for number in (n for n in numbers if n in self.notes):
                self.taken[role].append(number)
                self.why[number] = "as you said"

    def _free(self) -> list[int]:
        return [number for number in self.notes if number not in self.why]

    def _open(self) -> list[int]:
        return [role for role in range(VOICES) if role not in self.wishes]

    def _testimony(self) -> dict[tuple[int, int], list[Evidence]]:
        traits = measure(self.sheet)
        pitched = [i for i in self.sheet.instruments if i.number in self.notes and not i.drums]
        titled = len(pitched) > 1 and len({i.name for i in pitched}) == 1
        out = {}
        for each in self.sheet.instruments:
            for role in range(VOICES) if each.number in self.notes else ():
                witness = Witness(each, traits[each.number], "" if titled else each.name)
                out[each.number, role] = self._heard(witness, role)
        return out

    def _heard(self, of: Witness, role: int) -> list[Evidence]:
        if of.instrument.drums or self.kinds[role] == "drums":
            kit = of.instrument.drums and self.kinds[role] == "drums"
            return [Evidence(2.0 + of.traits.active, "a drum kit") if kit else Evidence(BARRED)]
        return evidence.for_part(of, self.parts[role - 1]) if role else evidence.for_melody(of)

    def score(self, number: int, role: int) -> float:
        """The weight of all that was found, less what the role needs."""
        return sum(e.weight for e in self.found[number, role]) - NEEDED[self.kinds[role]]

    def _set_doubles_aside(self) -> None:
        """Of instruments in unison, the one that suits its role best stays."""
        pitched = {i.number for i in self.sheet.instruments if not i.drums}
        free = [number for number in self._free() if number in pitched]
        free.sort(key=lambda number: -max(self.score(number, role) for role in range(VOICES)))
        kept = [n for numbers in self.wishes.values() for n in numbers if n in self.notes]
        for number in free:
            twin = next((k for k in kept if doubles(self.notes[number], self.notes[k])), None)
            if twin is None:
                kept.append(number)
            else:
                self.why[number] = f"plays the same as {twin}"

    def _assign(self, roles: list[int]) -> None:
        """Deals the roles for the best total; for the melody's sake all of them are dealt with it."""
        dealt = self._open() if LEAD in roles else roles
        for number, role in best(
            {n: {role: self.score(n, role) for role in dealt} for n in self._free()}
        ).items():
            if role in roles:
                self._take(number, role)

    def _take(self, number: int, role: int, remark: str = "") -> None:
        self.taken[role].append(number)
        self.why[number] = evidence.why(self.found[number, role]) + remark

    def _bar_shadows(self) -> None:
        """What doubles the melody in octaves or echoes it is no part of the band, and an echo no melody."""
        for number in self._free() if self.taken[LEAD] else ():
            lead = self.taken[LEAD][0]
            delay = follows(self.notes[number], self.notes[lead])
            if delay is None:
                continue
            if delay < 0 and LEAD not in self.wishes:
                self.taken[LEAD].remove(lead)
                self._take(number, LEAD)
                lead, number = number, lead
            self.why[number] = f"follows {lead} note by note"

    def _hand_on(self) -> None:
        """A second lead by name, silent while the first sings, is the melody too, though a part could use
        it."""
        lead = [] if LEAD in self.wishes else self.taken[LEAD]
        named = [n for n in self._free() if any(e.weight >= NAMED for e in self.found[n, LEAD] if e.by_name)]
        for number in sorted(named, key=lambda n: -self.score(n, LEAD)) if lead else ():
            if self._overlap(number, lead) <= HANDED_ON and self.score(number, LEAD) > 0:
                self._take(number, LEAD, f"; joins {lead[0]}")

    def _overlap(self, number: int, mates: Sequence[int]) -> float:
        """The share of the steps in which an instrument sounds, where its mates do too."""
        steps = self.sheet.bars * STEPS_PER_BAR
        mine = sounding(self.notes[number], steps)
        theirs = sounding(joined([self.notes[mate] for mate in mates]), steps)
        return float((mine & theirs).sum() / max(int(mine.sum()), 1))

    def _join(self) -> None:
        free = self._free()
        for number in sorted(free, key=lambda n: -max(self.score(n, role) for role in range(VOICES))):
            scores = {role: self.score(number, role) for role in self._open()}
            best = max(scores.values(), default=0.0)
            for role in sorted(scores, key=lambda r: -scores[r]):
                if scores[role] > max(best - NEAR, 0) and self._fits(number, role):
                    self._take(number, role, f"; joins {self.taken[role][0]}")
                    break

    def _fits(self, number: int, role: int) -> bool:
        """Whether it can play the role beside those who do: drums always, a melody or a bass where they are
        silent, chords and colour also where they are of one family and not too many notes."""
        mates, kind = self.taken[role], self.kinds[role]
        if not mates or kind == "drums":
            return bool(mates)
        overlap = self._overlap(number, mates)
        if kind == "melody":
            return overlap <= HANDED_ON and self.score(number, role) > self.score(mates[0], role) - NEAR_LEAD
        if kind == "bass" or overlap <= ALTERNATE:
            return overlap <= ALTERNATE
        together = joined([self.notes[mate] for mate in (*mates, number)])
        thickness = together[:, 1].sum() / max(
            int(sounding(together, self.sheet.bars * STEPS_PER_BAR).sum()), 1
        )
        return self._alike(number, mates[0]) and bool(thickness <= THICKEST)

    def _alike(self, number: int, mate: int) -> bool:
        one, other = self._witness(number).family, self._witness(mate).family
        return one is not None and one == other

    def _witness(self, number: int) -> Witness:
        instrument = next(i for i in self.sheet.instruments if i.number == number)
        return Witness(instrument, Traits(), instrument.name)

    def _has_hands(self, number: int) -> bool:
        """Whether it is played with two hands, or nobody knows what it is."""
        family = self._witness(number).family
        return family is None or family.name in KEYBOARDS

    def _part_hands(self) -> dict[int, str]:
        """Gives the lowest notes of who plays the chords to a bass that nobody plays."""
        named = {kind: role for role, kind in enumerate(self.kinds)}
        bass, chords = named.get("bass"), named.get("chords")
        if bass is None or chords is None or bass in self.wishes or self.taken[bass]:
            return {}
        bars = self.sheet.bars
        for number in filter(self._has_hands, self.taken[chords]):
            low = sounding(hands(self.notes[number])[0], bars * STEPS_PER_BAR).reshape(bars, STEPS_PER_BAR)
            whole = sounding(self.notes[number], bars * STEPS_PER_BAR).reshape(bars, STEPS_PER_BAR)
            if low.any(1).sum() >= LEFT_HAND * max(int(whole.any(1).sum()), 1):
                self.taken[bass].append(number)
                return {number: "; its lowest notes under C3 are the bass"}
        return {}


def best(scores: Mapping[int, Mapping[int, float]]) -> dict[int, int]:
    """Who gets which role for the highest total: at most one role each, nobody twice, no score of 0 or less.

    scores: by instrument and role. Exact: instrument by instrument, the best total for each set of roles
    that are filled so far.
    """
    totals: dict[frozenset[int], tuple[float, dict[int, int]]] = {frozenset(): (0.0, {})}
    for number, mine in scores.items():
        for filled, (total, dealt) in list(totals.items()):
            for role, score in mine.items():
                more = filled | {role}
                if score > 0 and role not in filled and total + score > totals.get(more, (0.0,))[0]:
                    totals[more] = (total + score, {**dealt, number: role})
    return max(totals.values(), key=lambda each: each[0])[1]


def _listed(numbers: Sequence[int]) -> str:
    return " and ".join(str(number) for number in numbers)
