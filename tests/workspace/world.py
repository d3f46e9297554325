"""An invented town for the tests of screens: two teams, their staff, thirty people, two care models, work of all kinds.

It is always Tuesday, March 17, 2026, 8:40 am in New York. Every name and number is made up.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from throughcare.access import indexes, passwords, staff, teams
from throughcare.definitions import grammar as g
from throughcare.definitions.library import shipped_library
from throughcare.fhir import json
from throughcare.record.changes import Changes, Put
from throughcare.record.commit import commit
from throughcare.settings import Settings
from throughcare.workspace.site import Site

NOW = datetime(2026, 3, 17, 12, 40, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
PASSWORD = "a lamp in the harbor"
# Hashes that cost next to nothing, since every test of a screen signs in; tests/access/test_sessions.py asks the real.
QUICK = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
GIVEN = [
    "Odell",
    "Hanh",
    "Corliss",
    "Dwight",
    "Pilar",
    "Theo",
    "Jerome",
    "Maribel",
    "Sunniva",
    "Amadou",
    "Loretta",
    "Ivo",
    "Nettie",
    "Ruth",
    "Gus",
    "Yusra",
    "Marguerite",
    "Desmond",
    "Ines",
    "Latrice",
    "Hollis",
    "Bettina",
    "Rosalind",
    "Emeka",
]
FAMILY = [
    "Greenlaw",
    "Tran-Whitlock",
    "Mayfair",
    "Okonjo",
    "Santamarina",
    "Vandermolen",
    "Attaway-Bell",
    "Quintanar",
    "Castell",
    "Sesay-Cole",
    "Vanterpool",
    "Karalis",
    "Polk-Ramires",
    "Zabriskie",
    "Wendelborn",
    "Kasim-Dale",
    "Hallam",
    "Achterberg",
    "Valdecasas",
    "Oakhollow",
    "Fernley",
    "Crowe",
    "Ashgrove",
    "Nwosu-Hart",
]
LANGUAGES = {1: "vi", 4: "es", 7: "es", 9: "fr", 12: "es", 15: "ar", 18: "es"}
# (activity, hours from now until due, model, step, hours since the event it is about)
WORK = [
    ("post_discharge_contact", -3, "transitions", "first_call", 90),
    ("follow_up_visit", -2, "transitions", "visit", 130),
    ("home_visit", -0.7, "transitions", "home", 71),
    ("coach_call", 1.4, "transitions", "coach", 200),
    ("monthly_care_management_contact", 2.9, "steady", "monthly", 600),
    ("medication_reconciliation", 3.4, "transitions", "medicines", 90),
    ("blood_pressure_check", 4.4, "steady", "pressure", 900),
    ("post_discharge_contact", 8.4, "transitions", "first_call", 90),
    ("post_discharge_contact", 8.4, "transitions", "first_call", 80),
    ("social_needs_screening", 8.4, "steady", "needs", 700),
    ("blood_pressure_check", 8.4, "steady", "pressure", 26),
    ("plan_review", 15.3, "steady", "review", 800),
    ("monthly_care_management_contact", 15.3, "steady", "monthly", 500),
    ("coach_call", 15.3, "transitions", "coach", 300),
    ("outreach", 15.3, "steady", "needs", 11),
    ("goal_setting", 15.3, "steady", "review", 96),
    ("eye_exam", 15.3, "steady", "eyes", 9000),
    ("monthly_care_management_contact", 15.3, "steady", "monthly", 500),
    ("spirometry", 15.3, "steady", "eyes", 170),
    ("plan_review", 24.3, "steady", "review", 700),
    ("coach_call", 27, "transitions", "coach", 190),
    ("a1c_test", 63, "steady", "eyes", 4000),
]


@dataclass
class World:
    site: Site
    people: dict[str, int] = field(default_factory=dict)  # "own", "team", "other" and each patient's id
    tasks: dict[str, str] = field(default_factory=dict)  # the same names -> a task id
    now: datetime = NOW


def build(
    database, *, people: int = len(GIVEN), clock=lambda: NOW, settle=lambda ids: None, models=None, library=None
) -> World:
    """Fill an empty database with the town, and give the site that stands on it."""
    indexes.ensure(database)
    known = models if models is not None else {m.model.id: m for m in care_models()}
    settings = Settings(time_zone="America/New_York", languages="en,es")
    site = Site(
        database=database,
        settings=settings,
        models=known,
        library=library or shipped_library(),
        settle=settle,
        clock=clock,
    )
    world = World(site)
    with patch.object(passwords, "_hash", QUICK):
        _staff(database)
    _put(database, [*_places(), *[r for i in range(people) for r in _life(i)], *_stranger(), *_teammate()])
    _numbers(world, people)
    _panels(world, people)
    _owed(world, people)
    _measured(world)
    return world


def _staff(database) -> None:
    at = NOW - timedelta(days=30)
    teams.make_team(database, "Harbor", ["Organization/harbor"])
    teams.make_team(database, "Bay", ["Organization/bay"])
    for sign_in, name, roles, team, who, title in [
        ("noor", "Noor Haddad", ["nurse", "care_coordinator"], ["Harbor"], "noor", "RN"),
        ("sam", "Sam Ferro", ["supervisor"], ["Harbor"], "sam", ""),
        ("cleo", "Cleo Brightwater", ["community_health_worker"], ["Harbor"], "cleo", "CHW"),
        ("vance", "Elias Vance", ["clinician"], ["Harbor"], "vance", "MD"),
        ("cory", "Cory Lindqvist", ["care_coordinator"], ["Harbor"], "cory", ""),
        ("ben", "Ben Okafor", ["nurse"], ["Bay"], "ben", "RN"),
        ("ada", "Ada Moreau", ["administrator"], [], None, ""),
        ("ines", "Ines Falk", ["auditor"], [], None, ""),
        ("dana", "Dana Reyes", ["data_steward"], [], None, ""),
    ]:
        practitioner = f"Practitioner/{who}" if who else None
        staff.add(
            database,
            sign_in,
            name,
            roles=roles,
            teams=team,
            practitioner=practitioner,
            credentials=title,
            password=PASSWORD,
            by="tests",
            at=at,
            minutes_a_day=260,
        )


def _places() -> list[dict]:
    names = {"noor": ("Noor", "Haddad"), "cleo": ("Cleo", "Brightwater"), "vance": ("Elias", "Vance")}
    return [
        *[
            {"resourceType": "Organization", "id": i, "name": n}
            for i, n in (("harbor", "Harbor Health"), ("bay", "Bayshore"))
        ],
        *[
            {
                "resourceType": "Practitioner",
                "id": i,
                "name": [{"given": [given], "family": family}],
                "telecom": [{"system": "phone", "value": f"(555) 014-01{n}0"}],
            }
            for n, (i, (given, family)) in enumerate(names.items(), 2)
        ],
    ]


def _patient(
    ident: str, given: str, family: str, organization: str, born: str, language: str = "", sex="female"
) -> dict:
    spoken = [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": language}]}, "preferred": True}]
    return {
        "resourceType": "Patient",
        "id": ident,
        "active": True,
        "birthDate": born,
        "gender": sex,
        "name": [{"use": "official", "given": [given], "family": family}],
        "telecom": [{"system": "phone", "use": "mobile", "value": f"(555) 014-{2000 + len(given) * 97 + len(family)}"}],
        "managingOrganization": {"reference": f"Organization/{organization}"},
        **({"communication": spoken} if language else {}),
    }


def _life(i: int) -> list[dict]:
    ident = f"p{i}"
    born = f"{1940 + (i * 7) % 58}-{i % 12 + 1:02}-{i % 27 + 1:02}"
    patient = _patient(
        ident, GIVEN[i % 24], FAMILY[i % 24], "harbor", born, LANGUAGES.get(i, "en"), "male" if i % 3 == 0 else "female"
    )
    activity, due, model, _, since = WORK[i % len(WORK)]
    rest = [
        patient,
        _stay(ident, since),
        _task(ident, activity, due, "Practitioner/noor"),
        _program(ident, model, since),
    ]
    rest += _chart(ident, i) if i in (7, 0, 1) else []
    return rest + ([_tried(ident, activity)] if i in (2, 4, 7) else [])


def _stay(ident: str, since: float) -> dict:
    end = NOW - timedelta(hours=since)
    return {
        "resourceType": "Encounter",
        "id": f"{ident}-stay",
        "status": "finished",
        "subject": {"reference": f"Patient/{ident}"},
        "class": {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code": "IMP" if since < 250 else "AMB",
        },
        "type": [{"text": "Heart failure" if since < 250 else "Office visit"}],
        "serviceProvider": {"display": "St. Brigid"},
        "period": {"start": (end - timedelta(days=4 if since < 250 else 0.02)).isoformat(), "end": end.isoformat()},
    }


def _task(ident: str, activity: str, due: float, owner: str | None, **more) -> dict:
    at = NOW + timedelta(hours=due)
    library = shipped_library().activities
    end = at.isoformat() if due < 15 else at.astimezone(NEW_YORK).date().isoformat()
    return {
        "resourceType": "Task",
        "id": f"t-{ident}",
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": "urn:throughcare:activity", "code": activity}]},
        "description": library[activity].verb,
        "for": {"reference": f"Patient/{ident}"},
        "focus": {"reference": f"Encounter/{ident}-stay"},
        "authoredOn": (NOW - timedelta(days=3)).isoformat(),
        "restriction": {"period": {"end": end}},
        "performerType": [{"coding": [{"system": "urn:throughcare:role", "code": "nurse"}]}],
        "input": [{"type": {"text": "obligation"}, "valueString": _key(ident)}],
        **({"owner": {"reference": owner}} if owner else {}),
        **more,
    }


def _key(ident: str, model: str = "") -> str:
    return f"{model or 'm'}|step|Encounter/{ident}-stay|0|{ident}"


def _program(ident: str, model: str, since: float) -> dict:
    return {
        "resourceType": "EpisodeOfCare",
        "id": f"e-{ident}",
        "status": "active",
        "patient": {"reference": f"Patient/{ident}"},
        "type": [{"coding": [{"system": "urn:throughcare:care-model", "code": model}]}],
        "period": {"start": (NOW - timedelta(hours=since)).date().isoformat()},
    }


def _tried(ident: str, activity: str) -> dict:
    at = (NOW - timedelta(hours=23)).isoformat()
    return {
        "resourceType": "Communication",
        "id": f"c-{ident}",
        "status": "completed",
        "subject": {"reference": f"Patient/{ident}"},
        "category": [{"coding": [{"system": "urn:throughcare:activity", "code": activity}]}],
        "sent": at,
        "medium": [{"coding": [{"code": "phone"}]}],
        "sender": {"reference": "Practitioner/cory"},
        "statusReason": {"coding": [{"system": "urn:throughcare:outcome", "code": "no_answer"}]},
    }


def _chart(ident: str, i: int) -> list[dict]:
    """Problems, medicines, an allergy, readings, a team, goals and family of one person."""
    subject = {"reference": f"Patient/{ident}"}
    active = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
    problems = [
        ("I50.9", "Heart failure"),
        ("E11.9", "Type 2 diabetes"),
        ("I10", "High blood pressure"),
        ("N18.3", "Chronic kidney disease, stage 3"),
    ]
    medicines = ["Furosemide 40 mg", "Metformin 500 mg", "Lisinopril 10 mg", "Atorvastatin 20 mg"]
    weights = [168.2, 168.0, 168.4, 167.9, 168.1, 168.2, 170.6, 172.4]
    out = [
        {
            "resourceType": "Condition",
            "id": f"{ident}-d{n}",
            "subject": subject,
            "clinicalStatus": active,
            "recordedDate": f"20{18 + n}-05-0{n + 1}",
            "code": {"text": says, "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]},
        }
        for n, (code, says) in enumerate(problems)
    ]
    out += [
        {
            "resourceType": "MedicationRequest",
            "id": f"{ident}-m{n}",
            "status": "active",
            "intent": "order",
            "subject": subject,
            "medicationCodeableConcept": {
                "text": says,
                "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": str(n)}],
            },
            "authoredOn": "2025-11-03",
        }
        for n, says in enumerate(medicines)
    ]
    out += [
        {
            "resourceType": "Observation",
            "id": f"{ident}-w{n}",
            "status": "final",
            "subject": subject,
            "code": {"text": "Body weight", "coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
            "effectiveDateTime": (NOW - timedelta(days=len(weights) - n, hours=1.6)).isoformat(),
            "valueQuantity": {"value": value, "unit": "lb"},
        }
        for n, value in enumerate(weights)
    ]
    out += [
        {
            "resourceType": "Observation",
            "id": f"{ident}-a{n}",
            "status": "final",
            "subject": subject,
            "code": {"text": "Hemoglobin A1c", "coding": [{"system": "http://loinc.org", "code": "4548-4"}]},
            "effectiveDateTime": f"2025-{3 + 3 * n:02}-17",
            "valueQuantity": {"value": value, "unit": "%"},
        }
        for n, value in enumerate((8.6, 8.1, 7.6))
    ]
    out += [
        {"resourceType": "AllergyIntolerance", "id": f"{ident}-al", "patient": subject, "code": {"text": "Penicillin"}},
        {
            "resourceType": "RelatedPerson",
            "id": f"{ident}-f",
            "patient": subject,
            "name": [{"text": "Inés", "given": ["Inés"], "family": FAMILY[i]}],
            "relationship": [{"text": "Daughter", "coding": [{"code": "DAU"}]}],
            "telecom": [{"system": "phone", "value": "(555) 014-2290"}],
        },
        {
            "resourceType": "CareTeam",
            "id": f"ct-{ident}",
            "status": "active",
            "subject": subject,
            "participant": [
                {
                    "role": [{"coding": [{"system": "urn:throughcare:role", "code": "nurse"}]}],
                    "member": {"reference": "Practitioner/noor"},
                    "extension": [{"url": "urn:throughcare:lead", "valueBoolean": True}],
                },
                {
                    "role": [{"coding": [{"system": "urn:throughcare:role", "code": "community_health_worker"}]}],
                    "member": {"reference": "Practitioner/cleo"},
                },
                {
                    "role": [{"coding": [{"system": "urn:throughcare:role", "code": "specialist"}]}],
                    "member": {"reference": "Practitioner/vance"},
                },
            ],
        },
        {
            "resourceType": "Goal",
            "id": f"g-{ident}",
            "lifecycleStatus": "active",
            "subject": subject,
            "description": {"text": "I want to cook Sunday lunch for my grandchildren again"},
            "target": [{"dueDate": "2026-05-03"}],
        },
    ]
    return out


def _stranger() -> list[dict]:
    """Someone of the other team, whose every word is a canary."""
    patient = _patient("canary", "Zzyxcanary", "Quorlwren", "bay", "1961-01-01")
    return [
        patient,
        _stay("canary", 90),
        _task("canary", "post_discharge_contact", 2, "Practitioner/ben"),
        _program("canary", "transitions", 90),
        _tried("canary", "post_discharge_contact"),
    ]


def _teammate() -> list[dict]:
    """Someone my team serves who is another colleague's."""
    patient = _patient("mate", "Marisol", "Teamwright", "harbor", "1950-06-06")
    return [
        patient,
        _stay("mate", 90),
        _task("mate", "post_discharge_contact", 2, None),
        _program("mate", "transitions", 90),
    ]


