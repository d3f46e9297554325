"""A client of the hub: three emergency visits, one agency, pathways that pay by their outcome, and a second agency.

Expected by models-b.md 3: HUB-E1 (three emergency visits in twelve months), HUB-W5 (an agency in two business days, a
try in two more, joined or closed in thirty days), HUB-W1 and T-10 (a second referral is already served), HUB-A1 (each
yes proposes a pathway; signed in five business days), HUB-X1 (no step in thirty days), HUB-$1 to $4 and T-11 (rate 95:
checklist 1, learning 1, medical home 4; the hub keeps 15 percent; a second medical home in the window pays nothing).
"""

from datetime import date

from throughcare.community import records
from throughcare.community.shapes import concept, reference, said

from .sources import patient, stay

HUB = "community_hub"
WORKER = {"role": "community_health_worker", "by": "Practitioner/rosaura"}
AGENCY = "Organization/alder"


def test_a_client_walks_her_pathways_with_one_agency_and_outcomes_are_paid(life):
    life.whom = "nia"
    life.sends(
        "hospital",
        "2026-01-12",
        patient("nia", "1990-08-14"),
        *(stay(f"er-{n}", "nia", f"{n} 10:00", f"{n} 14:00", kind="EMER") for n in ("2025-06-02", "2025-11-20")),
    )
    assert (life.answer(HUB), life.episode(HUB)) == ("not_met", None)
    life.sends("hospital", "2026-01-12 15:00", stay("er-3", "nia", "2026-01-12 10:00", "2026-01-12 14:00", kind="EMER"))
    assert (life.answer(HUB), life.criteria(HUB)["often_in_emergency"]) == ("met", "met")

    assert life.episode(HUB) == ("planned", "eligible", "2026-01-12", None)

    life.sends("registry", "2026-01-13", *_network(), records.asked("ref-1", "nia", HUB, date(2026, 1, 13)))
    assert life.states(HUB, "choose_agency") == [("requested", "2026-01-15")]
    life.sends("registry", "2026-01-14", _member("m-1", "alder", [("planned", date(2026, 1, 14))]))
    assert life.states(HUB, "choose_agency") == [("completed", "2026-01-15")]
    assert life.episode(HUB)[:2] == ("cancelled", "known_elsewhere"), "the registry keeps the membership itself"
    assert life.states(HUB, "first_try") == [("requested", "2026-01-16")]
    life.calls("2026-01-15 10:00", life.task(HUB, "first_try"), "no_answer", **WORKER)
    assert life.work(HUB, "first_try", "join_or_close") == [
        ("first_try", "met", "2026-01-16"), ("join_or_close", "open", "2026-02-13"),
    ]  # fmt: skip

    joined = [("planned", date(2026, 1, 14)), ("active", date(2026, 1, 20))]
    life.sends(
        "registry",
        "2026-01-20",
        records.consent("yes", "nia", "hub_registry", date(2026, 1, 20)),
        _member("m-1", "alder", joined, worker="rosaura", signed_on=date(2026, 1, 20)),
    )
    assert life.states(HUB, "join_or_close") == [("completed", "2026-02-13")]
    assert life.states(HUB, "first_checklist") == [("requested", "2026-02-03")]
    assert (life.team(HUB), life.missing(HUB)) == ({"community_health_worker": "Practitioner/rosaura"}, [])
    yes = {"no_regular_doctor": "yes", "food_runs_out": "yes", "low_mood": "no"}
    life.sends("registry", "2026-01-22", records.form("list-1", "nia", "hub_checklist_adult", date(2026, 1, 22), yes))
    assert life.states(HUB, "first_checklist") == [("completed", "2026-02-03")]
    assert life.states(HUB, "open_pathway") == [("requested", "2026-01-29")] * 2, "each yes proposes a pathway"

    life.sends(
        "registry",
        "2026-01-23",
        *_pathway("home", "medical_home", "2026-01-23"),
        *_pathway("food", "food_security", "2026-01-23"),
    )
    assert life.states(HUB, "open_pathway") == [("completed", "2026-01-29")] * 2
    assert life.states(HUB, "sign_pathway") == [("requested", "2026-01-30")] * 2
    life.sends(
        "registry",
        "2026-02-10 12:00",
        *_pathway(
            "home",
            "medical_home",
            "2026-01-23",
            signed="2026-01-26",
            clinician_found="2026-01-27",
            appointment_scheduled="2026-01-30",
            first_appointment_kept="2026-02-10",
        ),
        *_pathway("food", "food_security", "2026-01-23", signed="2026-02-02"),
        *_pathway(
            "ride",
            "medical_referral",
            "2026-01-28",
            "eyes",
            signed="2026-01-29",
            appointment_scheduled="2026-02-02",
            appointment_kept="2026-02-09",
        ),
        *_pathway(
            "sleep",
            "learning",
            "2026-02-01",
            "safe_sleep",
            signed="2026-02-03",
            module_presented="2026-02-04",
            understanding_confirmed="2026-02-06",
        ),
    )
    assert ("sign_pathway", "late", "2026-01-30") in life.work(HUB, "sign_pathway"), "food was signed on the sixth day"
    assert ("check_proof", "open", "2026-02-25") in life.work(HUB, "check_proof"), "ten business days, one a holiday"
    life.settle("2026-02-12 09:00")
    assert life.states(HUB, "home_visit") == [("requested", "2026-02-19")], "a month after she joined, a week ahead"
    life.calls("2026-02-17 10:00", life.task(HUB, "home_visit"), mode="visit", **WORKER)
    life.sends("registry", "2026-02-20", _checked("home"), _checked("ride"), _checked("sleep"))
    assert {status for _, status, _ in life.work(HUB, "check_proof")} == {"met"}

    life.sends(
        "registry",
        "2026-03-05",
        records.asked("ref-2", "nia", HUB, date(2026, 3, 2)),
        _member("m-2", "birch", [("planned", date(2026, 3, 3))]),
    )
    assert life.states(HUB, "tell_both_agencies") == [("requested", "2026-03-04")], "she is served already"
    assert len(life.work(HUB, "choose_agency")) == 1
    assert life.states(HUB, "pathway_stands_still") == [("requested", "2026-03-11")]
    life.calls("2026-03-05 15:00", life.task(HUB, "pathway_stands_still"), role="supervisor", by="Practitioner/helga")
    life.sends(
        "registry",
        "2026-04-20",
        _member("m-2", "birch", [("planned", date(2026, 3, 3))], date(2026, 3, 9)),
        *_pathway("food", "food_security", "2026-01-23", signed="2026-02-02", failed="2026-03-20"),
        *_pathway(
            "home-2",
            "medical_home",
            "2026-03-10",
            signed="2026-03-11",
            clinician_found="2026-03-12",
            appointment_scheduled="2026-03-13",
            first_appointment_kept="2026-04-14",
        ),
    )
    assert life.states(HUB, "home_visit")[-1] == ("requested", "2026-03-19")

    over = [*joined, ("finished", date(2026, 4, 24))]
    life.sends(
        "registry",
        "2026-04-24",
        records.decision("done", "nia", "agrees_to_finish", "yes", date(2026, 4, 24)),
        _member(
            "m-1",
            "alder",
            over,
            date(2026, 4, 24),
            worker="rosaura",
            signed_on=date(2026, 1, 20),
            reason="pathways_closed",
        ),
    )
    assert life.states(HUB, "home_visit")[-1][0] == "cancelled"
    assert life.lines(HUB) == [
        ("checklist", "95.00", "payable", ""),
        ("learning", "95.00", "payable", ""),
        ("medical_referral", "190.00", "payable", ""),
        ("medical_home", "380.00", "payable", ""),
        ("medical_home", "380.00", "blocked", "the same kind was paid in this contract window"),
    ]

    told = life.tells("2026-05-01")
    earned = told.answers.rows(HUB, "joined_memberships")["EpisodeOfCare/m-1"]
    assert [f"{earned[name]:.2f}" for name in ("amount", "to_hub", "to_agency")] == ["760.00", "114.00", "646.00"]
    scores = {measure: counted[:2] for measure, counted in life.scores(HUB).items()}
    assert scores["pathways_completed"] == (4, 5)
    assert scores["two_agencies"] == (0, 1)
    assert scores["joined_in_thirty_days"] == (1, 1)


