"""The programs: two small care models made of the grammar's own types, one of thirty days, one that goes on."""

from datetime import date

from throughcare.definitions import grammar as g


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
