"""Somebody seen at a stop of the van: told a day late, sent on, missed at the next stop, told at once when it counts.

Expected by models-b.md 6: MOB-E1 (anyone at the stop), MOB-W3 (an abnormal result is told in one business day, a
critical one the same day; a referral is sent in one business day and answered in thirty days; who did not come is
called in three business days, over a holiday and a weekend), MOB-C2 (off the list when everything is closed), MOB-R1
(one clinical lead), MOB-M6, and 6.5 (Medicare adds 10 percent of what it paid, 8.00 of 80.00, in a shortage area; a
health center's unit bills its rate by the visit).
"""

from datetime import date

from throughcare.community import records
from throughcare.community.shapes import LOINC, concept, parts, reference, said

from .sources import clock, cover, patient

VAN = "mobile_unit"
NURSE = {"role": "nurse", "by": "Practitioner/tam"}


def test_who_is_seen_at_a_stop_is_followed_until_nothing_is_open(life):
    life.whom = "gus"
    life.sends(
        "medicare", "2026-06-01", patient("gus", "1958-04-02", "male"), cover("plan", "gus", "medicare", "2025-01-01")
    )
    life.sends("wheels", "2026-06-10", *_unit(), _session("oak-1", "oak", "2026-06-15"))
    assert (life.answer(VAN), life.episode(VAN)) == ("not_met", None)

    life.sends(
        "wheels",
        "2026-06-15 16:00",
        _booking("b-1", "oak-1", "2026-06-15"),
        _report("sugar", "2026-06-15"),
        records.consent("calls", "gus", "contact_after_visit", date(2026, 6, 15)),
        records.decision("clinic", "gus", "usual_source_of_care", "no", date(2026, 6, 15)),
        _referral("2026-06-15"),
    )
    assert life.answer(VAN) == "met"
    assert life.episode(VAN) == ("active", "eligible", "2026-06-15", None), "nobody needs to join to be followed"
    assert (life.team(VAN), life.missing(VAN)) == ({"session_lead": "Practitioner/odile"}, [])
    assert life.work(VAN) == [
        ("send_the_referral", "open", "2026-06-16"), ("tell_abnormal_result", "open", "2026-06-16"),
        ("close_the_loop", "open", "2026-07-15"), ("hand_to_home_clinic", "open", "2026-07-15"),
    ]  # fmt: skip
    assert life.states(VAN, "tell_abnormal_result") == [("requested", "2026-06-16")]
    life.calls("2026-06-16 10:00", life.task(VAN, "send_the_referral"), mode="mail", **NURSE)
    life.calls("2026-06-16 11:00", life.task(VAN, "tell_abnormal_result"), "no_answer", **NURSE)
    life.settle("2026-06-17 09:00")
    assert ("tell_abnormal_result", "breached", "2026-06-16") in life.work(VAN)
    life.calls("2026-06-17 10:00", life.task(VAN, "tell_abnormal_result"), **NURSE)
    life.calls("2026-06-17 10:05", life.task(VAN, "hand_to_home_clinic"), **NURSE)
    assert [(step, status) for step, status, _ in life.work(VAN)] == [
        ("send_the_referral", "met"), ("tell_abnormal_result", "late"),
        ("close_the_loop", "open"), ("hand_to_home_clinic", "met"),
    ]  # fmt: skip

    life.sends(
        "wheels",
        "2026-06-30 16:00",
        _session("elm-1", "elm", "2026-06-30"),
        _booking("b-2", "elm-1", "2026-06-30", "noshow"),
    )
    assert life.states(VAN, "call_who_did_not_come") == [("requested", "2026-07-06")], "3 July is a holiday"
    life.calls("2026-07-02 10:00", life.task(VAN, "call_who_did_not_come"), role="registrar", by="Practitioner/bram")
    assert life.states(VAN, "call_who_did_not_come") == [("completed", "2026-07-06")]
    life.sends("eyes", "2026-07-10", _report("letter", "2026-07-10", based_on="ServiceRequest/eyes", abnormal=False))
    assert life.states(VAN, "close_the_loop") == [("completed", "2026-07-15")]
    assert life.episode(VAN) == ("finished", "all_closed", "2026-06-15", "2026-07-10")

    life.sends(
        "wheels",
        "2026-08-03 11:00",
        _session("elm-2", "elm", "2026-08-03"),
        _booking("b-3", "elm-2", "2026-08-03"),
        _report("sugar-2", "2026-08-03", critical=True),
    )
    assert life.episode(VAN)[:3] == ("active", "eligible", "2026-08-03"), "back on the list with something new"
    assert life.states(VAN, "tell_critical_result") == [("requested", "2026-08-03")]
    lead = {"role": "session_lead", "by": "Practitioner/odile"}
    life.calls("2026-08-03 14:00", life.task(VAN, "tell_critical_result"), **lead)
    assert life.states(VAN, "tell_critical_result") == [("completed", "2026-08-03")]
    assert life.episode(VAN) == ("finished", "all_closed", "2026-08-03", "2026-08-03")

    life.sends("medicare", "2026-09-01", _claim("claim-1", "2026-06-15", "15"), _claim("claim-2", "2026-08-03", "27"))
    assert life.lines(VAN) == [
        ("99213", "8.00", "payable", ""),
        ("visit", "180.00", "payable", ""),
        ("99213", "8.00", "blocked", "the stop is in no shortage area that is published"),
        ("visit", "180.00", "payable", ""),
    ]
    life.tells("2026-09-02")
    scores = {measure: counted[:2] for measure, counted in life.scores(VAN).items()}
    assert scores["visits_in_the_year"] == (2, 2)
    assert scores["new_to_care_share"] == (1, 1)
    assert scores["abnormal_results_followed"] == (2, 2)
    assert scores["referrals_closed"] == (1, 1)
    assert scores["visitors_who_return"] == (1, 1)


