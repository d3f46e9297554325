"""measures.toml: how well it goes. A measure is a few yes-no-unknown columns on a set, and a way to add them up."""

from datetime import date
from typing import Any, Literal

from msgspec import Struct

from throughcare.definitions.grammar.entry import Entry, Source
from throughcare.definitions.grammar.sets import Fact, Set

Period = Literal["year", "quarter", "month"]


class Measure(Entry, kw_only=True, forbid_unknown_fields=True):
    """One measure. Each column is an expression over the row of `on`: true, false or unknown."""

    on: str = "person"  # the row may be a stay, a month or a referral, not only a person
    population: str = "true"  # initial population
    denominator: str = "true"  # of those in the population
    exclusion: str = "false"  # of those in the denominator
    exception: str = "false"  # of those left who are not in the numerator
    numerator: str | None = None
    score: str = "share"  # share, count, rate_per(1000, exposure), sum(x), mean(x), median(x), ratio_of(a, b)
    better: Literal["higher", "lower"] = "higher"
    target: Any = None  # a number in the score's own unit, or the name of a parameter
    period: Period = "year"
    strata: list[str] = []  # columns or facts by which the score is told apart
    proof: list[str] = []  # columns or facts shown beside each row


class Use(Struct, kw_only=True, forbid_unknown_fields=True):
    """A measure of the care library, reported for the people of this care model."""

    measure: str  # the name of a folder in care_library/measures
    says: str = ""  # why this care model looks at it
    target: Any = None
    period: Period = "year"


class MeasuresFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """measures.toml"""

    measure: list[Measure] = []
    use: list[Use] = []


class LibraryMeasureFile(Struct, kw_only=True, forbid_unknown_fields=True):
    """measure.toml of a folder in care_library/measures: one measure with the sets and facts it stands on."""

    id: str  # the name of the folder
    title: str
    version: str
    effective_from: date
    says: str
    steward: str = ""
    standard: str = ""  # name of the published measure it computes, by which outside test decks are found
    source: list[Source] = []
    set: list[Set] = []
    fact: list[Fact] = []
    measure: list[Measure]
