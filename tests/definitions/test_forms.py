"""What forms say: scores by hand-worked values, what holds while answers are missing, and what nobody can read."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from throughcare.decide.evaluate import Engine
from throughcare.decide.lives import lives
from throughcare.definitions.desugar import Made, form_entries
from throughcare.definitions.grammar.forms import Rescale

from .instruments import filled, known_form, plan, plan_of, rows, scored, total

SAFETY = ("95618-5", "95617-7", "95616-9", "95615-1")
HOW_OFTEN = dict(zip(range(1, 6), ("LA6270-8", "LA10066-1", "LA10082-8", "LA16644-9", "LA6482-9"), strict=True))
DAYS = ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")
PHQ9 = ("44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8")


def safety(*points: int) -> dict[str, Any]:
    answers = {link: HOW_OFTEN[p] for link, p in zip(SAFETY, points, strict=False)}
    return scored("ahc_hrsn", filled("ahc_hrsn", answers))


def phq9(*points: int) -> dict[str, Any]:
    return {link: DAYS[p] for link, p in zip(PHQ9, points, strict=False)}


# T-1, CBC-A4: a total of 11 is positive, 10 is not, and 5 and 4 with two blanks cannot fall below 9 + 2.
@pytest.mark.parametrize(
    ("points", "total_score", "lowest", "positive"),
    [
        ((3, 4, 2, 2), 11, 11, True),
        ((3, 3, 2, 2), 10, 10, False),
        ((5, 4), None, 11, True),
        ((5, 3), None, 10, None),
        ((1, 1, 1), None, 4, False),
        ((), None, 4, None),
    ],
)
def test_safety_is_known_as_soon_as_blanks_cannot_change_it(points, total_score, lowest, positive):
    row = safety(*points)
    assert (row["safety_score"], row["safety_score_low"], row["safety_positive"]) == (total_score, lowest, positive)


# T-2: one question, two lists of answers.
def test_the_same_question_is_read_by_its_form():
    homeless = scored("prapare", filled("prapare", {"/93042-0/71802-3": "LA30190-5"}))
    assert homeless["homelessness_positive"] is True
    assert scored("prapare", filled("prapare", {"71802-3": "LA30189-7"}))["homelessness_positive"] is False
    assert scored("ahc_hrsn", filled("ahc_hrsn", {"71802-3": "LA31995-6"}))["homelessness_positive"] is True
    assert scored("ahc_hrsn", filled("ahc_hrsn", {"71802-3": "LA31994-9"}))["homelessness_positive"] is False
    assert scored("ahc_hrsn", filled("ahc_hrsn", {"71802-3": "LA31994-9"}))["housing_positive"] is True


def test_an_answer_that_belongs_to_another_list_is_unread_and_no_answer():
    strange = scored("ahc_hrsn", filled("ahc_hrsn", {"71802-3": "LA30190-5"}))
    assert (strange["unread"], strange["answered"], strange["homelessness_positive"]) == (1, 0, None)


# CBC-A3: a domain is negative only when all its questions were answered.
def test_a_domain_is_positive_by_one_answer_and_negative_only_by_all():
    assert scored("ahc_hrsn", filled("ahc_hrsn", {"88122-7": "LA6729-3"}))["food_positive"] is True
    assert scored("ahc_hrsn", filled("ahc_hrsn", {"88122-7": "LA28398-8"}))["food_positive"] is None
    both = filled("ahc_hrsn", {"88122-7": "LA28398-8", "88123-5": "LA28398-8"})
    assert scored("ahc_hrsn", both)["food_positive"] is False
    several = scored("ahc_hrsn", filled("ahc_hrsn", {"96778-6": ["LA28580-1", "LA32001-2"], "71802-3": "LA31993-1"}))
    assert (several["place_problems"], several["housing_positive"]) == (1, True)


def test_any_core_need_makes_the_whole_positive():
    none = {"71802-3": "LA31993-1", "96778-6": "LA9-3", "88122-7": "LA28398-8", "88123-5": "LA28398-8",
            "93030-5": "LA32-8", "96779-4": "LA32-8", **dict.fromkeys(SAFETY, "LA6270-8")}  # fmt: skip
    well = scored("ahc_hrsn", filled("ahc_hrsn", none))
    assert (well["positive"], well["complete"]) == (False, True)
    assert scored("ahc_hrsn", filled("ahc_hrsn", none | {"96779-4": "LA32002-0"}))["positive"] is True
    missing = scored("ahc_hrsn", filled("ahc_hrsn", {k: v for k, v in none.items() if k != "96779-4"}))
    assert (missing["positive"], missing["complete"]) == (None, False)


def test_exercise_counts_for_adults_by_days_times_minutes():
    few = filled("ahc_hrsn", {"89555-7": 3, "68516-4": 49})
    assert [scored("ahc_hrsn", few)[f"exercise_{n}"] for n in ("score", "positive")] == [147, True]
    enough = filled("ahc_hrsn", {"89555-7": 3, "68516-4": 50})
    assert [scored("ahc_hrsn", enough)[f"exercise_{n}"] for n in ("score", "positive")] == [150, False]


# CBC-A5: at risk by one answer; no risk when one was answered and none shows it; nothing when neither was.
@pytest.mark.parametrize(
    ("worry", "lasting", "positive"),
    [
        ("LA28397-0", "LA28398-8", True),
        ("LA28398-8", None, False),
        ("LA15775-2", "LA28398-8", False),
        ("LA15775-2", "LA15775-2", None),
        (None, None, None),
    ],
)
def test_hunger_is_a_risk_by_one_answer_and_refusing_is_no_answer(worry, lasting, positive):
    answers = {k: v for k, v in (("88122-7", worry), ("88123-5", lasting)) if v}
    assert scored("hunger_vital_sign", filled("hunger_vital_sign", answers))["positive"] is positive


def test_a_stated_risk_alone_is_enough():
    assert scored("hunger_vital_sign", total("88124-3", "LA19952-3"))["positive"] is True
    assert scored("hunger_vital_sign", filled("hunger_vital_sign", {"88124-3": "LA19983-8"}))["positive"] is False


@pytest.mark.parametrize(("points", "positive"), [((2, 1), True), ((1, 1), False), ((3,), True), ((2,), None)])
def test_two_questions_on_mood_are_positive_from_three(points, positive):
    assert scored("phq2", filled("phq2", phq9(*points)))["positive"] is positive


@pytest.mark.parametrize(
    ("score", "band", "positive"),
    [(0, "minimal", False), (4, "minimal", False), (5, "mild", False), (9, "mild", False), (10, "moderate", True),
     (14, "moderate", True), (15, "moderately_severe", True), (19, "moderately_severe", True), (20, "severe", True)],
)  # fmt: skip
def test_the_bands_of_nine_questions_begin_where_they_should(score, band, positive):
    points = [3] * (score // 3) + [score % 3]
    row = scored("phq9", filled("phq9", phq9(*points, *[0] * (9 - len(points)))))
    assert (row["score"], row["band"], row["positive"], row["complete"]) == (score, band, positive, True)


def test_a_band_is_known_when_the_blanks_cannot_leave_it():
    almost = scored("phq9", filled("phq9", phq9(*[3] * 7, 0)))
    assert (almost["score"], almost["score_low"], almost["score_high"]) == (None, 21, 24)
    assert (almost["band"], almost["positive"], almost["complete"]) == ("severe", True, False)
    open_still = scored("phq9", filled("phq9", phq9(*[1] * 8)))
    assert (open_still["score_low"], open_still["score_high"], open_still["band"]) == (8, 11, None)


def test_a_refused_answer_is_a_blank():
    row = scored("gad7", filled("gad7", {"69725-0": "LA6571-9", "68509-9": "asked-declined"}))
    assert (row["answered"], row["unread"], row["score_low"], row["score_high"]) == (1, 0, 3, 21)


def test_a_score_without_answers_gives_a_row_too():
    row = scored("phq9", total("44261-6", 14))
    assert (row["score"], row["band"], row["complete"], row["answered"]) == (14, "moderate", True, 0)


def test_a_stated_score_fills_in_what_is_missing_only_where_the_answers_allow_it():
    allowed = scored("phq9", filled("phq9", phq9(*[1] * 8) | {"44261-6": 10}))
    assert (allowed["score"], allowed["complete"]) == (10, True)
    impossible = scored("phq9", filled("phq9", phq9(*[1] * 8) | {"44261-6": 12}))
    assert (impossible["score"], impossible["stated"]) == (None, 12)
    differs = scored("phq9", filled("phq9", phq9(*[1] * 9) | {"44261-6": 12}))
    assert (differs["score"], differs["stated"]) == (9, 12)


def test_a_form_in_progress_is_not_complete_whatever_it_says():
    row = scored("phq2", filled("phq2", phq9(1, 1), status="in-progress"))
    assert (row["score"], row["complete"]) == (2, False)


def test_answers_given_as_numbers_count_when_they_can_be_points():
    assert scored("phq2", filled("phq2", {"44250-9": 2, "44255-8": 3}))["score"] == 5
    wrong = scored("phq2", filled("phq2", {"44250-9": 2, "44255-8": 4}))
    assert (wrong["score"], wrong["unread"]) == (None, 1)


def test_components_of_a_panel_are_answers():
    said = {"valueCodeableConcept": {"coding": [{"code": DAYS[2]}]}}
    panel = total("44249-1", 0) | {"component": [{"code": {"coding": [{"code": c}]}, **said} for c in PHQ9]}
    del panel["valueQuantity"]
    assert scored("phq9", panel)["score"] == 18


@pytest.mark.parametrize(("sex", "positive"), [("female", True), ("male", False), (None, None)])
def test_three_points_of_drinking_are_risky_for_a_woman(sex, positive):
    answers = {"68518-0": "LA18927-6", "68519-8": "LA15695-2", "68520-6": "LA6270-8"}
    row = scored("audit_c", filled("audit_c", answers), sex=sex)
    assert (row["score"], row["positive"]) == (3, positive)


# T-CTI-PAA: yes to 3 of 4, 2, 1 and 2 is 8; from 5 at the first visit that is 3 more.
def test_what_a_coach_saw_adds_up_by_pillar_and_its_change_is_told():
    items = [i.id for i in known_form("paa").item]
    first = dict.fromkeys(items, "no") | dict.fromkeys(items[:5], "yes")
    later = dict.fromkeys(items, "yes") | {items[3]: "no", items[7]: "no"}
    sets = '[[fact]]\non = "form_paa"\nid = "gain"\nvalue = "score - previous(score)"\n'
    visits = [filled("paa", first, id="one", authored="2026-05-01"), filled("paa", later, id="two")]
    visits[1]["authored"] = "2026-05-15"
    found = rows(plan(Made(), "paa", sets + _seen("paa")), "form_paa", *visits)
    before, after = found["QuestionnaireResponse/one"], found["QuestionnaireResponse/two"]
    assert [after[f"{p}_score"] for p in ("medicine", "red_flags", "follow_up", "record")] == [3, 2, 1, 2]
    assert (before["score"], before["gain"], after["score"], after["gain"]) == (5, None, 8, 3)


def _seen(form: str) -> str:
    names = [f"{s.id}_score" for s in known_form(form).scale]
    return "".join(f'[[fact]]\non = "form_{form}"\nid = "see_{n}"\nvalue = "{n}"\n' for n in names)


# T-CTI-CTM: 3, 4, 3 has a mean of 3.333 and is 77.8 of 100.
def test_a_mean_is_moved_to_its_scale_and_rounded_once():
    answers = dict(zip(("preferences", "responsibilities", "medicine_purpose"), (3, 4, 3), strict=True))
    row = scored("ctm3", filled("ctm3", answers))
    assert row["score"] == Decimal("77.8")
    words = dict.fromkeys(answers, "strongly_agree") | {"preferences": "not_applicable"}
    left_out = scored("ctm3", filled("ctm3", words))
    assert (left_out["score"], left_out["score_low"], left_out["score_high"]) == (None, Decimal("66.7"), 100)


def test_a_scale_that_runs_down_has_its_ends_the_right_way_round():
    whole = {"id": "down", "url": ["urn:throughcare:form:down"], "positive": "score >= 30"}
    down = replace(known_form("ctm3"), rescale=Rescale(from_=[1, 4], to=[100, 0]), **whole)
    compiled = plan(form_entries(down, "forms/down.toml"), "down")

    def row(**answers: int) -> dict[str, Any]:
        (found,) = rows(compiled, "form_down", filled("down", answers)).values()
        return found

    two = row(preferences=1, responsibilities=4)
    assert (two["score"], two["score_low"], two["score_high"]) == (None, Decimal("33.3"), Decimal("66.7"))
    assert (two["positive"], row(preferences=4, responsibilities=4)["positive"]) == (True, None)


# T-PACIC: all 4 except the five of goals, which are 2: (15 x 4 + 5 x 2) / 20 = 3.5.
def test_a_mean_of_twenty_needs_all_twenty():
    answers = {f"item_{n}": 2 if 7 <= n <= 11 else 4 for n in range(1, 21)}
    row = scored("pacic", filled("pacic", answers))
    assert (row["score"], row["goals_score"], row["activation_score"]) == (Decimal("3.5"), 2, 4)
    short = scored("pacic", filled("pacic", {k: v for k, v in answers.items() if k != "item_20"}))
    assert (short["score"], short["goals_score"], short["follow_up_score"]) == (None, 2, None)


# X4.5: goal attainment.
@pytest.mark.parametrize(
    ("weights", "attained", "score"),
    [
        ((2, 1), (1, 0), "58.03"),
        ((1, 1, 1), (1, 0, -1), "50.00"),
        ((1, 1, 1), (1, 1, 1), "63.69"),
        ((1, 1, 1), (-1, -1, -1), "36.31"),
        ((3, 2, 1), (1, 0, -1), "54.41"),
    ],
)
def test_goals_reached_are_weighed(weights, attained, score):
    assert scored("gas", filled("gas", _goals(weights, attained)))["score"] == Decimal(score)


def test_a_goal_that_was_set_and_not_rated_leaves_the_score_open():
    assert scored("gas", filled("gas", _goals((2, 1), (1,))))["score"] is None
    assert scored("gas", filled("gas", {}))["score"] is None


def _goals(weights: Any, attained: Any) -> dict[str, Any]:
    return {f"weight_{n}": w for n, w in enumerate(weights, 1)} | {
        f"attained_{n}": x for n, x in enumerate(attained, 1)
    }


# X4.1, T-21: the cuts of the levels.
@pytest.mark.parametrize(
    ("score", "level"), [(47.0, "level_1"), (47.1, "level_2"), (72.4, "level_3"), (72.5, "level_4"), (55.2, "level_3")]
)
def test_an_activation_score_has_its_level(score, level):
    assert scored("pam", filled("pam", {"pam_score": score}))["band"] == level


# WRAP-A9, T-9: resolved, improved and still actionable, item by item, between the first and the latest rating.
CANS = """
[[set]]
id = "baseline"
from = "form_cans_answer where known(points)"
pick = { per = ["person_id", "asked"], order = ["on_date"] }

