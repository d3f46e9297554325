"""Places: the hospitals, practices, plan and agencies of the community, their clinicians, and the care team."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from throughcare.community import programs, workers
from throughcare.community.shapes import OURS, concept, identified, reference, role_coding, said

HOSPITALS = [("st_brigid", "St. Brigid Hospital"), ("harbor_general", "Harbor General")]
PLAN = ("meridian_plan", "Meridian Health Plan")
AGENCY = ("open_door", "Open Door Community Services")
TEAM_SOURCE = ("team_notebook", "Care team notebook")
PRACTICE_NAMES = [
    "Bayview Family Practice",
    "Harbor Point Primary Care",
    "Millbrook Health Center",
    "East Landing Clinic",
]
CLINICIANS_A_PRACTICE = 4
PEOPLE_A_PRACTICE = 500


@dataclass(frozen=True, slots=True)
class Staff:
    """Someone of the care team: practitioner id, name, credentials, field role, sign-in role, team."""

    id: str
    sign_in: str
    given: str
    family: str
    credentials: str
    field_role: str
    roles: tuple[str, ...]
    team: str


STAFF = [
    Staff("staff-noor", "noor", "Noor", "Haddad", "RN", "care_coordinator", ("care_coordinator",), "East side team"),
    Staff(
        "staff-imani",
        "imani",
        "Imani",
        "Brightwater",
        "CHW",
        "community_health_worker",
        ("community_health_worker",),
        "East side team",
    ),
    Staff("staff-teo", "teo", "Teo", "Alderete", "RN", "nurse", ("nurse",), "East side team"),
    Staff(
        "staff-june", "june", "June", "Kowalczyk", "LCSW", "transitions_coach", ("care_coordinator",), "West side team"
    ),
    Staff("staff-elias", "elias", "Elias", "Vance", "MD", "personal_clinician", ("clinician",), "West side team"),
    Staff("staff-grace", "grace", "Grace", "Oyelaran", "MSN", "supervisor", ("supervisor", "data_steward"), "Both"),
    Staff("staff-admin", "admin", "Sam", "Pettibone", "", "administrator", ("administrator",), ""),
    Staff("staff-auditor", "auditor", "Robin", "Quarles", "", "auditor", ("auditor",), ""),
]
# of the programs' own people, those who sign in: they see whom their care teams name them for
PROGRAM_SIGN_INS = {
    "w-linnea-brandt": ("linnea", "nurse"),
    "w-wanda-ostrom": ("wanda", "care_coordinator"),
    "w-hana-sorensen": ("hana", "nurse"),
    "w-odile-marchand": ("odile", "clinician"),
    "w-ingrid-sato": ("ingrid", "care_coordinator"),
    "w-rosaura-pena": ("rosaura", "community_health_worker"),
    "w-ximena-soto": ("ximena", "community_health_worker"),
    "w-leila-farouk": ("leila", "care_coordinator"),
    "w-nora-lacey": ("nora", "nurse"),
    "w-silas-kemp": ("silas", "care_coordinator"),
    "w-judith-ames": ("judith", "nurse"),
}


def _of_programs() -> list[Staff]:
    made = []
    for one in (w for w in workers.WORKERS if w.id in PROGRAM_SIGN_INS):
        sign_in, role = PROGRAM_SIGN_INS[one.id]
        given, _, family = one.name.partition(" ")
        made.append(Staff(one.id, sign_in, given, family, one.credentials, one.role, (role,), ""))
    return made


PROGRAM_STAFF = _of_programs()


@dataclass(frozen=True, slots=True)
class Practice:
    source: str
    name: str
    organization: str
    clinicians: tuple[str, ...]
    side: str


def practices(people: int) -> list[Practice]:
    """As many practices as the community needs, each its own source; they alternate between the two sides of town."""
    count = max(2, -(-people // PEOPLE_A_PRACTICE))
    made = []
    for n in range(count):
        name = PRACTICE_NAMES[n % 4] + (f" {n // 4 + 1}" if n >= 4 else "")
        clinicians = tuple(f"pr{n}-clin-{k}" for k in range(CLINICIANS_A_PRACTICE))
        made.append(
            Practice(
                f"practice_{n}", name, f"pr{n}-org", clinicians, "East side team" if n % 2 == 0 else "West side team"
            )
        )
    return made


def titles(people: int) -> dict[str, str]:
    """The name people know each source by."""
    named = programs.sources() | dict([*HOSPITALS, PLAN, AGENCY, TEAM_SOURCE])
    return named | {practice.source: practice.name for practice in practices(people)}


# what is known of some organizations beside their name
_ABOUT: dict[str, dict[str, Any]] = {
    "harbor_general": {
        "type": [concept(OURS + "organization", "hospital")],
        "extension": said(region="2", safety_net=False, beds=310),
    },
    "harbor_registry": {"type": [concept(OURS + "organization", "hub")]},
    "harbor_elders": {
        "type": [concept(OURS + "organization", programs.PROGRAMS["elders"].care_model)],
        "extension": said(agreement_from=date(2022, 1, 1)),
    },
    "harbor_network": {
        "type": [concept(OURS + "organization", "network")],
        "extension": said(low_revenue=False),
    },
}


def tin(practice: int) -> str:
    """The tax number a practice bills under."""
    return f"99-000{practice:04d}"


def in_network(practice: int) -> bool:
    """Every other practice takes part in the doctors' network."""
    return practice % 2 == 1


