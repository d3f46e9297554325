"""A first-time mother and her child, from the referral in spring to the second birthday: 64 visits planned, 45 made.

Expected by models-b.md 5: NFP-E2 to E4 (nobody asked about children is not a no), NFP-W1 and W2 (tried in two business
days, seen in fourteen days), NFP-C1 (in with consent and first visit), T-14 (from 16w0d to a birth at 40w0d 14 + 28 +
22 visits, at least 12 + 19 + 14 of them made), NFP-W3 and W4 (a visit missed stays on the grid, two in a row bring her
back), NFP-W5 (seen in seven days after birth) and 5.7 (45 visits of 160 dollars are 7,200; 25 minutes pay nothing, of
two on one day one pays), NFP-C2 (over on the second birthday).
"""

import json
from datetime import date, timedelta

from throughcare.community import records
from throughcare.community.nurses import SHARES
from throughcare.community.shapes import concept, parts, reference, said

from .sources import patient

NFP = "nurse_family_partnership"
NURSE = {"role": "nurse_home_visitor", "by": "Practitioner/pilar"}
FIRST, BIRTH = date(2026, 4, 27), date(2026, 10, 12)  # 16 weeks to the day, and 40
PREGNANCY = [FIRST + timedelta(days=d) for d in (0, 7, 14, 21, *range(35, 168, 14))]
INFANCY = [BIRTH + timedelta(days=d) for d in (*range(7, 43, 7), *range(56, 364, 14))]
TODDLER = [*(BIRTH + timedelta(days=d) for d in range(364, 639, 14)), date(2028, 8, 12), date(2028, 9, 12)]


