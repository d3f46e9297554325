"""Ratings: needs and strengths of young people, item by item, and what they add up to."""

from collections.abc import Mapping

# the fifty items by domain; the names are our own
DOMAINS = {
    "behavioral_emotional": "psychosis impulsivity depression anxiety oppositional conduct substance_use anger_control "
    "trauma_adjustment",
    "life_functioning": "family_functioning living_situation social_functioning developmental decision_making "
    "school_behavior school_achievement school_attendance medical_physical sexual_development sleep",
    "risk": "suicide_risk self_injury other_self_harm danger_to_others runaway sexual_aggression delinquency "
    "intentional_misbehavior",
    "cultural": "language traditions cultural_stress",
    "strengths": "family_strengths interpersonal educational_setting talents spiritual cultural_identity "
    "community_life natural_supports resiliency",
    "caregiver": "supervision involvement knowledge social_resources residential_stability caregiver_physical "
    "caregiver_mental caregiver_substance_use caregiver_developmental safety",
}
ITEMS = {item: domain for domain, items in DOMAINS.items() for item in items.split()}
ACT, AT_ONCE = 2, 3  # from these ratings on, something is to be done; at once


def whole(rated: Mapping[str, int]) -> dict[str, int]:
    """All fifty items; what is not named is rated 0, strengths 1."""
    return {item: rated.get(item, 1 if domain == "strengths" else 0) for item, domain in ITEMS.items()}


def _needs(rated: Mapping[str, int], domain: str, least: int = ACT) -> int:
    return sum(1 for item, value in rated.items() if ITEMS[item] == domain and value >= least)


def impaired(rated: Mapping[str, int]) -> bool:
    """Life at home, at school or with others is hard (WRAP-E2)."""
    return _needs(rated, "life_functioning") >= 1


def needs_this_level(rated: Mapping[str, int]) -> bool:
    """One severe or two needs of feelings and behavior, and a risk or two needs of functioning (WRAP-E4)."""
    behavior = _needs(rated, "behavioral_emotional", AT_ONCE) >= 1 or _needs(rated, "behavioral_emotional") >= 2
    return behavior and (_needs(rated, "risk") >= 1 or _needs(rated, "life_functioning") >= 2)


def resolved(first: Mapping[str, int], now: Mapping[str, int]) -> tuple[int, int]:
    """Of the needs that asked for action at first, how many do no more: (resolved, all)."""
    asked = [item for item, value in first.items() if value >= ACT and ITEMS[item] != "strengths"]
    return sum(1 for item in asked if now.get(item, 0) < ACT), len(asked)