def _unit() -> list[dict]:
    """The van's stops, one in a shortage area, and the health center in whose scope it drives."""
    stops = [
        {
            "resourceType": "Location",
            "id": id,
            "status": "active",
            "name": id.title(),
            "type": [concept("urn:throughcare:site", "stop")],
            "extension": said(hpsa_score=score),
            "managingOrganization": reference("Organization", "van"),
        }
        for id, score in (("oak", 13), ("elm", None))
    ]
    scope = {"resourceType": "Contract", "id": "scope", "status": "executed", "applies": {"start": "2026-01-01"},
             "type": concept("urn:throughcare:agreement", "health_center_scope"),
             "subject": [reference("Organization", "van")], "extension": said(unit_rate=180.0)}  # fmt: skip
    return [*stops, scope]


def _session(id: str, stop: str, day: str) -> dict:
    moved = parts("move", **{"from": "open", "to": "closed", "at": clock(f"{day} 15:00")})
    return {"resourceType": "Schedule", "id": id, "active": True, "actor": [reference("Location", stop)],
            "planningHorizon": {"start": clock(f"{day} 09:00"), "end": clock(f"{day} 15:00")},
            "extension": [*said(state="closed", organization="Organization/van", vehicle="Device/van",
                                lead_worker="Practitioner/odile"), moved]}  # fmt: skip


def _booking(id: str, session: str, day: str, status: str = "fulfilled") -> dict:
    return {"resourceType": "Appointment", "id": id, "status": status,
            "appointmentType": concept("urn:throughcare:meeting", "stop_visit"),
            "start": clock(f"{day} 10:00"), "end": clock(f"{day} 10:20"),
            "participant": [{"actor": reference("Patient", "gus"), "status": "accepted"}],
            "extension": said(session=f"Schedule/{session}")}  # fmt: skip


def _report(id: str, day: str, based_on: str = "", *, abnormal: bool = True, critical: bool | None = None) -> dict:
    made = {"resourceType": "DiagnosticReport", "id": id, "status": "final",
            "code": concept(LOINC, "11488-4" if based_on else "4548-4"), "subject": reference("Patient", "gus"),
            "effectiveDateTime": clock(f"{day} 10:00"), "issued": clock(f"{day} 10:30"),
            "extension": said(abnormal=abnormal, critical=critical)}  # fmt: skip
    return made | ({"basedOn": [{"reference": based_on}]} if based_on else {})


def _referral(day: str) -> dict:
    return {"resourceType": "ServiceRequest", "id": "eyes", "status": "active", "intent": "order",
            "category": [concept("http://snomed.info/sct", "3457005", "Referral")],
            "code": concept("http://snomed.info/sct", "394594003", "Eye care"),
            "subject": reference("Patient", "gus"), "authoredOn": clock(f"{day} 10:00"),
            "requester": reference("Practitioner", "odile")}  # fmt: skip


def _claim(id: str, day: str, place: str) -> dict:
    """What Medicare paid for a visit: 80 dollars."""
    kind = "http://terminology.hl7.org/CodeSystem"
    places = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
    hcpcs = "https://bluebutton.cms.gov/resources/codesystem/hcpcs"
    paid = {"category": concept(f"{kind}/adjudication", "benefit"), "amount": {"value": 80.0, "currency": "USD"}}
    item = {"sequence": 1, "productOrService": concept(hcpcs, "99213"), "servicedDate": day,
            "locationCodeableConcept": concept(places, place), "adjudication": [paid]}  # fmt: skip
    return {"resourceType": "ExplanationOfBenefit", "id": id, "status": "active", "use": "claim", "outcome": "complete",
            "type": concept(f"{kind}/claim-type", "professional"), "patient": reference("Patient", "gus"),
            "created": day, "insurer": reference("Organization", "medicare"),
            "provider": reference("Organization", "van"),
            "insurance": [{"focal": True, "coverage": reference("Coverage", "plan")}], "item": [item]}  # fmt: skip
