"""Small lives for the record's tests: a patient, a stay, a weight."""


def patient(patient_id, **more):
    return {"resourceType": "Patient", "id": patient_id, "birthDate": "1950-03-04", **more}


def stay(encounter_id, patient_id, *, end="2026-07-03T22:30:00-04:00", **more):
    act = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"}
    period = {"start": "2026-07-01T10:00:00-04:00"} | ({"end": end} if end else {})
    subject = {"reference": f"Patient/{patient_id}"}
    return {
        "resourceType": "Encounter", "id": encounter_id, "status": "finished", "class": act, "subject": subject,
        "period": period, **more,
    }  # fmt: skip


def weight(observation_id, patient_id, kilograms):
    code = {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]}
    return {
        "resourceType": "Observation", "id": observation_id, "status": "final", "code": code,
        "subject": {"reference": f"Patient/{patient_id}"}, "effectiveDateTime": "2026-07-01",
        "valueQuantity": {"value": kilograms, "unit": "kg"},
    }  # fmt: skip
