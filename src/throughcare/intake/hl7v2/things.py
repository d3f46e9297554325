"""Things: what a message speaks of, each with an id that every message about it comes to: a patient, a visit, a report.

What is stored of a thing is a function of all messages about it (FOLDS), in the order they were recorded.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from throughcare.intake.hl7v2.appointments import appointment
from throughcare.intake.hl7v2.conditions import problem
from throughcare.intake.hl7v2.documents import document
from throughcare.intake.hl7v2.measured import measured
from throughcare.intake.hl7v2.message import Segment
from throughcare.intake.hl7v2.orders import medication, request
from throughcare.intake.hl7v2.person import patient
from throughcare.intake.hl7v2.results import report
from throughcare.intake.hl7v2.said import Said, Spoken, patient_id, visit_id
from throughcare.intake.hl7v2.vaccinations import NOTHING_GIVEN, vaccination
from throughcare.intake.hl7v2.visit import visit
from throughcare.intake.shapes import Resource

Thing = tuple[str, str]  # its kind, and the id of its resource
FOLDS: dict[str, Callable[[str, Sequence[Spoken]], list[Resource]]] = {
    "patient": patient, "visit": visit, "report": report, "request": request, "medication": medication,
    "vaccination": vaccination, "document": document, "appointment": appointment, "problem": problem,
    "measured": measured,
}  # fmt: skip
_REGISTRATION = ("ADT", "BAR", "DFT")
_OPENS = ("ORC", "OBR", "RXA", "RXO", "RXE", "PRB", "TXA", "SCH")
_REPORTS = ("ORU", "OUL")


def things(said: Said) -> Iterator[tuple[Thing, Spoken]]:
    """Everything a message speaks of."""
    for group in said.people():
        one = group.named()
        if one.patient:
            yield from _of_patient(said, one)


def _of_patient(said: Said, one: Spoken) -> Iterator[tuple[Thing, Spoken]]:
    merges = (said.rule or {}).get("merges")
    losers = [i for s in one.all("MRG") if (i := patient_id(said, s.parts(1))) and i != one.patient]
    if merges == "patient" and losers:
        for loser in losers:
            yield ("patient", loser), replace(one, role="merged", other=one.patient)
            yield ("patient", one.patient), replace(one, role="kept", other=loser)
    else:
        yield ("patient", one.patient), one
    for stay in _visits(one):
        if stay.visit:
            yield ("visit", stay.visit), stay
    if merges == "visit":
        for number in (p for s in one.all("MRG") for p in s.parts(5) if p.text(1)):
            if (lost := visit_id(said, number)) != one.visit:
                yield ("visit", lost), replace(one, role="merged", other=one.visit)
    if loose := _loose(said, one):
        yield ("measured", said.id("measured", one.patient, said.digest.hex())), replace(one, segments=loose)
    if said.kind not in _REGISTRATION:
        for group in _groups(one):
            yield from _of_group(said, group)


def _visits(one: Spoken) -> Iterator[Spoken]:
    """Each visit of the patient with what stands behind it; most messages speak of one."""
    starts = [n for n, segment in enumerate(one.segments) if segment.name == "PV1"]
    if len(starts) < 2:
        yield one
        return
    pid = [s for s in one.segments if s.name == "PID"]
    yield replace(one, segments=one.segments[: starts[1]])
    for start, end in pairwise([*starts[1:], len(one.segments)]):
        yield replace(one, segments=[*pid, *one.segments[start:end]]).named()


def _loose(said: Said, one: Spoken) -> list[Segment]:
    """OBX lines of no report and no document."""
    if said.kind == "MDM":
        return []
    opens = next((n for n, s in enumerate(one.segments) if s.name in _OPENS), len(one.segments))
    own = one.segments[:opens] if said.kind in _REPORTS else one.segments
    return [s for s in own if s.name == "OBX"]


def _groups(one: Spoken) -> Iterator[Spoken]:
    """The segments of one order, report, vaccination, document, appointment or problem: each opened by its own."""
    gathered: list[Segment] = []
    for segment in one.segments:
        opens = segment.name in _OPENS
        joins = gathered and gathered[-1].name == "ORC" and segment.name != "ORC"
        if opens and not joins and gathered:
            yield replace(one, segments=gathered)
            gathered = []
        if opens or gathered:
            gathered.append(segment)
    if gathered:
        yield replace(one, segments=gathered)


def _of_group(said: Said, one: Spoken) -> Iterator[tuple[Thing, Spoken]]:
    own = {segment.name: segment for segment in reversed(one.segments)}
    number = next((k for n in ("OBR", "ORC") if n in own for f in (3, 2) if (k := own[n].text(f))), "")
    if "RXA" in own:
        rxa = own["RXA"]
        if rxa.text(5) and rxa.text(5) != NOTHING_GIVEN:
            key = number or f"{one.patient} {rxa.text(3)}"
            yield ("vaccination", said.id("vaccination", key, rxa.text(5))), one
    elif "RXE" in own or "RXO" in own:
        line, field = (own["RXE"], 2) if "RXE" in own else (own["RXO"], 1)
        yield ("medication", said.id("medication", *_key(said, one, number), line.text(field))), one
    elif "OBR" in own:
        kind = "report" if said.kind in _REPORTS else "request"
        yield (kind, said.id(kind, *_key(said, one, number), own["OBR"].text(4))), one
    elif "TXA" in own:
        txa = own["TXA"]
        name, came_from = (txa.text(n, 1) or txa.text(n, 3) for n in (12, 13))
        source = said.id("document", one.patient, came_from) if came_from else ""
        mine = said.id("document", one.patient, name or said.digest.hex())
        yield ("document", mine), replace(one, other=source)
        if source and source != mine and (said.rule or {}).get("marks") == "replaces":
            yield ("document", source), replace(one, role="replaced", other=mine)
    elif "SCH" in own:
        sch = own["SCH"]
        booked = next((k for n in (2, 1, 26, 27) if (k := sch.text(n))), said.digest.hex())
        yield ("appointment", said.id("appointment", booked)), one
    elif "PRB" in own:
        prb = own["PRB"]
        if what := prb.text(4) or prb.text(3) or prb.text(3, 2):
            yield ("problem", said.id("problem", one.patient, what)), one


def _key(said: Said, one: Spoken, number: str) -> tuple[str, str]:
    """By the number of whoever fills or places it; without one, this message's own."""
    return one.patient if not number else "", number or said.digest.hex()