def test_a_mother_and_her_child_are_visited_until_the_child_is_two(life):
    assert [len(grid) for grid in (PREGNANCY, INFANCY, TODDLER)] == [14, 28, 22]
    life.whom = "june"
    life.sends("clinic", "2026-04-13", patient("june", "2004-02-11"), _pregnancy())
    assert (life.answer(NFP), life.episode(NFP)) == ("unknown", None)
    assert {c for c, a in life.criteria(NFP).items() if a == "unknown"} == {"first_child", "low_income"}

    life.sends(
        "clinic",
        "2026-04-15",
        _pregnancy(births_before_live=0),
        records.decision("wic", "june", "wic", "yes", date(2026, 4, 15)),
        records.asked("ref", "june", "referral", date(2026, 4, 15), service=NFP),
    )
    assert life.answer(NFP) == "met"
    assert life.episode(NFP) == ("planned", "eligible", "2026-04-15", None)
    assert life.states(NFP, "first_attempt") == [("requested", "2026-04-17")]
    assert life.states(NFP, "first_visit") == [("requested", "2026-04-29")]
    life.calls("2026-04-16 10:00", life.task(NFP, "first_attempt"), "no_answer", **NURSE)
    assert life.states(NFP, "first_attempt") == [("completed", "2026-04-17")]

    life.agrees("2026-04-27 10:00", "nurse_visits")
    assert life.episode(NFP).status == "planned", "signed, and not yet visited"
    life.sends(
        "nurses",
        "2026-04-27 15:00",
        _visit(0, FIRST),
        records.team("team", "june", [("nurse_home_visitor", "Practitioner/pilar")], FIRST, "nurses"),
    )
    assert life.episode(NFP) == ("active", "enrolled", "2026-04-27", None)
    assert life.states(NFP, "first_visit") == [("completed", "2026-04-29")]
    assert (life.team(NFP), life.missing(NFP)) == ({"nurse_home_visitor": "Practitioner/pilar"}, [])
    assert "people_around_us" in life.goals(NFP)

    early = [day for day in PREGNANCY[1:] if day < date(2026, 7, 20)]
    missed = early[-2:]  # 29 June and 13 July
    life.sends(
        "nurses",
        "2026-07-20",
        *(_visit(n, day) for n, day in enumerate(early, 1) if day not in missed),
        _visit(100, date(2026, 5, 6), minutes=25),
        _visit(101, date(2026, 5, 11), hour=15),
    )
    visits = life.work(NFP, "nurse_visit")
    assert [(s, due) for _, s, due in visits if due <= "2026-07-20"] == [
        *(("met", f"{day + timedelta(days=3)}") for day in PREGNANCY[:4]),
        *(("met", f"{day + timedelta(days=6)}") for day in PREGNANCY[4:6]),
        *(("cancelled", f"{day + timedelta(days=6)}") for day in missed),
    ]  # fmt: skip
    assert [s for s, _ in life.states(NFP, "win_back")] == ["requested"], "two missed in a row"
    life.calls("2026-07-21 10:00", life.task(NFP, "win_back"), **NURSE)
    assert [s for s, _ in life.states(NFP, "win_back")] == ["completed"]

    rest = [day for day in PREGNANCY if day > date(2026, 7, 20)]
    life.sends("nurses", "2026-10-14", *(_visit(n, day) for n, day in enumerate(rest, 8)), _told("2026-10-14"))
    born = parts("birth", on=BIRTH, grams=3240.0, gestation_days=280, outcome="live")
    life.sends("clinic", "2026-10-14 10:00", _pregnancy(births_before_live=0, born=born))
    assert life.states(NFP, "visit_after_birth") == [("requested", "2026-10-21")]
    made = [day for n, day in enumerate(INFANCY) if n % 3 != 2]
    life.sends("nurses", "2027-10-11", *(_visit(n, day) for n, day in enumerate(made, 200)))
    assert life.states(NFP, "visit_after_birth") == [("completed", "2026-10-21")]
    assert life.episode(NFP).status == "active"
    made = [day for n, day in enumerate(TODDLER) if n and n % 3 != 2]
    life.sends("nurses", "2028-10-11", *(_visit(n, day) for n, day in enumerate(made, 300)))
    assert life.episode(NFP).status == "active"

    life.settle("2028-10-12 09:00")
    assert life.episode(NFP) == ("finished", "graduated", "2026-04-27", "2028-10-12")
    assert not {s for _, s, _ in life.work(NFP)} & {"open", "breached"}
    lines = life.lines(NFP)
    paid = [float(amount) for _, amount, status, _ in lines if status == "payable"]
    assert (len(paid), sum(paid)) == (45, 7200.00)
    assert [why for _, _, status, why in lines if status == "blocked"] == [
        "the visit was shorter than the State asks", "another visit of the same day is paid",
    ]  # fmt: skip

    life.tells("2028-10-20")
    scores = {measure: f"{counted[2]}" for measure, counted in life.scores(NFP).items() if measure[:4] == "dose"}
    assert scores == {"dose_pregnancy": "85.71", "dose_infancy": "67.86", "dose_toddler": "63.64"}
    proof = life.rows("select proof from think.measure_row where measure like 'dose_%%' and denominator")
    assert sorted(int(float(json.loads(told)["fewest"])) for (told,) in proof) == [12, 14, 19]


def _told(day: str) -> dict:
    """That the child was born became known on a day."""
    return {"resourceType": "Observation", "id": "told", "status": "final", "subject": reference("Patient", "june"),
            "code": concept("urn:throughcare:life-event", "birth_reported"), "effectiveDateTime": day,
            "valueBoolean": True}  # fmt: skip


def _pregnancy(born: dict | None = None, **told: int) -> dict:
    period = {"start": "2026-01-05"} | ({"end": f"{BIRTH}"} if born else {})
    return {
        "resourceType": "EpisodeOfCare", "id": "pregnancy", "status": "finished" if born else "active",
        "type": [concept("urn:throughcare:episode", "pregnancy")], "patient": reference("Patient", "june"),
        "period": period, "extension": [*said(edd=BIRTH, edd_method="ultrasound", **told), *([born] if born else [])],
    }  # fmt: skip


def _visit(n: int, day: date, minutes: int = 60, hour: int = 10) -> dict:
    """A visit as the nurse writes it down, with the share of each domain."""
    made = records.contact(f"v-{n}", "june", "nurse_home_visit", day, "pilar", "nurse_home_visitor", mode="visit",
                           minutes=minutes, hour=hour)  # fmt: skip
    made["extension"] += [parts("part", kind="domain", code=c, percent=float(p)) for c, p in SHARES.items()]
    return made
