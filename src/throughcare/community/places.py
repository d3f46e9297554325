"""Places: the hospitals, practices, plan and agencies of the community, their clinicians, and the care team."""

from dataclasses import dataclass
from typing import Any

from throughcare.community.shapes import identified, reference, role_coding

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
    Staff("staff-grace", "grace", "Grace", "Oyelaran", "MSN", "supervisor", ("supervisor",), "Both"),
    Staff("staff-admin", "admin", "Sam", "Pettibone", "", "administrator", ("administrator",), ""),
    Staff("staff-auditor", "auditor", "Robin", "Quarles", "", "auditor", ("auditor",), ""),
]


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
    named = dict([*HOSPITALS, PLAN, AGENCY, TEAM_SOURCE])
    return named | {practice.source: practice.name for practice in practices(people)}


def directory(people: int) -> list[tuple[str, dict[str, Any]]]:
    """(source, resource) for every organization and practitioner, to be loaded before the people."""
    rows: list[tuple[str, dict[str, Any]]] = []
    for source, name in (*HOSPITALS, PLAN, AGENCY, TEAM_SOURCE):
        rows.append(
            (
                source,
                {"resourceType": "Organization", "id": f"{source}-org".replace("_", "-"), "active": True, "name": name},
            )
        )
    for practice in practices(people):
        rows.append(
            (
                practice.source,
                {"resourceType": "Organization", "id": practice.organization, "active": True, "name": practice.name},
            )
        )
        rows += [(practice.source, _clinician(id, n)) for n, id in enumerate(practice.clinicians)]
    for staff in STAFF:
        rows.append((TEAM_SOURCE[0], _staff(staff)))
    return rows


def _clinician(id: str, n: int) -> dict[str, Any]:
    family = ("Osei", "Nakagawa", "Featherstone", "Lozada")[n]
    return identified("Practitioner", id, "http://hl7.org/fhir/sid/us-npi", f"{id}-npi") | {
        "active": True,
        "name": [{"family": family, "given": [("Ama", "Ren", "Lois", "Rafael")[n]], "prefix": ["Dr."]}],
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
