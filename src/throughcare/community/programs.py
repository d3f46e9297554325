"""Programs: who runs each program of the community, and the words it uses in its messages (programs.csv)."""

import csv
from dataclasses import dataclass
from pathlib import Path

_TABLE = Path(__file__).with_name("programs.csv")


@dataclass(frozen=True, slots=True)
class Program:
    """One program: the code its enrollments carry, the kinds of its consent and its referrals, and who sends them."""

    program: str
    care_model: str
    consent: str
    asked_as: str
    source: str
    organization: str
    title: str


def _read() -> dict[str, Program]:
    with _TABLE.open(newline="") as table:
        return {row["program"]: Program(**row) for row in csv.DictReader(table)}


PROGRAMS = _read()
STATE = ("state_medicaid", "State Medicaid")
MEDICARE = ("medicare", "Medicare")
SCHOOLS = ("harbor_schools", "Harbor School District")
WELFARE = ("county_welfare", "County Child Welfare")


def sources() -> dict[str, str]:
    """The name people know each program's source by."""
    own = {p.source: p.title for p in PROGRAMS.values() if p.source}
    return own | dict([STATE, MEDICARE, SCHOOLS, WELFARE])