def _put(database, resources: list[dict]) -> None:
    at = NOW - timedelta(hours=1)
    ours = ("Task", "EpisodeOfCare", "CareTeam", "Communication", "Goal")
    for source, some in (
        ("St. Brigid", [r for r in resources if r["resourceType"] not in ours]),
        ("throughcare", [r for r in resources if r["resourceType"] in ours]),
    ):
        done = commit(
            database,
            Changes([Put(json.write(r), source) for r in some]),
            door="flow",
            stage="test",
            actor="tests",
            at=at,
        )
        assert not done.refused, done.refused
    with database.connection() as connection:
        connection.execute("update record.source set last_heard = %s", [NOW - timedelta(minutes=1)])


def _numbers(world: World, people: int) -> None:
    with world.site.database.connection() as connection:
        found = dict(connection.execute("select patient_id, person_id from record.patient_person").fetchall())
    world.people = found | {"own": found["p0"], "team": found["mate"], "other": found["canary"]}
    world.tasks = {f"p{i}": f"t-p{i}" for i in range(people)} | {"own": "t-p0", "team": "t-mate", "other": "t-canary"}


def _panels(world: World, people: int) -> None:
    """Noor has everyone p*, but p6 is also Cleo's; nobody is named for Marisol; the canary is Ben's."""
    with world.site.database.connection() as connection:
        number = dict(connection.execute("select sign_in, staff_id from door.staff").fetchall())
        team = dict(connection.execute("select name, team_id from door.team").fetchall())
        rows = [(world.people[f"p{i}"], team["Harbor"], number["noor"]) for i in range(people)]
        rows += [(world.people["mate"], team["Harbor"], None), (world.people["canary"], team["Bay"], number["ben"])]
        for row in rows:
            connection.execute("insert into door.panel values (%s, %s, %s)", row)


