"""Measures and costs: every number opens its people, small groups stay hidden, and money says what is missing."""

from datetime import date

from .conftest import signed_in


def test_a_measure_says_where_it_stands_and_how_far_it_is_from_its_target(visit):
    text = visit("noor").get("/measures").text
    assert "Seen at home in time" in text
    assert "<b>75%</b>" in text and "30 of 40" in text and "6 more" in text and "2 cannot be told yet" in text


def test_a_group_of_few_is_named_and_not_told(visit):
    text = visit("noor").get("/measures/transitions/transitions/seen").text
    assert "80.56" in text
    assert "Fewer than 11, not shown" in text and "1 of 4" not in text


def test_the_people_behind_a_number_are_those_one_may_see(visit, shared):
    text = visit("noor").get("/measures/transitions/transitions/seen").text
    assert f"/people/{shared.people['own']}" in text
    assert f"/people/{shared.people['other']}" not in text and "quorlwren" not in text
    assert text.index("Not reached") < text.index(">Reached<")


def test_a_measure_that_nobody_defines_is_absent(visit):
    assert visit("noor").get("/measures/transitions/transitions/made_up").status == 404


def test_what_a_measure_would_rather_not_see_is_good_when_it_did_not_happen(visit, shared):
    mine = visit("noor").get(f"/people/{shared.people['own']}/costs").text.partition("Back in hospital</a>")[2]
    theirs = visit("noor").get(f"/people/{shared.people['team']}/costs").text.partition("Back in hospital</a>")[2]
    assert mine.startswith('<span class="st ok">Did not happen<')
    assert theirs.startswith('<span class="st due">It happened<')


def test_a_month_as_money(visit, shared):
    text = visit("noor").get(f"/people/{shared.people['own']}/costs").text
    assert (
        "80.00 dollars can be claimed" in text and "A fee for each visit at home" in text and "Can be claimed" in text
    )


def test_what_is_missing_is_said_in_the_readers_words(visit, shared):
    text = visit("noor").get(f"/people/{shared.people['team']}/costs").text
    assert "80.00 more is within reach" in text and "no consent on file" in text and "Lacks something" in text


def test_a_care_models_page_tells_its_measures_and_its_money(visit):
    text = visit("noor").get("/care-models/transitions").text
    assert "How well does it go?" in text and "What does it earn?" in text
    assert "Contract with the payer" in text and "no consent on file" in text


def test_what_a_whole_program_is_paid_stands_on_its_page(town):
    with town.site.database.connection() as connection:
        for person, day, amount, status, why in (
            (0, date(2025, 1, 1), 43210, "payable", ""),
            (0, date(2024, 1, 1), 0, "blocked", "no consent on file"),
            (town.people["other"], date(2025, 1, 1), 98765, "payable", ""),
        ):
            connection.execute(
                "insert into think.line (person_id, model, version, line, row_key, service, code, on_date, month,"
                " units, price, amount, priority, status, why_not, why)"
                " values (%s, 'transitions', '2026.1', 'visit_fee', %s, 'coaching_program', 'HV1', %s, %s, 1, %s, %s,"
                " 1, %s, %s, %s)",
                [person, f"year-{day}", day, day, amount, amount, status, why, ["need.visit_fee_1"] if why else []],
            )
    text = signed_in(town)("noor").get("/care-models/transitions").text.partition("What does it earn?")[2]
    assert "Jan 1, 2025" in text and "43,210.00" in text and "Can be claimed" in text
    assert "Jan 1, 2024" in text and "Lacks something" in text
    assert "98,765.00" not in text, "somebody else's line is no program's"
