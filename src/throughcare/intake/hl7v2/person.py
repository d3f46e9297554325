"""Person: the patient as the source's messages together tell them, and what belongs to them rather than a visit."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from throughcare.intake.hl7v2 import conditions, cover, staff, values
from throughcare.intake.hl7v2.latest import Latest
from throughcare.intake.hl7v2.message import Part
from throughcare.intake.hl7v2.said import Spoken
from throughcare.intake.hl7v2.values import TERMS, said
from throughcare.intake.shapes import Resource, coded, identifier, reference

_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
_MAIDEN = "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName"
_RACE = "urn:oid:2.16.840.1.113883.6.238"
_UNKNOWN_RACE = ("", "U", "UNK", "N", "D")
_OMB = {
    "race": ("1002-5", "2028-9", "2054-5", "2076-8", "2106-3"), "ethnicity": ("2135-2", "2186-5"),
}  # fmt: skip
_ETHNICITY = {"H": "2135-2", "N": "2186-5", "NH": "2186-5"}  # table 0189


def patient(id: str, spoken: Sequence[Spoken]) -> list[Resource]:
    """The Patient, and the clinician they call their own."""
    own = [one for one in spoken if one.role != "merged"]
    last = Latest("PID", own)
    names = [values.human_name(p) for p in last.parts(5)]
    born = last.time(7)
    clinician = next((p for one in reversed(own) if (p := _own_clinician(one))), None)
    whole: Resource = {
        "resourceType": "Patient",
        "id": id,
        "extension": [
            *(e for kind, n in (("race", 10), ("ethnicity", 22)) if (e := _omb(kind, last.parts(n)))),
            *({"url": _MAIDEN, "valueString": name} for name in [last.text(6)] if name),
        ],
        "identifier": _numbers(spoken, last),
        "name": [{**name, "use": name["use"] or ("official" if not i else "")} for i, name in enumerate(names)],
        "telecom": [t for n, use in ((13, "home"), (14, "work")) for p in last.parts(n)
                    if (t := values.telecom(p, use))["value"]],
        "gender": said("sex", last.text(8), "unknown" if last.text(8) else ""),
        "birthDate": born.day if born else "",
        "address": [values.address(p) for p in last.parts(11)],
        "maritalStatus": coded(m, f"{TERMS}v3-MaritalStatus") if (m := said("marital", last.text(16))) else {},
        "communication": [{"language": c, "preferred": True} for p in last.parts(15)[:1] if (c := values.concept(p))],
        "generalPractitioner": [reference("Practitioner", clinician["id"])] if clinician else [],
    }  # fmt: skip
    died, is_dead = last.time(29), last.text(30)
    whole |= {"deceasedDateTime": died.fhir} if died and is_dead != "N" else {}
    whole |= {"deceasedBoolean": is_dead == "Y"} if is_dead in ("Y", "N") and "deceasedDateTime" not in whole else {}
    beside = [*conditions.allergies(id, own), *cover.related(id, own), *cover.coverages(id, own)]
    return [{**whole, **_standing(spoken)}, *([clinician] if clinician else []), *beside]


def _numbers(spoken: Sequence[Spoken], last: Latest) -> list[Resource]:
    """Every number of the last list, those of fields older versions use, and, of one merged away, its own."""
    found: list[Resource] = []
    for field in (3, 2, 4):
        if who := last.who(field):
            found += [values.number(p, who.source, who.home) for p in last.parts(field) if p.text(1)]
    found += [identifier(values.SSN, ssn, "SS")] if (ssn := last.text(19)) else []
    found += [_license(p) for p in last.parts(20) if p.text(1)]
    merged = [one for one in spoken if one.role == "merged"]
    for one in merged:
        found += [values.number(p, one.said.source, one.said.home) for s in one.all("MRG") for p in s.parts(1)]
    unique: dict[tuple[str, str], Resource] = {}
    for number in found:
        unique.setdefault((number.get("system", ""), number["value"]), number)
    return list(unique.values())


def _license(part: Part) -> Resource:
    """A driver's license, of a state where one is named."""
    return identifier(f"urn:throughcare:license:{quote(part.text(2), safe='') or 'unknown'}", part.text(1), "DL")


def _standing(spoken: Sequence[Spoken]) -> dict[str, Any]:
    """Whether they were merged into another, or another into them; the last word counts, so a merge can be undone."""
    replaced, replaces, active = "", dict[str, None](), True
    for one in spoken:
        if one.role == "merged":
            replaced, active = one.other, False
            replaces.pop(one.other, None)
        elif one.role == "kept":
            replaces[one.other] = None
            replaced, active = ("", True) if replaced == one.other else (replaced, active)
        elif one.said.rule and one.said.rule.get("marks") == "inactive":
            active = False
    links = [{"other": reference("Patient", p), "type": "replaces"} for p in replaces]
    links += [{"other": reference("Patient", replaced), "type": "replaced-by"}] if replaced else []
    return {"active": active, "link": links}


def _own_clinician(one: Spoken) -> Resource | None:
    pd1 = one.first("PD1")
    return next((p for part in pd1.parts(4) if (p := staff.clinician(one.said, part))), None) if pd1 else None


def _omb(kind: str, parts: list[Part]) -> Resource:
    """The extension of US Core for race or ethnicity."""
    codes = [_ETHNICITY.get(p.text(1), p.text(1)) if kind == "ethnicity" else p.text(1) for p in parts]
    words = [p.text(2) for p in parts]
    listed = [(c, w) for c, w in zip(codes, words, strict=True) if c in _OMB[kind]]
    texts = [w for w in words if w] or [c for c in codes if c not in _UNKNOWN_RACE]
    if not texts and not listed:
        return {}
    inner: list[Resource] = [
        {"url": "ombCategory", "valueCoding": {"system": _RACE, "code": c, "display": w}}
        for c, w in (listed if kind == "race" else listed[:1])
    ]
    inner.append({"url": "text", "valueString": ", ".join(texts) or listed[0][0]})
    return {"url": f"{_CORE}{kind}", "extension": inner}
