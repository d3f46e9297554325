"""Food on the table: asked, agreed, sent with permission, answered late, helped; and an hour of navigation (G0019).

Expected by models-b.md 1: nothing is sent without consent; sent within one business day of it, answered within two of
being sent, begun within five, finished in 30 days, open longer than 60 days is the supervisor's; a loop is closed by
what was done (CBC-W8), and helped is asked for by itself; 60 minutes in a month are $79.24 (1.10), and lack a visit
that names the need until the doctor has named it.
"""

from datetime import date

from throughcare.act import joining, referrals
from throughcare.community import records
from throughcare.community.shapes import SNOMED, concept, condition, reference
from throughcare.community.visits import needs_form

from .sources import patient, visit

CBC = "community_based_care_coordination"
NAVIGATOR, PANTRY = {"by": "Practitioner/nav", "party": "requester"}, {"by": "Organization/pantry", "party": "target"}
VISIT = visit("v", "ines", "2026-03-02 10:00", "doc", type=[concept("http://www.ama-assn.org/go/cpt", "99214")])
FOOD = condition("food", "ines", "Z59.41", "Food insecurity", date(2026, 3, 4), category="problem-list-item")
RESOLVED = concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "resolved")
GOAL = records.goal(
    "eat", "ines", "Eat every day", date(2026, 3, 5), domain="food-insecurity", need="Condition/food"
)  # fmt: skip
BOXES = {
    "resourceType": "Procedure", "id": "boxes", "status": "completed", "code": concept(SNOMED, "710925007"),
    "subject": reference("Patient", "ines"), "performedDateTime": "2026-03-20",
}  # fmt: skip


def minutes(id, day, number):
    """A talk of the navigator, in minutes of the doctor's service."""
    family = {"minutes_family": "community_health_integration", "bills_for": "Practitioner/doc"}
    return records.contact(id, "ines", "navigator_contact", day, "nav", "navigator", minutes=number, **family)


