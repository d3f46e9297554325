"""The charts: problems, medicines, readings, an allergy, a team, a goal and family of some of the people."""

from datetime import timedelta

from .names import FAMILY
from .town import NOW


def chart(ident: str, i: int) -> list[dict]:
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