def _owed(world: World, people: int) -> None:
    """What the engine would have answered: obligations behind the tasks, and who belongs where."""
    who = [(f"p{i}", WORK[i % len(WORK)]) for i in range(people)] + [("mate", WORK[0]), ("canary", WORK[0])]
    with world.site.database.connection() as connection:
        for ident, (activity, due, model, step, since) in who:
            at = NOW + timedelta(hours=due)
            connection.execute(
                "insert into think.obligation (obligation_key, person_id, model, version, step, anchor_key, activity,"
                " about, roles, opens_at, due_at, due_precision, status)"
                " values (%s, %s, %s, '2026.1', %s, %s, %s, %s, %s, %s, %s, %s, 'open')",
                [
                    _key(ident),
                    world.people[ident],
                    model,
                    step,
                    f"Encounter/{ident}-stay",
                    activity,
                    f"Encounter/{ident}-stay",
                    ["nurse"],
                    NOW - timedelta(hours=since),
                    at,
                    "minute" if due < 15 else "day",
                ],
            )
            for other in world.site.models:
                answer = "met" if other == model else ("unknown" if ident in ("p7", "p2") else "not_met")
                criteria = [
                    {
                        "id": c.id,
                        "answer": answer if n == 0 else "met",
                        "missing": ["birth_date"] if answer == "unknown" and n == 0 else [],
                        "evidence": [f"Encounter/{ident}-stay"],
                    }
                    for n, c in enumerate(world.site.models[other].eligibility.criterion)
                ]
                deciding = [criteria[0]["id"]] if answer != "met" and criteria else []
                connection.execute(
                    "insert into think.finding values (%s, %s, '2026.1', 'eligible', %s, %s, %s, %s)",
                    [world.people[ident], other, answer, json_text(criteria), deciding, NOW - timedelta(days=2)],
                )


