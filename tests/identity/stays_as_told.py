"""One person's stays as a hospital's messages, another system's documents and a plan's claims tell of them.

Days are written as in "2026-03-02" or "2026-03-02 11:00", in New York.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from throughcare.flow import door
from throughcare.flow.moment import Moment
from throughcare.identity import run as identity
from throughcare.identity import stays
from throughcare.identity.comparisons import of_site
from throughcare.intake import status
from throughcare.intake.load import load
from throughcare.record.view import View
from throughcare.stores.postgres import Database

from ..intake.ccda_documents import document

ZONE = ZoneInfo("America/New_York")
SSN = "111-45-6789"
NPI = "1111111112"
UB04 = "https://www.nubc.org/CodeSystem/PatDischargeStatus"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text if " " in text else f"{text} 09:00").replace(tzinfo=ZONE)


def stamp(text: str) -> str:
    return moment(text).strftime("%Y%m%d%H%M%S%z") if " " in text else text.replace("-", "")


def adt(event: str, visit: str, at: str, admitted: str, left: str = "", *, to: str = "01", kind: str = "I",
        place: str = "GENERAL") -> bytes:  # fmt: skip
    """A message of admission (A01), discharge (A03) or cancellation (A11)."""
    return (
        f"MSH|^~\\&|EHR|{place}|B|C|{stamp(at)}||ADT^{event}|{visit}{event}{stamp(at)}|P|2.5.1\rEVN|{event}|{stamp(at)}\r"
        f"PID|1||R77^^^{place}^MR~{SSN}^^^USSSA^SS||Lopez^Ana||19500131|F|||1 Elm St^^Troy^NY^12180^USA^H\r"
        f"PV1|1|{kind}|3 EAST^12^A^{place}|1||||||MED||||7|||||{visit}^^^{place}^VN"
        + 17 * "|" + f"{to if left else ''}" + 8 * "|" + f"{stamp(admitted)}|{stamp(left) if left else ''}\r"
    ).encode()  # fmt: skip


def summary(visit: str, admitted: str, left: str, *, number: str = "", to: str = "", kind: str = "IMP") -> bytes:
    """A discharge summary."""
    gone = f'<sdtc:dischargeDispositionCode code="{to}" codeSystem="2.16.840.1.113883.6.301.5"/>' if to else ""
    high = f'<high value="{stamp(left)}"/>' if left else ""
    place = f'<id root="2.16.840.1.113883.4.6" extension="{number}"/>' if number else ""
    header = f"""<componentOf><encompassingEncounter><id root="2.16.840.1.113883.19.5.9" extension="{visit}"/>
        <code code="{kind}" codeSystem="2.16.840.1.113883.5.4"/>
        <effectiveTime><low value="{stamp(admitted)}"/>{high}</effectiveTime>{gone}
        <location><healthCareFacility><serviceProviderOrganization>{place}<name>General Hospital</name>
        </serviceProviderOrganization></healthCareFacility></location></encompassingEncounter></componentOf>"""
    who = f'MRN7"/><id root="2.16.840.1.113883.4.1" extension="{SSN}'
    return document(code="18842-5", header=header, patient=who, document=f"D{visit}")


def claim(
    id: str, start: str, end: str, *, bill: str = "111", to: str = "01", number: str = "", **more: object
) -> dict:
    def said(kind: str, **value: object) -> dict:
        system = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBSupportingInfoType"
        return {"category": {"coding": [{"system": system, "code": kind}]}, **value}

    def coded(code: str, system: str = "urn:stories") -> dict:
        return {"coding": [{"system": system, "code": code}]}

    told = [
        said("typeofbill", code=coded(bill)),
        said("admissionperiod", timingPeriod={"start": start, "end": end}),
        said("discharge-status", code=coded(to)),
    ]
    numbered = {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": number}}
    return {
        "resourceType": "ExplanationOfBenefit", "id": id, "status": "active", "use": "claim", "outcome": "complete",
        "type": coded("institutional", "http://terminology.hl7.org/CodeSystem/claim-type"),
        "patient": {"reference": "Patient/member"}, "created": "2026-03-16",
        "billablePeriod": {"start": start, "end": end}, "insurer": {"display": "Plan"},
        "provider": numbered if number else {"display": "General Hospital"},
        "insurance": [{"focal": True, "coverage": {"display": "Plan"}}],
        "supportingInfo": [{"sequence": n, **one} for n, one in enumerate(told, 1)],
        "diagnosis": [{"sequence": 1, "diagnosisCodeableConcept": coded("I50.22", ICD)}], **more,
    }  # fmt: skip


def asked(
    id: str,
    start: str,
    end: str = "",
    *,
    where: str = "General Hospital",
    was: str = "yes",
    to: str = "",
    **more: object,
) -> dict:
    """What she or her family answers on the form about stays in hospital."""
    answers = {
        "in_hospital": {"valueCoding": {"system": "urn:throughcare:answer", "code": was}},
        "place": {"valueString": where}, "began_on": {"valueDate": start}, "left_on": {"valueDate": end},
        "left_to": {"valueCoding": {"system": UB04, "code": to} if to else {}},
    }  # fmt: skip
    said = [{"linkId": link, "answer": [one]} for link, one in answers.items() if all(one.values())]
    return {
        "resourceType": "QuestionnaireResponse", "id": id, "questionnaire": "urn:throughcare:form:hospital_stay|1",
        "status": "completed", "subject": {"reference": "Patient/member"}, "authored": "2026-03-10T10:00:00-04:00",
        "source": {"reference": "Patient/member"}, "item": said, **more,
    }  # fmt: skip


MEMBER = {
    "resourceType": "Patient", "id": "member", "birthDate": "1950-01-31", "gender": "female",
    "identifier": [{"system": "http://hl7.org/fhir/sid/us-ssn", "value": SSN}],
    "name": [{"family": "Lopez", "given": ["Ana"]}],
}  # fmt: skip


@dataclass
class Told:
    """A record that is told of stays through the doors that sources use, and looked at as a pass looks."""

    database: Database
    folder: Path
    files: int = field(default=0, init=False)

    def says(self, source: str, at: str, *pieces: bytes | dict) -> None:
        """A source sends messages, documents or resources; then identity and stays look."""
        paths = []
        for piece in pieces:
            self.files += 1
            data = json.dumps(piece).encode() if isinstance(piece, dict) else piece
            ending = "json" if isinstance(piece, dict) else "xml" if data.startswith(b"<") else "hl7"
            paths.append(self.folder / f"{self.files:03}.{ending}")
            paths[-1].write_bytes(data)

        def commit(changes):
            return door.commit(self.database, changes, stage="intake", at=moment(at))

        counts = load(self.database, paths, source=source, settings=self.database.settings, commit=commit)
        assert counts.quarantined == 0 and counts.read == counts.stored + counts.known, counts
        self.look(at)

    def look(self, at: str) -> int:
        """What a pass does before it decides; how many resources the stays' own visits wrote."""
        weights = of_site(self.database.settings.identity_weights)
        people = Moment(self.database).everyone(0, 1000)
        linked = identity.run(Moment(self.database), moment(at), people, weights)
        door.commit(self.database, linked, stage="identity", at=moment(at))
        found = stays.run(Moment(self.database), moment(at), Moment(self.database).everyone(0, 1000))
        door.commit(self.database, found, stage="identity", at=moment(at))
        return len(found.puts) + len(found.deletes)

    def rows(self, view: str = "encounter", at: str = "") -> list[dict]:
        """Rows as care models see them, now or as known at a moment."""
        people = View(self.database).people(["member"]).values()
        found = View(self.database, moment(at) if at else None).tables(list(people) or None, [view])[view].to_pylist()
        return sorted(found, key=lambda row: f"{row.get('started_at')} {row['key']}")

    def missed(self, at: str) -> dict[str, dict[str, int]]:
        """What each feed did not tell of, by month."""
        return {f.source: f.missed for f in status.feeds(self.database, at=moment(at)) if f.missed}

    def days(self, at: str = "") -> list[tuple[str, str | None]]:
        """The stays, as first and last days."""
        return [(f"{r['started_on']}", r["ended_on"] and f"{r['ended_on']}") for r in self.rows(at=at)]
