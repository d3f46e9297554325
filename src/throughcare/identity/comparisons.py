"""Comparisons: what two records are compared by, and what each level weighs: data beside this file, or a site's own."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import log2
from pathlib import Path
from typing import Any, NamedTuple

from throughcare.faults import Malformed

OUTCOMES = ("apart", "against", "doubt")
PUBLISHED = Path(__file__).parent / "weights.toml"


class Level(NamedTuple):
    """How alike: an id, and the condition in DuckDB SQL; "else" holds always."""

    id: str
    when: str


class Comparison(NamedTuple):
    id: str
    missing: str
    levels: tuple[Level, ...]


class Rule(NamedTuple):
    """What outranks a score: `apart` or `doubt`."""

    id: str
    outcome: str
    when: str


class Odds(NamedTuple):
    """How often a level holds for two records of one person (m), and of two people (u)."""

    m: float
    u: float

    @property
    def bits(self) -> float:
        return log2(self.m / self.u)


@dataclass(frozen=True, slots=True)
class Weights:
    """What the levels weigh. `prior` is the chance that two records taken at random are of one person.

    Pairs of at least `links_from` bits are linked unless a rule speaks against it; from `asks_from` bits a person is
    asked (docs/why/0110).
    """

    trained_on: str
    prior: float
    levels: Mapping[tuple[str, str], Odds] = field(default_factory=dict)
    links_from: float = 11.0
    asks_from: float = 3.0

    @property
    def prior_bits(self) -> float:
        return log2(self.prior / (1 - self.prior))

    def bits(self, comparison: str, level: str) -> float:
        """0 where a value is missing: that says nothing."""
        return self.levels[comparison, level].bits if level else 0.0


@cache
def comparisons() -> tuple[Comparison, ...]:
    return tuple(
        Comparison(one["id"], one["missing"], tuple(Level(**each) for each in one["level"]))
        for one in _table()["comparison"]
    )


@cache
def rules() -> tuple[Rule, ...]:
    """The strongest first."""
    found = (Rule(**one) for one in _table()["rule"])
    return tuple(sorted(found, key=lambda rule: OUTCOMES.index(rule.outcome)))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "comparisons.toml").read_text())


def of_site(path: str) -> Weights:
    """The weights of a site's own file, or those that come along."""
    return _kept(Path(path) if path else PUBLISHED)


@cache
def _kept(path: Path) -> Weights:
    return read(path)


def read(path: Path = PUBLISHED) -> Weights:
    """The weights of a file; each level of each comparison must be there, with shares between 0 and 1."""
    table = tomllib.loads(path.read_text())
    try:
        levels = {
            (c.id, level.id): Odds(*map(float, table["weights"][c.id][level.id]))
            for c in comparisons() for level in c.levels
        }  # fmt: skip
        bounds = float(table["links_from"]), float(table["asks_from"])
        weights = Weights(str(table["trained_on"]), float(table["prior"]), levels, *bounds)
    except (KeyError, TypeError, ValueError) as error:
        raise Malformed(
            f"{path.name} does not hold a weight for every level.", do="Train the weights again."
        ) from error
    if not all(0 < share <= 1 for odds in [*levels.values(), (weights.prior,)] for share in odds):
        raise Malformed(f"{path.name} holds a share that is not between 0 and 1.", do="Train the weights again.")
    return weights


def written(weights: Weights) -> str:
    """The text of a file of weights: of each level how often it holds for one person, and for two."""
    bounds = [f"links_from = {weights.links_from!r}", f"asks_from = {weights.asks_from!r}"]
    lines = [f'trained_on = "{weights.trained_on}"', f"prior = {weights.prior!r}", *bounds]
    for one in comparisons():
        lines += ["", f"[weights.{one.id}]"]
        lines += [
            f"{level.id} = [{odds.m!r}, {odds.u!r}]"
            for level in one.levels
            for odds in [weights.levels[one.id, level.id]]
        ]
    return "\n".join(lines) + "\n"