def _measured(world: World) -> None:
    """Last night's measure and this month's lines: the first person reached it, the canary did not, lacking consent."""
    people = {name: world.people[name] for name in ("own", "team", "other")}
    proof = {"own": "early", "team": "late", "other": "quorlwren"}
    with world.site.database.connection() as connection:
        for name, person in people.items():
            connection.execute(
                "insert into think.measure_row (person_id, model, measure, row_key, population, denominator, exclusion,"
                " exception, numerator, strata, proof) values (%s, 'transitions', 'seen', %s, true, true, false, false,"
                " %s, '', %s)",
                [person, f"{person}", name == "own", json_text({"seen_on": proof[name]})],
            )
            connection.execute(
                "insert into think.measure_row (person_id, model, measure, row_key, population, denominator, exclusion,"
                " exception, numerator, strata, proof) values (%s, 'transitions', 'back', %s, true, true, false, false,"
                " %s, '', '{}')",
                [person, f"{person}", name != "own"],
            )
            connection.execute(
                "insert into think.line (person_id, model, version, line, row_key, service, code, on_date, month,"
                " units, price, amount, priority, status, why_not, why)"
                " values (%s, 'transitions', '2026.1', 'visit_fee', 'v', 'coaching_program', 'HV1',"
                " %s, %s, 1, 80, 80, 1, %s, %s, %s)",
                [
                    person,
                    NOW.date(),
                    NOW.date().replace(day=1),
                    "payable" if name == "own" else "blocked",
                    "" if name == "own" else "no consent on file",
                    [] if name == "own" else ["need.visit_fee_1"],
                ],
            )
        for stratum, denominator, numerator, score in (("", 40, 30, 75), ("language=en", 36, 29, 80.56),
                                                       ("language=vi", 4, 1, 25)):  # fmt: skip
            connection.execute(
                "insert into think.score values ('transitions', 'transitions', 'seen', '2026-01-01', '2026-12-31', %s,"
                " %s, %s, 0, 0, %s, 2, %s, %s)",
                [stratum, denominator, denominator, numerator, score, NOW - timedelta(hours=8)],
            )


