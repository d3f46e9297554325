"""Beside: what stands in the other tables of the repository, by the beneficiary or the claim that it is part of."""

import tomllib
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from throughcare.faults import Malformed
from throughcare.intake.archive import Member
from throughcare.intake.formats import LOOK_BYTES
from throughcare.intake.hmis.read import Row, columns, rows

ROWS_MAX = 2_000_000  # held while claims are put together
OF_PEOPLE = ("BENE_MDCR_ENTLMT", "BENE_CMBND_DUAL_MDCR")
OF_CLAIMS = ("CLM_LINE", "CLM_LINE_INSTNL", "CLM_INSTNL", "CLM_PROD")
Key = tuple[str, ...]


@cache
def codes() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "tables.toml").read_text("utf-8"))


def name_of(start: bytes) -> str:
    """The table whose columns are in the header; '' where none has them."""
    titles = {title.upper() for title in columns(start)}
    return next((name for name, needed in codes()["known"].items() if titles.issuperset(needed)), "")


def gathered(members: list[Member]) -> dict[str, list[Member]]:
    by_name: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        stream = member.open()
        try:
            by_name[name_of(stream.read(LOOK_BYTES))].append(member)
        finally:
            stream.close()
    return by_name


def claim_key(row: Row) -> Key:
    """By which the parts of a claim are tied to it."""
    return tuple(row[name] for name in ("GEO_BENE_SK", "CLM_DT_SGNTR_SK", "CLM_TYPE_CD", "CLM_NUM_SK"))


@dataclass(slots=True)
class Beside:
    """`crossed` are (present number, former number) that CMS holds to be one person; `mbi` the days a number held."""

    crossed: set[tuple[str, str]] = field(default_factory=set)
    mbi: dict[str, Row] = field(default_factory=dict)
    of_people: dict[str, dict[str, list[Row]]] = field(default_factory=dict)
    of_claims: dict[str, dict[Key, list[Row]]] = field(default_factory=dict)
    days: dict[str, Row] = field(default_factory=dict)
    held: int = 0

    @classmethod
    def of(cls, by_name: dict[str, list[Member]]) -> "Beside":
        """All of it in memory, under a limit."""
        made = cls()
        read = {name: made._rows(members) for name, members in by_name.items()}
        made.crossed = {
            (row["BENE_SK"], row["BENE_XREF_SK"])
            for row in read.get("BENE_XREF", ())
            if row["BENE_KILL_CRED_CD"] == "2"
        }
        made.mbi = {row["BENE_MBI_ID"]: row for row in read.get("BENE_MBI_ID", ())}
        made.days = {row["CLM_DT_SGNTR_SK"]: row for row in read.get("CLM_DT_SGNTR", ())}
        made.of_people = {name: _by(read.get(name, ()), "BENE_SK") for name in OF_PEOPLE}
        for name in OF_CLAIMS:
            kept = made.of_claims[name] = defaultdict(list)
            for row in read.get(name, ()):
                kept[(row["CLM_UNIQ_ID"],) if name == "CLM_LINE" else claim_key(row)].append(row)
        return made

    def _rows(self, members: list[Member]) -> Iterator[Row]:
        for row in (row for member in members for row in rows(member)):
            self.held += 1
            if self.held > ROWS_MAX:
                raise Malformed(f"The tables have more than {ROWS_MAX:,} rows.", do="Ask for them in parts.")
            yield row

    def left_over(self, known: Container[str]) -> Iterator[Row]:
        """Rows about people whom nothing else names."""
        for told in self.of_people.values():
            yield from (row for number, several in told.items() if number not in known for row in several)

    def part(self, table: str, claim: Row) -> list[Row]:
        """The rows of a table that are of the claim."""
        key = (claim["CLM_UNIQ_ID"],) if table == "CLM_LINE" else claim_key(claim)
        return self.of_claims[table].get(key, [])

    def taken(self, claim: Row) -> list[Row]:
        """All of them, which are of no other claim from now on."""
        lines = self.of_claims["CLM_LINE"].pop((claim["CLM_UNIQ_ID"],), [])
        others = [self.of_claims[name].pop(claim_key(claim), []) for name in OF_CLAIMS if name != "CLM_LINE"]
        return [*lines, *(row for several in others for row in several)]

    def parts_left_over(self) -> Iterator[Row]:
        for told in self.of_claims.values():
            yield from (row for several in told.values() for row in several)


def _by(several: Iterable[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in several:
        found[row[column]].append(row)
    return found
