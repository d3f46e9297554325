"""The people: thirty names, who they are, their stay, someone of the other team and someone nobody is named for."""

from datetime import timedelta

from .charts import chart
from .names import FAMILY, GIVEN, LANGUAGES
from .town import NOW
from .work import WORK, new_task, program, tried


def new_patient(
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


def life(i: int) -> list[dict]:
    ident = f"p{i}"
    born = f"{1940 + (i * 7) % 58}-{i % 12 + 1:02}-{i % 27 + 1:02}"
    patient = new_patient(
        ident, GIVEN[i % 24], FAMILY[i % 24], "harbor", born, LANGUAGES.get(i, "en"), "male" if i % 3 == 0 else "female"
    )
    activity, due, model, _, since = WORK[i % len(WORK)]
    rest = [
        patient,
        stay(ident, since),
        new_task(ident, activity, due, "Practitioner/noor"),
        program(ident, model, since),
    ]
    rest += chart(ident, i) if i in (7, 0, 1) else []
    return rest + ([tried(ident, activity)] if i in (2, 4, 7) else [])


def stay(ident: str, since: float) -> dict:
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


def stranger() -> list[dict]:
    """Someone of the other team, whose every word is a canary."""
    patient = new_patient("canary", "Zzyxcanary", "Quorlwren", "bay", "1961-01-01")
    return [
        patient,
        stay("canary", 90),
        new_task("canary", "post_discharge_contact", 2, "Practitioner/ben"),
        program("canary", "transitions", 90),
        tried("canary", "post_discharge_contact"),
    ]


def teammate() -> list[dict]:
    """Someone my team serves who is another colleague's."""
    patient = new_patient("mate", "Marisol", "Teamwright", "harbor", "1950-06-06")
    return [
        patient,
        stay("mate", 90),
        new_task("mate", "post_discharge_contact", 2, None),
        program("mate", "transitions", 90),
    ]
