"""Linking: which patients are one person, from what people said, from sure numbers, from registrars, and from scores.

Nothing joins two groups while anything speaks against any two of their patients. What may be one person and is not
linked is left to a person, with the reason.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from throughcare.fhir.likeness import keys
from throughcare.identity.comparisons import Weights
from throughcare.identity.registrar import merged
from throughcare.identity.score import Scored
from throughcare.identity.strong import Known

Pair = frozenset[str]
Score = Callable[[Iterable[Pair]], list[Scored]]
ONE_PER_PERSON = ("ssn", "mbi")
SHARED_BY_MISTAKE = 20  # a number, or a key, that more patients than this carry names nobody
AS_LIKE_BITS = 10.0  # who fits two people within so much fits neither


class Why(NamedTuple):
    """Why two patients are linked: what sort of reason, in the order they count, and how much speaks for it."""

    rank: int  # 0 a person said so, 1 a sure number, 2 a registrar, 3 a score
    bits: float
    pair: Pair


@dataclass(slots=True)
class Linked:
    """The groups that are one person each, why pairs in them are linked, and what is left to a person."""

    groups: list[list[Known]]
    why: dict[Pair, str] = field(default_factory=dict)
    asked: list[Scored] = field(default_factory=list)


def linked(
    patients: Iterable[Known], score: Score, weights: Weights, *,
    together: Collection[Pair] = (), apart: Collection[Pair] = (), near: Collection[Pair] = (),
) -> Linked:  # fmt: skip
    """Patients in groups; the same groups whatever the order. `together` and `apart` are what people said of pairs.

    `near` are further pairs to compare, beside those who share a key or a number.
    """
    by_id = {p.patient_id: p for p in sorted(patients, key=lambda p: p.patient_no)}
    found = _Found(by_id, set(together), set(apart), weights)
    found.take(score(found.pairs() | set(near)))
    found.take(score(found.between()))
    return found.grouped()


class _Found:
    """What is known of pairs while groups form."""

    def __init__(self, by_id: dict[str, Known], together: set[Pair], apart: set[Pair], weights: Weights) -> None:
        self.by_id, self.together, self.apart, self.weights = by_id, together, apart, weights
        self.numbers = _sharing({p.patient_id: p.numbers for p in by_id.values()})
        said = {p.patient_id: [m for m in p.merged if m in by_id] for p in by_id.values()}
        self.merged = {frozenset(pair) for group in merged(said) for pair in combinations(sorted(group), 2)}
        self.scores: dict[Pair, Scored] = {}

    def pairs(self) -> set[Pair]:
        likely = _sharing({p.patient_id: keys(p.traits) for p in self.by_id.values()})
        return likely | self.numbers | self.merged

    def take(self, scores: Iterable[Scored]) -> None:
        self.scores |= {frozenset({one.left, one.right}): one for one in scores}

    def between(self) -> set[Pair]:
        """Pairs not compared yet within what might become one group."""
        groups = _components([why.pair for why in self.reasons()])
        return {frozenset(p) for group in groups for p in combinations(sorted(group), 2)} - self.scores.keys()

    def reasons(self) -> list[Why]:
        """Pairs that would be linked if nothing else were known, the surest first."""
        found = [Why(0, 0.0, pair) for pair in self.together if pair <= self.by_id.keys()]
        found += [Why(1, self.bits(pair), pair) for pair in self.numbers if self.sure(pair)]
        found += [Why(2, self.bits(pair), pair) for pair in self.merged if not self.conflict(pair)]
        found += [Why(3, s.bits, pair) for pair, s in self.scores.items() if self.likely(s) and pair not in self.apart]
        return sorted(found, key=lambda why: (why.rank, -why.bits, sorted(why.pair)))

    def bits(self, pair: Pair) -> float:
        return self.scores[pair].bits if pair in self.scores else 0.0

    def likely(self, scored: Scored) -> bool:
        return scored.bits >= self.weights.links_from and not scored.outcome

    def sure(self, pair: Pair) -> bool:
        """They share a number and the whole birth date, and nothing speaks against it."""
        one, other = (self.by_id[i] for i in pair)
        same_day = bool(one.birth_date) and one.birth_date == other.birth_date
        return same_day and {one.sex, other.sex} != {"male", "female"} and not self.conflict(pair)

    def conflict(self, pair: Pair) -> bool:
        """Whether anything says that these are two people, or leaves it to a person. A person's word counts most."""
        if pair in self.together or pair in self.apart:
            return pair in self.apart
        if pair in self.scores and self.scores[pair].outcome in ("apart", "against"):
            return True
        one, other = (self.by_id[i] for i in pair)
        return any(_differ(one, other, kind) for kind in ONE_PER_PERSON if (kind != "ssn" or pair not in self.scores))

    def grouped(self) -> Linked:
        reasons = self.reasons()
        torn = self.torn(reasons)
        group = {i: [p] for i, p in self.by_id.items()}
        why: dict[Pair, str] = {}
        for one in reasons:
            a, b = sorted(one.pair)
            mine, theirs = group[a], group[b]
            if one.rank == 3 and one.pair in torn:
                continue
            if mine is not theirs:
                if any(
                    self.conflict(frozenset({x.patient_id, y.patient_id}))
                    for x in mine
                    for y in theirs
                    if {x.patient_id, y.patient_id} != one.pair
                ):
                    continue
                mine += theirs
                group |= dict.fromkeys((p.patient_id for p in theirs), mine)
            why.setdefault(one.pair, self.said(one))
        groups = list({id(g): g for g in group.values()}.values())
        return Linked(groups, why, self.asked(group))

    def torn(self, reasons: list[Why]) -> set[Pair]:
        """Pairs of someone who fits two others about as well, when these two are not one."""
        beside: dict[str, list[tuple[str, float, int]]] = defaultdict(list)
        for one in reasons:
            for i in one.pair:
                (other,) = one.pair - {i}
                beside[i].append((other, one.bits, one.rank))
        return {
            frozenset({i, other})
            for i, those in beside.items()
            for other, bits, _ in those
            for rival, rival_bits, rank in those
            if rival != other and (rank < 3 or rival_bits > bits - AS_LIKE_BITS)
            and self.two(frozenset({other, rival}), by_letter=self.level(i, other, "name") == "initial")
        }  # fmt: skip

    def two(self, pair: Pair, *, by_letter: bool) -> bool:
        """Whether these may be two people, to someone who is like both; a letter is like every name it begins."""
        return self.conflict(pair) or (by_letter and pair in self.scores and bool(self.scores[pair].outcome))

    def level(self, one: str, other: str, comparison: str) -> str:
        scored = self.scores.get(frozenset({one, other}))
        return scored.levels[comparison] if scored else ""

    def said(self, why: Why) -> str:
        """Why a pair is linked, for the record: kinds of numbers and levels, never a value."""
        if why.rank == 0:
            return "a person said these are one person"
        if why.rank == 2:
            return "merged by the registrar"
        if why.rank == 1:
            one, other = (self.by_id[i] for i in why.pair)
            kinds = sorted({kind for kind, _ in one.numbers & other.numbers})
            return f"same {' and '.join(kinds)}, same birth date"
        levels = self.scores[why.pair].levels
        return f"likeness {why.bits:.1f}: " + " ".join(f"{name}.{level}" for name, level in levels.items() if level)

    def asked(self, group: dict[str, list[Known]]) -> list[Scored]:
        """Pairs that may be one person, are not, and of whom nobody has decided: the likest of each two groups."""
        best: dict[tuple[int, int], Scored] = {}
        for pair, scored in self.scores.items():
            one, other = (group[i] for i in sorted(pair))
            told = pair in self.apart or scored.outcome == "apart"
            if (
                one is other
                or (scored.bits < self.weights.asks_from and pair not in self.merged)
                or (told and pair not in self.merged - self.apart)
            ):
                continue
            key = (min(id(one), id(other)), max(id(one), id(other)))
            if key not in best or (scored.bits, scored.left) > (best[key].bits, best[key].left):
                best[key] = scored
        return sorted(best.values(), key=lambda s: (s.left, s.right))


def _sharing(held: dict[str, Iterable]) -> set[Pair]:
    """Pairs that hold the same thing; what very many hold names nobody."""
    holders: dict[object, list[str]] = defaultdict(list)
    for patient, things in held.items():
        for thing in things:
            holders[thing].append(patient)
    few = (those for those in holders.values() if 1 < len(those) <= SHARED_BY_MISTAKE)
    return {frozenset(pair) for those in few for pair in combinations(those, 2)}


def _components(pairs: Iterable[Pair]) -> list[frozenset[str]]:
    beside: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        one, other = pair
        beside[one].add(other)
    return merged(beside)


def _differ(one: Known, other: Known, kind: str) -> bool:
    mine, theirs = ({value for k, value in p.numbers if k == kind} for p in (one, other))
    return bool(mine and theirs) and not mine & theirs