[[fact]]
on = "baseline"
id = "was"
value = "points"

[[fact]]
on = "baseline"
id = "now_points"
latest = "form_cans_answer where known(points)"
link = "asked = asked"
take = "points"

[[set]]
id = "needs"
from = "baseline where was >= action_from"
also = { before = "was", after = "now_points" }
group = { by = ["person_id"] }

[[set.sum]]
id = "actionable"
count = "rows"

[[set.sum]]
id = "resolved"
count = "after < action_from"

[[set.sum]]
id = "improved"
count = "after < before"

[[set.sum]]
id = "still"
count = "after >= action_from"

[[fact]]
on = "needs"
id = "resolved_share"
value = "ratio(resolved * hundred, actionable, 1)"

[[fact]]
on = "needs"
id = "improved_share"
value = "ratio(improved * hundred, actionable, 1)"

[[fact]]
on = "form_cans"
id = "counts"
value = "complete"
"""


def test_needs_that_were_acted_on_are_resolved_or_better():
    first = filled(
        "cans", {"depression": 2, "attendance": 3, "suicide": 2, "family": 2}, id="one", authored="2026-01-01"
    )
    later = filled(
        "cans", {"depression": 1, "attendance": 2, "suicide": 0, "family": 2}, id="two", authored="2026-07-01"
    )
    (found,) = rows(_cans(), "needs", first, later).values()
    assert (found["resolved_share"], found["improved_share"], found["still"]) == (50, 75, 2)


@pytest.mark.parametrize(
    ("certified", "counts"), [("2025-05-01", True), ("2025-04-30", False), ("2026-05-02", False), (None, None)]
)
def test_a_rating_counts_when_whoever_rated_was_certified(certified, counts):
    mark = [{"url": "urn:throughcare:rater-certified-on", "valueDate": certified}] if certified else []
    rating = filled("cans", {"depression": 2}, extension=mark)
    (row,) = rows(_cans(), "form_cans", rating).values()
    assert row["complete"] is counts


def _cans() -> Any:
    return plan(Made(), "cans", CANS.replace("action_from", "1 + 1").replace("hundred", "100"))


# A step of the kind form.
ASKED = """
[[step]]
id = "ask"
while = "always"
opens = "first_day"
due = "30 days after first_day"
activity = "x"
form = "phq2"
role = ["nurse"]
"""


@pytest.mark.parametrize(
    ("answers", "partly", "status"),
    [((1, 1), False, "met"), ((1,), False, "open"), ((1,), True, "met")],
    ids=["complete", "half", "half, and half counts"],
)
def test_a_step_asks_for_the_form_until_its_answers_are_complete(answers, partly, status):
    work = ASKED + ("partial_counts = true\n" if partly else "")
    compiled = plan(Made(), "phq2", '[[fact]]\nid = "first_day"\nvalue = "days_before(today, 1)"\n', work)
    life = [{"resourceType": "Patient", "id": "ana"}, filled("phq2", phq9(*answers), authored="2026-07-08")]
    at = datetime(2026, 7, 9, 13, tzinfo=UTC)
    engine = Engine(compiled)
    (owed,) = engine.run(lives(life, at, "America/New_York").tables, at, "America/New_York").obligation.to_pylist()
    engine.close()
    assert owed["status"] == status


def test_two_responses_of_one_person_are_two_rows():
    found = rows(plan_of("phq2"), "form_phq2", filled("phq2", phq9(1, 1)), filled("phq2", phq9(3, 3), id="later"))
    assert sorted((key, row["score"], row["on_date"]) for key, row in found.items()) == [
        ("QuestionnaireResponse/later", 6, date(2026, 5, 1)),
        ("QuestionnaireResponse/r", 2, date(2026, 5, 1)),
    ]
