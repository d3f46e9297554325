"""Casting: which people of the community live through which program, and at which stage of it."""

from dataclasses import dataclass

FULL_CAST_BLOCKS = 26  # of ten people each; later on only every third block has a cast
# place among ten people -> the programs that take turns there
PLACES: dict[int, tuple[str | None, str | None]] = {
    0: ("elders", "housing"),
    1: ("surgery", "mobile"),
    2: ("whole_person", "panel"),
    3: ("pathways", "neighbors"),
    4: ("registry", "families"),
    5: (None, "coaching"),
    6: ("needs", None),
    7: (None, "nurse_visits"),
    8: (None, "newborn"),
    9: ("accountable", None),
}
# whoever shows a stage of the journey, money or work stands first, so that a small community has them all
_STAGES = """
elders: midway lasting offered left paused said_no overdue no_letter refused_level signed early safety_open outside
housing: kept moved_in on_list paused moved_on returned overdue not_told no_disability matched only_on_record
  not_chronic
surgery: running finished planned overdue paused died readmitted cover_lost not_coded advantage outpatient
mobile: result_open closed asked_no_contact insured referral_out overdue not_said no_show walk_up referral_new
whole_person: midway graduated offered overdue cover_lost waiting paused said_no not_weighed one_condition early
  served_elsewhere
pathways: midway finished referred overdue not_found waiting paused no_address outside pregnant early two_agencies
neighbors: midway handed_on offered overdue paused not_reached not_asked one_condition early after_hospital said_no
families: midway graduated offered overdue withdrew paused never_rated one_system early crisis not_certified
nurse_visits: infancy graduated referred overdue paused said_no midway not_asked lost second_child early too_late
newborn: infancy graduated referred overdue paused said_no midway not_asked lost second_child early too_late
coaching: midway completed offered paused back said_no overdue in_hospital to_hospice unsaid nursing too_young
needs: running settled offered overdue said_no paused left_blank helped no_need not_safe on_problem_list
registry: managed agreed opted_out crossed_off paused no_plan advanced short_month unsaid_list taken_back
panel: undated back_again long_gone chose_another paused by_mistake
accountable: midway goals_met offered overdue said_no paused managed_plan keeps_private early well elsewhere hospice
"""
_LINES = _STAGES.strip().replace("\n  ", " ").splitlines()
STAGES = {name: stages.split() for name, _, stages in (line.partition(":") for line in _LINES)}
NEWBORN_DAYS = {"infancy": 150, "overdue": 441, "graduated": 752}  # how old the child of a mother at that stage is
FOUR_PROGRAMS = ("panel", "registry", "coaching", "neighbors")
FOUR_AT_ONCE = 5  # the number of the person who is in four programs at the same time


@dataclass(frozen=True, slots=True)
class Part:
    program: str
    stage: str


def part(no: int) -> Part | None:
    """The part this person plays, the same whatever the size of the community."""
    if no == FOUR_AT_ONCE:
        return Part("four_at_once", "midway")
    block, place = divmod(no, 10)
    turn = _turn(block)
    program = None if turn is None or place not in PLACES else PLACES[place][turn % 2]
    if turn is None or program is None:
        return None
    stage = STAGES[program][(turn // 2) % len(STAGES[program])]
    return None if program == "newborn" and stage not in NEWBORN_DAYS else Part(program, stage)


def says(plays: str) -> str:
    """A story in words: which program, and at which stage of it."""
    program, _, stage = plays.partition("/")
    if program == "four_at_once":
        return f"Just home from hospital and in four programs at once: {', '.join(FOUR_PROGRAMS)}"
    return f"{program.replace('_', ' ')}: {stage.replace('_', ' ')}"


def programs(plays: str) -> list[str]:
    """The programs a story is about; a newborn belongs to the visits to the mother."""
    program = plays.partition("/")[0]
    return list(FOUR_PROGRAMS) if program == "four_at_once" else ["nurse_visits" if program == "newborn" else program]


def _turn(block: int) -> int | None:
    if block < FULL_CAST_BLOCKS:
        return block
    after, rest = divmod(block - FULL_CAST_BLOCKS, 3)
    return FULL_CAST_BLOCKS + after if rest == 0 else None
