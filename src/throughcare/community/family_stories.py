"""Family stories: how each young person was referred, met, rated and planned with, and how it went on."""

from dataclasses import dataclass

AT_FIRST = {
    "depression": 2, "trauma_adjustment": 2, "school_attendance": 3, "school_behavior": 2, "family_functioning": 2,
    "suicide_risk": 2,
}  # fmt: skip
LATER = {"depression": 2, "trauma_adjustment": 2, "school_attendance": 1, "school_behavior": 2, "family_functioning": 2}
AT_THE_END = {"depression": 1, "school_behavior": 1, "family_functioning": 1}


@dataclass(frozen=True, slots=True)
class Story:
    """Days back: the referral, the first meeting, the team's meetings, the signed plan, each rating; how it ended."""

    referred: int
    met: int | None = None
    teams: tuple[int, ...] = ()
    plan: int | None = None
    rated: tuple[tuple[int, dict[str, int]], ...] = ()
    certified_days: int = 120
    systems: tuple[str, ...] = ("mental_health", "special_education", "child_welfare")
    ended: tuple[str, str, int] | None = None
    crisis: int | None = None
    paused: int | None = None  # days since the family asked for a rest


STORIES = {
    "midway": Story(216, 209, (180, 150, 120, 88, 56, 25), 176, ((178, AT_FIRST), (20, LATER))),
    "graduated": Story(
        420, 413, (385, 352, 320, 288, 255, 222, 190, 158, 126, 94, 62, 45), 380,
        ((384, AT_FIRST), (200, LATER), (48, AT_THE_END)),
        ended=("finished", "graduated", 30),
    ),
    "offered": Story(12, rated=((20, AT_FIRST),)),
    "overdue": Story(130, 121, (95, 52), 90, ((92, AT_FIRST),)),
    "never_rated": Story(9),
    "withdrew": Story(100, 93, (68,), 62, ((65, AT_FIRST),), ended=("cancelled", "consent_withdrawn", 14)),
    "one_system": Story(14, rated=((22, AT_FIRST),), systems=("mental_health",)),
    "early": Story(4, rated=((30, AT_FIRST),)),
    "crisis": Story(150, 143, (116, 84, 51, 18), 110, ((112, AT_FIRST),), crisis=3),
    "paused": Story(170, 163, (136, 104, 72, 40), 130, ((132, AT_FIRST),), paused=12),
    "not_certified": Story(16, rated=((10, AT_FIRST),), certified_days=500),
}  # fmt: skip
