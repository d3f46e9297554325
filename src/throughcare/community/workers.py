"""Workers: who works for each program, in which role, for how many people, where, and in which languages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from throughcare.community.programs import PROGRAMS, SCHOOLS, WELFARE
from throughcare.community.shapes import OURS, Resource, concept, reference, role_coding, said

# program | role | given family | credentials | languages | area | how many people at once
_TABLE = """
elders | personal_clinician | Amparo Velez | MD | en es | Bayview | 80
elders | nurse | Linnea Brandt | RN | en | Bayview | 60
elders | social_worker | Casimir Dudek | MSW | en | Bayview | 60
elders | physical_therapist | Oona Farrell | PT | en | Bayview | 60
elders | occupational_therapist | Ravi Menon | OT | en | Bayview | 60
elders | recreational_therapist | Delia Quint | CTRS | en es | Bayview | 60
elders | dietitian | Bruno Salas | RD | en es | Bayview | 60
elders | center_manager | Thora Lindahl | MBA | en | Bayview | 120
elders | home_care_coordinator | Gwen Abiola | LPN | en | Bayview | 60
elders | personal_care_attendant | Mirela Popa | CNA | en | Bayview | 12
elders | driver | Hollis Grant |  | en | Bayview | 40
elders | quality_lead | Petra Novak | RN | en | Bayview | 200
elders | medical_director | Ignace Rousseau | MD | en fr | Bayview | 200
housing | tenancy_case_manager | Wanda Ostrom | LCSW | en | Harbor Point | 20
housing | tenancy_case_manager | Luis Carranza | BSW | en es | Bayview | 20
housing | housing_navigator | Keisha Towne |  | en | Harbor Point | 30
housing | access_point_worker | Arlo Venn |  | en | Harbor Point | 60
housing | landlord_liaison | Sunita Rao |  | en | Harbor Point | 60
housing | property_manager | Walt Kessler |  | en | Harbor Point | 60
housing | peer_support | Dez Monroe | CPS | en | Harbor Point | 20
surgery | episode_navigator | Hana Sorensen | RN | en | Bayview | 50
surgery | surgeon | Conrad Ilves | MD | en | Bayview | 90
surgery | physician_advisor | Miriam Katz | MD | en | Bayview | 200
surgery | discharging_unit | Orthopedics Four West |  | en | Bayview | 30
surgery | specialist | Yolande Pires | MD | en fr | Bayview | 90
mobile | session_lead | Odile Marchand | NP | en fr | Bayview | 60
mobile | nurse | Tam Nguyen | RN | en vi | Bayview | 60
mobile | community_health_worker | Chela Ibanez | CHW | en es | Bayview | 25
mobile | registrar | Bram Holt |  | en | Bayview | 90
mobile | operations_lead | Fergus Doyle |  | en | Bayview | 90
mobile | driver | Sal Petrone |  | en | Bayview | 90
whole_person | nurse_care_manager | Ingrid Sato | RN | en | Bayview | 60
whole_person | behavioral_health | Noel Baptiste | LCSW | en ht | Bayview | 40
whole_person | peer_support | Jo Wexler | CPS | en | Bayview | 25
whole_person | pharmacist | Anil Bose | PharmD | en | Bayview | 150
whole_person | psychiatric_consultant | Vera Halloran | MD | en | Bayview | 150
pathways | hub_director | Marisol Egan | MPH | en es | Harbor Point | 500
pathways | hub_registry | Toby Lund |  | en | Harbor Point | 500
pathways | hub_quality | Priya Nair | RN | en | Harbor Point | 500
alder | community_health_worker | Rosaura Pena | CHW | en es | Bayview | 25
alder | community_health_worker | Moses Akande | CHW | en | Harbor Point | 25
alder | supervisor | Helga Stroud | RN | en | Bayview | 6
birch | community_health_worker | Fay Dupree | CHW | en ht | Millbrook Flats | 20
birch | supervisor | Ned Oyelowo | MSW | en | Millbrook Flats | 6
neighbors | community_health_worker | Ximena Soto | CHW | en es | Bayview | 25
neighbors | community_health_worker | Darnell Price | CHW | en | Millbrook Flats | 25
neighbors | supervisor | Corinne Vass | LCSW | en | Bayview | 6
families | care_coordinator | Leila Farouk | LMSW | en ar | Bayview | 10
families | care_coordinator | Pete Sandoval | MSW | en es | Harbor Point | 10
families | family_support_partner | Tonya Briggs |  | en | Bayview | 15
families | youth_support_partner | Ezra Cole |  | en | Bayview | 15
families | behavioral_health | Maud Ferrante | PhD | en | Bayview | 30
families | supervisor | Ruben Aalto | LCSW | en | Bayview | 8
schools | school_member | Bettina Crowe | MEd | en | Bayview | 90
welfare | child_welfare_worker | Sheila Munro | MSW | en | Bayview | 20
welfare | probation_officer | Carl Janssen |  | en | Bayview | 30
nurse_visits | nurse_home_visitor | Nora Lacey | RN | en | Millbrook Flats | 25
nurse_visits | nurse_home_visitor | Pilar Acosta | RN | en es | Millbrook Flats | 25
nurse_visits | supervisor | Agnes Thorne | MSN | en | Millbrook Flats | 8
needs | navigator | Silas Kemp | CHW | en | Bayview | 60
needs | screener | Ines Moreau | MA | en fr | Bayview | 90
accountable | nurse_care_manager | Judith Ames | RN | en | Bayview | 60
accountable | medical_assistant | Kofi Anand | MA | en | Bayview | 90
accountable | front_desk | Lottie Frame |  | en es | Bayview | 200
accountable | quality_lead | Simon Achebe | RN | en | Bayview | 500
accountable | compliance_officer | Dagny Holm | JD | en | Bayview | 500
accountable | medical_director | Everett Pike | MD | en | Bayview | 500
"""
AGENCIES = {"alder": ("alder-agency-org", "Alder Street Agency"), "birch": ("birch-agency-org", "Birch Hill Agency")}


@dataclass(frozen=True, slots=True)
class Worker:
    """Someone a program names: where they work, their role there, and what they can take on."""

    id: str
    program: str
    role: str
    name: str
    credentials: str
    languages: tuple[str, ...]
    area: str
    cap: int

    @property
    def source(self) -> str:
        outside = {"alder": "pathways", "birch": "pathways"}
        named = {"schools": SCHOOLS[0], "welfare": WELFARE[0]}
        return named.get(self.program) or PROGRAMS[outside.get(self.program, self.program)].source

    @property
    def organization(self) -> str:
        if self.program in AGENCIES:
            return AGENCIES[self.program][0]
        return f"{self.source}-org".replace("_", "-")


def _read() -> list[Worker]:
    made = []
    for line in _TABLE.strip().splitlines():
        program, role, name, credentials, languages, area, cap = (part.strip() for part in line.split("|"))
        id = "w-" + name.lower().replace(" ", "-")
        made.append(Worker(id, program, role, name, credentials, tuple(languages.split()), area, int(cap)))
    return made


WORKERS = _read()


def who(program: str, role: str, no: int = 0) -> str:
    """The Practitioner id of whoever has this role; where several share it, they take turns by number."""
    those = [w.id for w in WORKERS if w.program == program and w.role == role]
    return those[no % len(those)]


def directory(on: date) -> Iterator[tuple[str, Resource]]:
    """(source, resource): every worker and their role; raters and health workers have their certificates."""
    for one in WORKERS:
        yield one.source, _practitioner(one, on)
        yield one.source, _role(one, on)


def _practitioner(one: Worker, on: date) -> Resource:
    given, _, family = one.name.partition(" ")
    made: Resource = {
        "resourceType": "Practitioner",
        "id": one.id,
        "active": True,
        "name": [{"family": family, "given": [given], "suffix": [one.credentials or "staff"]}],
        "communication": [concept("urn:ietf:bcp:47", code) for code in one.languages],
        "extension": said(area=one.area.replace(" ", "_").lower(), cap=one.cap, hired_on=_hired(on)),
    }
    if kinds := _CERTIFIED.get(one.role, []) if one.program in ("families", *AGENCIES) else []:
        made["qualification"] = [
            {
                "code": concept(OURS + "certification", kind),
                "period": {"start": _hired(on, 1).isoformat()},
                "extension": said(hours=80.0),
            }
            for kind in kinds
        ]
    return made


_CERTIFIED = {"care_coordinator": ["cans"], "community_health_worker": ["pathways_course", "pathways_practice"]}


def _hired(on: date, years: int = 2) -> date:
    return date(on.year - years, on.month, 1)


def _role(one: Worker, on: date) -> Resource:
    boss = next((w.id for w in WORKERS if w.program == one.program and w.role == "supervisor" and w is not one), None)
    return {
        "resourceType": "PractitionerRole",
        "id": f"{one.id}-role",
        "active": True,
        "practitioner": reference("Practitioner", one.id),
        "organization": reference("Organization", one.organization),
        "code": [role_coding(one.role)],
        "period": {"start": _hired(on).isoformat()},
        "extension": said(
            area=one.area.replace(" ", "_").lower(), cap=one.cap, fte=1.0,
            supervisor_id=f"Practitioner/{boss}" if boss else None,
            track=PROGRAMS[one.program].care_model if one.program in PROGRAMS else None,
        ),
    }  # fmt: skip