def json_text(value) -> str:
    import json as plain

    return plain.dumps(value)


def care_models() -> list[g.CareModel]:
    """Two small care models, made of the grammar's own types: one of thirty days, one that goes on."""
    call = dict(activity="post_discharge_contact", role=["nurse"], cites="Program manual, section 2")
    short = [
        g.Step(
            id="first_call",
            says="Speak with the person within two business days of leaving",
            due="2 business days after ended_on",
            minutes=25,
            **call,
        ),
        g.Step(
            id="home",
            says="See the person at home within 72 hours",
            due="home_hours hours after ended_at",
            minutes=60,
            **(call | {"activity": "home_visit"}),
        ),
        g.Step(
            id="medicines",
            says="Compare the medicine lists before the visit",
            due="by visit_on",
            minutes=25,
            **(call | {"activity": "medication_reconciliation"}),
        ),
        g.Step(
            id="visit",
            says="Seen by a doctor within 14 days",
            due="14 days after ended_on",
            **(call | {"activity": "follow_up_visit"}),
        ),
        g.Step(
            id="coach",
            says="Coaching call by day 28",
            due="28 days after ended_on",
            minutes=20,
            **(call | {"activity": "coach_call"}),
        ),
    ]
    monthly = g.Rhythm(id="every_month", kind="from_last", every="30 days")
    steady = [
        g.Step(
            id="monthly",
            says="One talk a month",
            rhythm="every_month",
            minutes=15,
            **(call | {"activity": "monthly_care_management_contact"}),
        ),
        g.Step(
            id="pressure",
            says="Look at a high blood pressure",
            due="7 days after effective_on",
            **(call | {"activity": "blood_pressure_check"}),
        ),
        g.Step(
            id="needs",
            says="Ask about food, rent and rides once a year",
            due="30 days after started_on",
            **(call | {"activity": "social_needs_screening"}),
        ),
        g.Step(
            id="review",
            says="Review the plan every three months",
            due="90 days after started_on",
            minutes=30,
            **(call | {"activity": "plan_review"}),
        ),
        g.Step(
            id="eyes",
            says="A yearly eye exam",
            due="12 months after started_on",
            minutes=5,
            **(call | {"activity": "eye_exam"}),
        ),
    ]
    return [
        _model("transitions", "Care transitions", "A coach for the thirty days after a hospital stay.", 30, short, []),
        _model("steady", "Steady care", "Steady, planned care for conditions that stay.", None, steady, [monthly]),
    ]