def _network() -> list[dict]:
    """Two agencies, and the contract under which their outcomes are paid."""
    kind = [concept("urn:throughcare:organization", "care_coordination_agency")]
    agencies = [{"resourceType": "Organization", "id": id, "active": True, "name": id.title(), "type": kind,
                 "extension": said(cap=50)} for id in ("alder", "birch")]  # fmt: skip
    contract = {"resourceType": "Contract", "id": "contract", "status": "executed",
                "type": concept("urn:throughcare:agreement", "hub_contract"),
                "subject": [reference("Organization", id) for id in ("hub", "alder", "birch")],
                "applies": {"start": "2026-01-01", "end": "2026-12-31"},
                "extension": said(unit_rate=95.0, share=0.15)}  # fmt: skip
    return [*agencies, contract]


def _member(id: str, agency: str, states: list, ended: date | None = None, **more) -> dict:
    """A membership as the registry keeps it, with its one agency."""
    states = [*states, ("cancelled", ended)] if ended and states[-1][0] == "planned" else states
    made = records.enrollment("pathways", id, "nia", states, ended, **more)
    return made | {"managingOrganization": reference("Organization", agency)}


def _pathway(id: str, kind: str, opened: str, subtype: str | None = None, failed: str = "", **steps: str) -> list[dict]:
    """A pathway's own task, and one for each step that was done on its day."""
    whole = _task(id, kind, "failed" if failed else "in-progress", opened, subtype=subtype)
    whole |= {"owner": reference("Organization", "alder"), "executionPeriod": {"start": opened}}
    if failed:
        whole["executionPeriod"]["end"] = failed
        whole["statusReason"] = concept("urn:throughcare:reason", "not_wanted_now")
    return [whole, *(_step(id, kind, step, day, subtype) for step, day in steps.items())]


def _step(id: str, kind: str, step: str, day: str, subtype: str | None = None) -> dict:
    made = _task(f"{id}-{step.replace('_', '-')}", kind, "completed", day, step=step, subtype=subtype)
    return made | {"partOf": [reference("Task", id)], "executionPeriod": {"start": day, "end": day}}


def _checked(id: str) -> dict:
    """The hub's quality staff accept the proof."""
    made = _step(id, "any", "checked", "2026-02-20")
    return made | {"businessStatus": concept("urn:throughcare:qa", "accepted")}


def _task(id: str, kind: str, status: str, day: str, **more) -> dict:
    return {"resourceType": "Task", "id": id, "status": status, "intent": "order",
            "code": concept("urn:throughcare:pathway", kind), "for": reference("Patient", "nia"),
            "authoredOn": f"{day}T10:00:00-05:00", "extension": said(**more)}  # fmt: skip