def directory(people: int) -> list[tuple[str, dict[str, Any]]]:
    """(source, resource) for every organization and practitioner, to be loaded before the people."""
    rows: list[tuple[str, dict[str, Any]]] = []
    for source, name in (programs.sources() | dict([*HOSPITALS, PLAN, AGENCY, TEAM_SOURCE])).items():
        about: dict[str, Any] = {"id": f"{source}-org".replace("_", "-"), "active": True, "name": name}
        rows.append((source, {"resourceType": "Organization"} | about | _ABOUT.get(source, {})))
    for n, practice in enumerate(practices(people)):
        kind = [concept(OURS + "organization", "aco_participant")] if in_network(n) else []
        number = [{"system": "urn:oid:2.16.840.1.113883.4.4", "value": tin(n)}]
        about = {"id": practice.organization, "active": True, "name": practice.name, "identifier": number}
        rows.append((practice.source, {"resourceType": "Organization"} | about | ({"type": kind} if kind else {})))
        for k, id in enumerate(practice.clinicians):
            rows += [(practice.source, _clinician(id, k)), (practice.source, _clinician_role(id, practice))]
    for staff in STAFF:
        rows.append((TEAM_SOURCE[0], _staff(staff)))
        if staff.team:
            rows.append((TEAM_SOURCE[0], _role_of(staff)))
    return rows


def _clinician(id: str, n: int) -> dict[str, Any]:
    family = ("Osei", "Nakagawa", "Featherstone", "Lozada")[n]
    return identified("Practitioner", id, "http://hl7.org/fhir/sid/us-npi", f"{id}-npi") | {
        "active": True,
        "name": [{"family": family, "given": [("Ama", "Ren", "Lois", "Rafael")[n]], "prefix": ["Dr."]}],
    }


def _clinician_role(id: str, practice: Practice) -> dict[str, Any]:
    return {
        "resourceType": "PractitionerRole",
        "id": f"{id}-role",
        "active": True,
        "practitioner": reference("Practitioner", id),
        "organization": reference("Organization", practice.organization),
        "code": [role_coding("personal_clinician")],
    }


def _staff(staff: Staff) -> dict[str, Any]:
    return {
        "resourceType": "Practitioner",
        "id": staff.id,
        "active": True,
        "name": [
            {
                "family": staff.family,
                "given": [staff.given],
                "suffix": [staff.credentials] if staff.credentials else ["staff"],
            }
        ],
    }


def _role_of(staff: Staff) -> dict[str, Any]:
    return {
        "resourceType": "PractitionerRole",
        "id": f"{staff.id}-role",
        "active": True,
        "practitioner": reference("Practitioner", staff.id),
        "organization": reference("Organization", "team-notebook-org"),
        "code": [role_coding(staff.field_role)],
    }


def team_of(patient: str, practice: Practice, clinician: str, worker: Staff, coach: Staff) -> dict[str, Any]:
    """The practice's own list of who looks after a person."""

    def member(role: str, who: str) -> dict[str, Any]:
        return {"role": [role_coding(role)], "member": reference("Practitioner", who)}

    return {
        "resourceType": "CareTeam",
        "id": f"team-{patient}",
        "status": "active",
        "subject": reference("Patient", patient),
        "participant": [
            member("personal_clinician", clinician),
            member("nurse_care_manager", worker.id),
            member("transitions_coach", coach.id),
        ],
        "managingOrganization": [reference("Organization", practice.organization)],
    }
