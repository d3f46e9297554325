"""Practice: who belongs to a practice's panel, who is on its lists, and who would be offered a coach after hospital."""

from datetime import timedelta

from throughcare.community import lists
from throughcare.community.answers import Answer, Life, answer
from throughcare.community.names import FAR_TOWN
from throughcare.community.people import REGISTRY

PANEL_DAYS = 730
HIGH_READINGS = 2  # days with a pressure of 130 over 80 or more that make a list without a word of it
COACHED_CONDITIONS = {"heart_failure", "coronary", "atrial_fibrillation", "copd", "diabetes"}
COACHED_AGE, COACHED_DAYS = 65, 30
HOSPICE_DAYS = 365
CALL_DAYS = 5  # two business days are over by then, whatever holiday there is
GOES_HOME = {"home", "home_health", "skilled_nursing", "there now"}
SERVED = ("en", "es")


def panel(life: Life) -> Answer:
    """Seen in two years, alive, and still here."""
    person, undated = life.person, life.person.plays("panel") == "undated"
    lately = any(day > life.on - timedelta(days=PANEL_DAYS) for day in life.visits)
    return answer(
        {
            "has died": person.died is not None,
            "moved away": person.moved_away,
            "not seen in two years": not lately and not undated,
        },
        {"nobody wrote when the visit was": not lately},
        clinician=f"Practitioner/{person.clinician}",
    )


def registry(life: Life) -> Answer:
    """A long-term condition of six on the problem list, or high pressure on two days that nobody wrote down."""
    person = life.person
    high = ["hypertension"] if life.high_readings >= HIGH_READINGS else []
    listed = {*(c for c in person.conditions if c in REGISTRY), *high}
    unsaid = person.plays("registry") == "unsaid_list"
    return answer(
        {
            "has died": person.died is not None,
            "moved away": person.moved_away,
            "is in hospice care": in_hospice(life),
            "no long-term condition of the six": not listed and not unsaid,
        },
        {"a problem has a code of no named list": not listed},
        lists=sorted(listed) or None,
        month_payable=lists.month_payable(person),
    )


def in_hospice(life: Life) -> bool:
    """The payer says so, or a hospital told of leaving for hospice within a year."""
    since = life.on - timedelta(days=HOSPICE_DAYS)
    left = [s for s in life.told_stays if s.leaving == "hospice" and s.ended_on and s.ended_on > since]
    return bool(left) or any(c.holds(life.on) and c.more.get("hospice") for c in life.person.cover)


def coaching(life: Life) -> Answer:
    """Would a coach be offered now, by the trial's entry rules? Only stays the hospital told of can count."""
    person, on = life.person, life.on
    since = on - timedelta(days=COACHED_DAYS)
    recent = [s for s in life.told_stays if s.kind == "IMP" and (s.ended_on is None or since <= s.ended_on)]
    if not recent:
        return answer({"no recent stay": True})
    stay = recent[-1]
    long_enough = stay.ended_on is not None and (on - stay.ended_on).days > CALL_DAYS
    return answer(
        {
            "has died": person.died is not None,
            "younger than 65": person.age_on(stay.started_on) < COACHED_AGE,
            "did not go home": stay.leaving not in GOES_HOME and stay.leaving != "unsaid",
            "none of the conditions": not COACHED_CONDITIONS & set(person.conditions),
            "dementia and no caregiver": "dementia" in person.conditions and not person.caregiver,
            "no phone": person.phone is None,
            "outside the travel area": person.town == FAR_TOWN,
            "language not served": person.language not in SERVED,
            "is in hospice care": in_hospice(life),
        },
        {"nobody wrote where the person went": stay.leaving == "unsaid"},
        stay=stay.id,
        called_in_time=stay.id in life.called if long_enough else None,
    )