def _model(
    ident: str, title: str, says: str, length: int | None, steps: list[g.Step], rhythms: list[g.Rhythm]
) -> g.CareModel:
    header = g.ModelFile(
        id=ident,
        title=title,
        version="2026.1",
        effective_from=date(2026, 1, 1),
        says=says,
        serves="Adults who go home.",
        maturity="trial",
        service=ident,
        length_days=length,
        source=[g.Source(title="An invented manual, 2026")],
    )
    criteria = [
        g.Criterion(id="grown_up", says="Is at least 18 years old", where="true", cites="Program manual, section 1"),
        g.Criterion(
            id="reachable",
            says="Can be reached: a phone, or an address",
            where="true",
            cites="Program manual, section 1",
            if_missing_ask="Ask for a phone number at the next visit.",
        ),
    ]
    hours = g.Parameter(
        says="How soon to be seen at home", unit="hours", cites="Program manual, section 3", values={"2026-01-01": 72}
    )
    begins = g.Parameter(says="Begins on", unit="date", cites="Contract", values={"2026-01-01": date(2026, 1, 1)})
    forms = ["http://example.org/fhir/Questionnaire/one-with-a-long-name-indeed", "96777-8"]
    asked = g.Parameter(says="Forms that count", unit="codes", cites="Contract", values={"2026-01-01": forms})
    return g.CareModel(
        folder="no-such-folder",
        model=header,
        sets=g.SetsFile(),
        eligibility=g.EligibilityFile(criterion=criteria, rule=g.Rule(who="grown_up and reachable")),
        enrollment=g.EnrollmentFile(enters="planned"),
        team=g.TeamFile(role=[g.Role(id="nurse", says="Leads and calls.", found_in=["care_team_member"], lead=True)]),
        plan=g.PlanFile(goal=[g.Goal(id="home", says="Stay at home", target="No stay in thirty days")]),
        work=g.WorkFile(step=steps, rhythm=rhythms),
        measures=g.MeasuresFile(
            measure=[
                g.Measure(
                    id="seen",
                    says="Seen at home in time",
                    numerator="true",
                    target=90,
                    strata=["language"],
                    cites="Program manual, section 9",
                    proof=["seen_on"],
                ),
                g.Measure(
                    id="back",
                    says="Back in hospital",
                    numerator="true",
                    better="lower",
                    cites="Program manual, section 9",
                ),
            ]
        ),
        payment=g.PaymentFile(
            line=[
                g.Line(
                    id="visit_fee",
                    says="A fee for each visit at home",
                    service="coaching_program",
                    code="HV1",
                    price="fee",
                    cites="Contract with the payer",
                    needs=[g.Need(if_="true", because="no consent on file")],
                )
            ]
        ),
        parameters={"home_hours": hours, "begins": begins, "forms_that_count": asked},
        tables=[],
        words={},
    )
