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
_STAGES = """
elders: midway lasting offered overdue no_letter left refused_level signed early safety_open outside paused said_no
housing: kept moved_in on_list overdue not_told moved_on no_disability matched returned only_on_record not_chronic
  paused
surgery: running finished planned overdue not_coded cover_lost advantage readmitted outpatient died paused
mobile: result_open closed referral_out overdue not_said asked_no_contact no_show walk_up referral_new insured
whole_person: midway graduated offered overdue not_weighed cover_lost one_condition early said_no served_elsewhere
  waiting paused
pathways: midway finished referred overdue no_address not_found outside pregnant early two_agencies waiting paused
neighbors: midway handed_on offered overdue not_asked not_reached one_condition early after_hospital said_no paused
families: midway graduated offered overdue never_rated withdrew one_system early crisis not_certified paused
nurse_visits: infancy graduated referred overdue not_asked lost second_child midway early too_late paused said_no
newborn: infancy graduated referred overdue not_asked lost second_child midway early too_late paused said_no
coaching: midway completed offered overdue in_hospital back to_hospice unsaid nursing said_no too_young paused
needs: running settled offered overdue left_blank said_no no_need helped not_safe on_problem_list paused
registry: managed agreed unsaid_list opted_out short_month taken_back crossed_off paused no_plan advanced
panel: undated back_again long_gone chose_another paused by_mistake
accountable: midway goals_met offered overdue keeps_private said_no managed_plan early well elsewhere hospice paused
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
