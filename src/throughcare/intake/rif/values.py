"""Values: days, amounts and codes of RIF, as FHIR writes them; what is none is said, never guessed."""

import re
import tomllib
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from throughcare.faults import Malformed
from throughcare.intake.claims import ICD9, ICD10, PCS, PCS9
from throughcare.intake.rif.read import Row

_AMOUNT = re.compile(r"[-+]?(\d{1,16}(\.\d{0,8})?|\.\d{1,8})")


@cache
def tables() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "columns.toml").read_text("utf-8"))


def day(row: Row, column: str, *, needed: bool = False) -> str:
    """27-OCT-1999, 27-Oct-1999, 19991027 or 1999-10-27. Malformed where it is none of them, or missing but needed."""
    text = row[column]
    if not text and not needed:
        return ""
    for form in ("%d-%b-%Y", "%Y%m%d", "%Y-%m-%d"):
        try:
            found = datetime.strptime(text.title(), form)
        except ValueError:
            continue
        if found.year >= 1000:
            return found.strftime("%Y-%m-%d")
    raise Malformed(f"Line {row.number}: {column} is {'missing' if not text else 'no date'}.")


def amount(row: Row, column: str) -> Decimal | None:
    text = row[column]
    if not text:
        return None
    if not _AMOUNT.fullmatch(text):
        raise Malformed(f"Line {row.number}: {column} is no number.")
    return Decimal(text)


def diagnosis_system(version: str) -> str:
    return ICD9 if version == "9" else ICD10


def procedure_system(version: str) -> str:
    return PCS9 if version == "9" else PCS