def test_food_on_the_table(life):
    life.whom, loop = "ines", life.published.library.loops["referral"]

    def asked():
        return next(t for t in life.stored("Task") if t.body["code"]["coding"][0]["code"] == "fulfill")

    def agreements():
        return [one for one in life.stored("Consent") if "organization" in one.body]

    def consents():
        return [one.body for one in agreements()]

    def move(at, to, who, **said):
        return life.tries(
            at, referrals.move_referral, asked(), loop, to, today=date.fromisoformat(at[:10]), **who, **said
        )

    life.sends("practice", "2026-03-02 12:00", patient("ines", "1980-05-01"), VISIT)
    assert (life.answer(CBC), life.criteria(CBC)["core_need"]) == ("unknown", "unknown")
    assert life.states(CBC, "screen_for_needs") == [("requested", "2026-03-16")]
    life.agrees("2026-03-02 13:00", "community_health_integration")
    life.sends("practice", "2026-03-03 12:00", needs_form("screen", "ines", date(2026, 3, 3), ("food",)))
    assert life.episode(CBC) == ("planned", "eligible", "2026-03-03", None)
    assert life.states(CBC, "screen_for_needs") == [("completed", "2026-03-16")]
    desk = records.team("desk", "ines", [("navigator", "Practitioner/nav")], date(2026, 3, 4), "desk")
    life.sends("platform", "2026-03-04 12:00", FOOD, desk)
    life.agrees("2026-03-04 13:00", "community_care")
    assert life.episode(CBC) == ("active", "consented", "2026-03-04", None)
    assert (life.team(CBC)["navigator"], life.missing(CBC)) == ("Practitioner/nav", [])
    assert life.work(CBC, "agree_on_need", "agree_on_goal") == [
        ("agree_on_need", "met", "2026-03-17"),
        ("agree_on_goal", "open", "2026-03-18"),
    ]
    assert life.goals(CBC) == {"enough_food": "proposed"}

    life.sends("platform", "2026-03-05 10:00", GOAL)
    help = referrals.Asked(
        person_id=life.person, patient="Patient/ines", domain="food-insecurity", service=concept(SNOMED, "710925007"),
        recipient="Organization/pantry", reason="Condition/food",
    )  # fmt: skip
    life.does("2026-03-05 11:00", referrals.open_referral, help, loop, by="Practitioner/nav")
    assert move("2026-03-05 11:30", "requested", NAVIGATOR).code == "consent_missing"
    life.agrees("2026-03-05 11:45", "share_information", to="Organization/kitchen")
    assert move("2026-03-05 11:50", "requested", NAVIGATOR, consents=consents()).code == "consent_missing"
    assert [c.body["organization"][0]["reference"] for c in agreements()] == ["Organization/kitchen"]
    life.does("2026-03-05 11:55", joining.withdraw_consent, *agreements())
    assert life.states(CBC, "ask_to_share") == [("requested", "2026-03-12")]
    life.agrees("2026-03-06 14:00", "share_information", to="Organization/pantry")
    assert life.states(CBC, "send_referral") == [("cancelled", "2026-03-06"), ("requested", "2026-03-09")], (
        "what was taken back asks for nothing; one business day, over a weekend"
    )
    assert move("2026-03-09 10:00", "requested", NAVIGATOR, consents=consents()) is None
    assert life.work(CBC, "send_referral", "answer_referral", "finish_referral", "report_sent_without_consent") == [
        ("send_referral", "cancelled", "2026-03-06"),
        ("send_referral", "met", "2026-03-09"),
        ("answer_referral", "open", "2026-03-11"),
        ("finish_referral", "open", "2026-04-08"),
    ]
    life.settle("2026-03-12 08:00")
    late = life.task(CBC, "answer_referral").body
    assert {"navigator"} & {r["coding"][0]["code"] for r in late["performerType"]}
    assert late["priority"] == "asap"
    assert move("2026-03-12 11:30", "accepted", PANTRY) is None
    assert move("2026-03-13 11:30", "in-progress", PANTRY) is None
    life.sends("platform", "2026-03-20 12:00", BOXES)
    assert move("2026-03-20 13:30", "completed", PANTRY, result="Procedure/boxes") is None
    about = asked().body["focus"]["reference"]
    helped = records.contact("helped", "ines", "confirm_help", date(2026, 3, 26), "nav", "navigator", about=about,
                             result="helped")  # fmt: skip
    talks = minutes("m1", date(2026, 3, 9), 40), minutes("m2", date(2026, 3, 24), 20)
    life.sends("platform", "2026-03-27", helped, *talks)
    assert life.work(CBC, "answer_referral", "begin_help", "ask_if_it_helped", "ask_what_was_done") == [
        ("answer_referral", "late", "2026-03-11"),
        ("begin_help", "met", "2026-03-19"),
        ("ask_if_it_helped", "met", "2026-04-03"),
    ]
    assert life.team(CBC)["community_organization"] == "Organization/pantry"
    lacking = "no starting visit that names a need which limits care"
    assert life.lines(CBC) == [("G0019", "79.24", "blocked", lacking)]
    limits = records.decision("limits", "ines", "need_limits_care", "yes", date(2026, 3, 2))
    life.sends("practice", "2026-03-31", limits)
    assert life.lines(CBC) == [("G0019", "79.24", "payable", "")]

    life.settle("2026-05-08")
    assert life.states(CBC, "supervisor_review") == [("requested", "2026-05-08")]
    over = FOOD | {"clinicalStatus": RESOLVED, "abatementDateTime": "2026-05-12"}
    life.sends("platform", "2026-05-12", needs_form("again", "ines", date(2026, 5, 12), ()), over)
    assert life.episode(CBC) == ("finished", "needs_settled", "2026-03-04", "2026-05-12")
    assert life.states(CBC, "supervisor_review") == [("cancelled", "2026-05-08")]
    assert life.team(CBC) == {}
    life.tells("2026-05-13")
    scores = life.scores(CBC)
    assert (scores["closed_loops"][:2], scores["people_helped"][:2]) == ((1, 1), (1, 1))
    assert (scores["connected_in_sixty_days"][:2], f"{scores['days_to_first_answer'][2]}") == ((1, 1), "3.00")
