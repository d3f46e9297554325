"""Measured: OBX lines of no report, such as weight at admission or what was asked with an order, as Observations."""

from collections.abc import Sequence

from throughcare.intake.hl7v2.results import observations
from throughcare.intake.hl7v2.said import Spoken
from throughcare.intake.shapes import Resource


def measured(id: str, spoken: Sequence[Spoken]) -> list[Resource]:
    """Of one message; when it does not say when, then when it was recorded."""
    one = spoken[-1]
    return observations(one, one.patient + one.visit, done=one.said.noted, category="", alone=True)
