"""Members: an 834, member by member, as Patient and one Coverage for each plan and start."""

from collections.abc import Iterator

from throughcare.intake.claims import TIN
from throughcare.intake.formats import Given
from throughcare.intake.shapes import Resource, coded, identifier, reference, resource_id, without_blanks
from throughcare.intake.x12.loops import Loop
from throughcare.intake.x12.read import Segment
from throughcare.intake.x12.values import day, full_name, mbi, person, said

_VOID = ("002",)  # HD01, INS03: deleted
_MEMBER_NUMBERS = ("0F", "1L", "23", "3H", "F6")


def members(root: Loop, given: Given) -> Iterator[tuple[list[Segment], "Reading"]]:
    header = [*root.segments[1:], *(s for loop in root.within("sponsor", "insurer") for s in loop.walked())]
    for member in root.within("member"):
        yield [*header, *member.walked()], Reading(given, root, member)


class Reading:
    """One member: the person, and what covers them."""

    def __init__(self, given: Given, root: Loop, member: Loop) -> None:
        self.given, self.member = given, member
        self.insurer = root.named("insurer").one("N1")
        self.name = member.named("member's name")

    def resources(self) -> list[Resource]:
        patient = self._patient()
        return [patient, *(self._coverage(patient["id"], one) for one in self.member.within("coverage"))]

    @property
    def number(self) -> str:
        """The member's number: of the subscriber, else what the plan calls the member otherwise."""
        found = (self.member.one("REF", kind)[2] for kind in _MEMBER_NUMBERS)
        return next((one for one in found if one), "")

    def _patient(self) -> Resource:
        loop, name = self.name, self.name.one("NM1")
        made = person(self.given, self.number, name, (loop.one("N3"), loop.one("N4")), loop.one("DMG"))
        medicare = mbi(self.member.one("REF", "F6")[2])
        known = [one.get("system") for one in made.get("identifier", ())]
        made["identifier"] = made.get("identifier", []) + ([medicare] if medicare.get("system") not in known else [])
        language = loop.one("LUI")
        code = said("language", language[2].upper(), language[2].lower())
        if 2 <= len(code) <= 3 and code.isalpha():
            made["communication"] = [{"language": coded(code, "urn:ietf:bcp:47"), "preferred": True}]
        made["telecom"] = [one for per in loop.all("PER") for one in _reached(per)]
        if died := day(self.member.one("INS")[12]):
            made["deceasedDateTime"] = died
        for wrong in self.member.within("other name"):
            if wrong.one("NM1")[1] == "70":
                made["name"].append({**full_name(wrong.one("NM1")), "use": "old"})
        found: Resource = without_blanks(made)
        return found

    def _coverage(self, patient_id: str, loop: Loop) -> Resource:
        ins, hd = self.member.one("INS"), loop.one("HD")
        start = day(loop.one("DTP", "348")[3]) or day(self.member.one("DTP", "356")[3])
        end = day(loop.one("DTP", "349")[3]) or day(self.member.one("DTP", "357")[3])
        void = hd[1] in _VOID or ins[3] in _VOID
        never = bool(start and end and end < start)  # so a plan says that a coverage did not come about
        made: Resource = without_blanks(
            {
                "resourceType": "Coverage",
                "id": resource_id(self.given.source, "Coverage", patient_id, hd[3], hd[4], start),
                "status": "entered-in-error" if void else "cancelled" if never else "active",
                "type": coded(hd[3], "urn:throughcare:x12:insurance-line", text=said("plan", hd[3], hd[3])),
                "subscriberId": self.number,
                "beneficiary": reference("Patient", patient_id),
                "relationship": coded(
                    said("relationship", ins[2], "other"),
                    "http://terminology.hl7.org/CodeSystem/subscriber-relationship",
                ),
                "period": {"end": end} if never else {"start": start, "end": end},
                "payor": [_payer(self.insurer)],
                "class": [_class("plan", hd[4] or hd[3]), _class("group", self.member.one("REF", "1L")[2])],
            }
        )
        return made


def _class(kind: str, value: str) -> Resource:
    system = "http://terminology.hl7.org/CodeSystem/coverage-class"
    return {"type": coded(kind, system), "value": value} if value else {}


def _payer(name: Segment) -> Resource:
    number = identifier(TIN if name[3] == "FI" else "", name[4]) if name[4] else {}
    return {"identifier": number, "display": name[2] or ("" if number else "not said")}


def _reached(per: Segment) -> Iterator[Resource]:
    for at in (3, 5, 7):
        if per[at] in ("TE", "HP", "WP", "CP", "AP") and per[at + 1]:
            yield {"system": "phone", "value": per[at + 1], "use": _USES.get(per[at], "")}
        elif per[at] == "EM" and per[at + 1]:
            yield {"system": "email", "value": per[at + 1]}


_USES = {"HP": "home", "WP": "work", "CP": "mobile"}
