"""Units: one unit for each thing that devices measure; another is converted, an impossible reading refused."""

import re
import tomllib
from decimal import Decimal
from importlib.resources import files
from typing import Any

from throughcare.faults import Malformed

READ: dict[str, Any] = tomllib.loads((files(__package__) / "readings.toml").read_text(), parse_float=Decimal)
READINGS: dict[str, dict[str, Any]] = {code: one for one in READ["reading"].values() for code in one["codes"]}
UCUM, OURS = "http://unitsofmeasure.org", "urn:throughcare:"
_NOTES = re.compile(r"\{[^{}]*\}")  # of UCUM: words in braces measure nothing
_DIGITS = 4  # after the point; more is noise of the conversion

Resource = dict[str, Any]


def quantity(code: str, value: Decimal | int | float, unit: str) -> Resource:
    """A Quantity in our unit. Raises Malformed for a unit that does not measure this, and a value no person has."""
    reading = READINGS[code]
    given = Decimal(str(value))
    bare = _NOTES.sub("", unit)
    if bare == _NOTES.sub("", reading["unit"]):
        ours = given
    elif bare in reading["from"]:
        factor, offset = map(Decimal, reading["from"][bare])
        ours = given if (factor, offset) == (1, 0) else round(given * factor + offset, _DIGITS).normalize()
    else:
        raise Malformed(f"The reading {code} is in a unit that does not measure it; {reading['unit']} would.")
    low, high = reading["range"]
    if not low <= ours <= high:
        raise Malformed(
            f"The reading {code} is outside of what a living person has ({low} to {high} {reading['unit']})."
        )
    plain = Decimal(format(ours, "f"))
    return {"value": plain, "unit": reading["unit"], "system": UCUM, "code": reading["unit"]}


def in_our_units(observation: Resource) -> Resource:
    """A device's Observation in our units, beside each reading as it came; itself when nothing changes."""
    parts = [_part(part) for part in observation.get("component", ())]
    whole = _part(observation)
    if whole is observation and all(
        new is old for new, old in zip(parts, observation.get("component", ()), strict=True)
    ):
        return observation
    return {**whole, **({"component": parts} if parts else {})}


def _part(part: Resource) -> Resource:
    value = part.get("valueQuantity", {})
    codes = [one.get("code", "") for one in part.get("code", {}).get("coding", ())]
    code = next((one for one in codes if one in READINGS), "")
    if not code or "value" not in value:
        return part
    unit = value.get("code") or value.get("unit") or ""
    ours = quantity(code, value["value"], unit)
    if ours["code"] == unit:
        return part
    as_measured = {"url": OURS + "as-measured", "valueQuantity": value}
    return {**part, "valueQuantity": ours | {"extension": [as_measured]}}
