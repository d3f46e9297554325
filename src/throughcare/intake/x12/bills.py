"""Bills: an 837, claim by claim, as ExplanationOfBenefit with outcome queued: sent to the payer, not yet answered."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from throughcare.intake.claims import (
    ICD9,
    ICD10,
    INPATIENT_BILLS,
    PCS,
    PCS9,
    Claim,
    Line,
    explanation,
    service_system,
)  # fmt: skip
from throughcare.intake.formats import Given
from throughcare.intake.shapes import Resource, reference, resource_id
from throughcare.intake.x12.loops import Loop
from throughcare.intake.x12.read import Segment
from throughcare.intake.x12.values import moment, money, organization, period, person, said, tables

VOID = "8"  # CLM05-3: the claim of this number is taken back


def claims(root: Loop, given: Given) -> Iterator[tuple[list[Segment], "Reading"]]:
    """Every claim of the set, with the segments that say it, so that a faulty one is kept by itself."""
    start = root.one("BHT")
    sent = moment(start[4], start[5], given.settings.time_zone)
    header = [*root.segments[1:], *(s for loop in root.within("submitter", "receiver") for s in loop.walked())]
    for billing in root.within("billing provider level"):
        for subscriber in billing.within("subscriber level"):
            for patient in [subscriber, *subscriber.within("patient level")]:
                levels = [billing, subscriber, *([patient] if patient is not subscriber else [])]
                for claim in patient.within("claim"):
                    above = [s for level in levels for s in _own(level)]
                    yield [*header, *above, *claim.walked()], Reading(given, sent, billing, subscriber, patient, claim)


def _own(level: Loop) -> Iterator[Segment]:
    """What a level says itself, without claims and the levels below."""
    yield from level.segments
    for loop in level.loops:
        if loop.segments[0].id != "HL" and loop.name != "claim":
            yield from loop.walked()


class Reading:
    """One claim and the levels it stands under."""

    def __init__(
        self, given: Given, sent: str, billing: Loop, subscriber: Loop, patient: Loop, claim: Loop
    ) -> None:  # fmt: skip
        self.given, self.sent, self.claim = given, sent, claim
        self.biller = billing.named("billing provider")
        self.taxonomy = billing.one("PRV", "BI")
        self.insured, self.payer = subscriber.named("subscriber"), subscriber.named("payer")
        own = patient.named("patient")
        self.patient = own if own.segments else self.insured

    def resources(self) -> list[Resource]:
        """The patient, who bills, and the claim."""
        number = self.insured.one("NM1")[9]
        loop, provider = self.patient, self.biller
        who = person(self.given, number, loop.one("NM1"), (loop.one("N3"), loop.one("N4")), loop.one("DMG"))
        place = provider.one("N3"), provider.one("N4")
        biller = organization(self.given, provider.one("NM1"), place, provider.one("REF", "EI", "SY"))
        return [who, biller, explanation(self._claim(who["id"], biller, number))]

    def _claim(self, patient_id: str, biller: Resource, member: str) -> Claim:
        clm, payer, provider = self.claim.one("CLM"), self.payer.one("NM1"), self.biller.one("NM1")
        institutional = clm.part(5, 2) == "A" or any(s.id == "SV2" for s in self.claim.walked())
        lines = list(self._lines(clm, institutional))
        start, end = self._days(lines)
        made = Claim(
            id=resource_id(self.given.source, "claim", biller["id"], clm[1], patient_id),
            kind="institutional" if institutional else "professional",
            patient_id=patient_id, created=self.sent, number=clm[1], outcome="queued",
            status="cancelled" if clm.part(5, 3) == VOID else "active",
            number_system=f"urn:throughcare:account:{self.given.source}",
            insurer=_payer(payer), member=member, start=start, end=end,
            provider={**reference("Organization", biller["id"]), "display": biller.get("name", "")},
            tin=self.biller.one("REF", "EI", "SY")[2].replace("-", ""),
            replaces=self.claim.one("REF", "F8")[2], money={"submitted": money(clm[2], clm)}, lines=lines,
        )  # fmt: skip
        self._coded(made)
        self._team(made, provider)
        if institutional:
            self._stay(made, clm)
        return made

    def _days(self, lines: list[Line]) -> tuple[str, str]:
        """The period of the statement; without one, that of the lines."""
        statement = self.claim.one("DTP", "434")
        if statement[3]:
            return period(statement)
        days = [day for line in lines for day in (line.start, line.end) if day]
        return (min(days), max(days)) if days else ("", "")

    def _coded(self, made: Claim) -> None:
        """Diagnoses, procedures and the group of HI. One that comes as BK*8901 for BK:8901 is understood."""
        for hi in self.claim.all("HI"):
            words = [hi[n] for n in range(1, len(hi.words))]
            for n, word in enumerate(words):
                parts = [part.strip() for part in word.split(hi.part_separator)]
                if len(parts) == 1 and n + 1 < len(words) and hi.part_separator not in words[n + 1]:
                    parts.append(words[n + 1])
                qualifier, code = parts[0], parts[1] if len(parts) > 1 else ""
                self._one_code(made, qualifier, code, parts)

    def _one_code(self, made: Claim, qualifier: str, code: str, parts: list[str]) -> None:
        if qualifier in tables()["diagnosis"] and code:
            kind, edition = tables()["diagnosis"][qualifier]
            first = not any(one[0] == "principal" for one in made.diagnoses)
            kind = "other" if kind == "principal" and not first else kind
            present = parts[8] if len(parts) > 8 else ""
            made.diagnoses.append((kind, code, ICD10 if edition == "10" else ICD9, present))
        elif qualifier in tables()["procedure"] and code:
            system = PCS if tables()["procedure"][qualifier] == "10" else PCS9
            made.procedures.append((code, system, period(Segment(0, ("", "", "", *parts[3:4])))[0]))
        elif qualifier == "DR":
            made.drg = code

    def _team(self, made: Claim, provider: Segment) -> None:
        """Who took part. Of a professional claim that names nobody, whoever bills did it."""
        for name in self.claim.all("NM1"):
            if role := said("team", name[1]):
                npi = name[9] if name[8] == "XX" else ""
                made.team.append((role, npi, " ".join(w for w in (name[4], name[3]) if w), self._taxonomy_of(name)))
        if made.kind == "professional" and not any(one[0] == "rendering" for one in made.team):
            npi = provider[9] if provider[8] == "XX" else ""
            made.team.append(("performing", npi, provider[3], self.taxonomy[3]))

    def _taxonomy_of(self, name: Segment) -> str:
        """What the PRV after a name says of it."""
        after = self.claim.segments.index(name) + 1
        follows = self.claim.segments[after] if after < len(self.claim.segments) else name
        return follows[3] if follows.id == "PRV" else ""

    def _stay(self, made: Claim, clm: Segment) -> None:
        made.bill_type = clm.part(5, 1) + clm.part(5, 3)
        inside = clm.part(5, 1).startswith(INPATIENT_BILLS)
        made.setting = "inpatient" if inside else "outpatient"
        made.disposition = self.claim.one("CL1")[3]
        admitted = period(self.claim.one("DTP", "435"))[0]
        if inside and admitted:
            made.admitted, made.discharged = admitted, "" if made.disposition == "30" else made.end

    def _lines(self, clm: Segment, institutional: bool) -> Iterator[Line]:
        """Service lines, and those that came without their number."""
        loops = self.claim.within("service line")
        bare = [n for n, s in enumerate(self.claim.segments) if s.id in ("SV1", "SV2")]
        for at, until in pairwise([*bare, len(self.claim.segments)]):
            loops = [*loops, Loop({"name": "service line"}, self.claim.segments[at:until])]
        for number, loop in enumerate(loops, 1):
            yield _hospital(number, loop) if loop.one("SV2").number else _professional(number, loop, clm)


def _professional(number: int, loop: Loop, clm: Segment) -> Line:
    sv = loop.one("SV1")
    pointers = [sv.part(7, n) for n in range(1, len(sv[7].split(sv.part_separator)) + 1)]
    made = _line(number, loop, sv, 1, sv[4])
    made.place = sv[5] or clm.part(5, 1)
    made.money = {"submitted": money(sv[2], sv)}
    made.diagnoses = [int(p) for p in pointers if p.isdecimal() and 0 < int(p) <= 12]
    return made


def _hospital(number: int, loop: Loop) -> Line:
    sv = loop.one("SV2")
    made = _line(number, loop, sv, 2, sv[5])
    made.revenue, made.money = sv[1], {"submitted": money(sv[3], sv), "noncovered": money(sv[7], sv)}
    return made


def _line(number: int, loop: Loop, sv: Segment, at: int, units: str) -> Line:
    code = sv.part(at, 2) if sv.part(at, 1) in ("HC", "HP") else ""
    start, end = period(loop.one("DTP", "472"))
    quantity: Decimal | None = money(units, sv)
    who = loop.one("NM1", "82")
    return Line(
        number, code, service_system(code), [m for n in range(3, 7) if (m := sv.part(at, n))], start, end,
        units=quantity, performed_by=who[9] if who[8] == "XX" else "", text=sv.part(at, 7),
    )  # fmt: skip


def _payer(name: Segment) -> Resource:
    number: Resource = {"identifier": {"value": name[9]}} if name[9] else {}
    return {**number, "display": name[3] or "not said"}
