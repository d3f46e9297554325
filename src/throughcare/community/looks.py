"""Looks: what each part asks of the person who plays it: age, conditions, insurance, stays, needs."""

from dataclasses import dataclass, replace
from typing import Any

from throughcare.community.casting import NEWBORN_DAYS, Part


@dataclass(frozen=True, slots=True)
class Planned:
    """A stay that belongs to a story; days are counted back from the community's day, `until` None: there now."""

    kind: str
    since: int
    until: int | None = None
    leaving: str = "home"
    cause: str = "other"
    hospital: int = 0
    drg: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What a part asks of the person who plays it; what is left open comes by chance."""

    age: tuple[float, float]
    sex: str | None = None
    town: int | None = None
    has: tuple[str, ...] = ()
    cover: str = "medicaid"
    stays: tuple[Planned, ...] = ()
    bmi: float | None = 28.0
    needs: tuple[str, ...] | None = None  # None: nobody asked
    needs_days: int = 40  # days since the needs form was filled in
    blank: bool = False  # a question of the needs form was left blank
    caregiver: bool = False
    died: int | None = None
    in_network: bool = False  # the practice is one of the doctors' network
    no_address: bool = False
    moved_away: bool = False
    absent: bool = False  # has not been seen by the practice for over two years
    all_inclusive: tuple[int, int | None] | None = None  # months back to the first of its months, and to its end


def look(one: Part) -> Look:
    """How whoever plays this part must look."""
    return _SPECIAL.get((one.program, one.stage)) or _LOOKS[one.program]


def _with(base: Look, **changes: Any) -> Look:
    return replace(base, **changes)


_ED = tuple(Planned("EMER", since, since) for since in (24, 96, 188, 290))
_KNEE: dict[str, Any] = {"cause": "knee_arthritis", "hospital": 1, "drg": "470"}
_ELDER = Look((70, 90), town=0, has=("hypertension", "heart_failure"), cover="dual", caregiver=True)
_HOMELESS = Look((31, 66), town=1, has=("depression",), needs=None)
_SURGERY = Look((67, 84), has=("knee_arthritis", "hypertension"), cover="medicare")
_MOBILE = Look((23, 60), cover="none")
_MEMBER = Look((26, 62), has=("schizoaffective", "diabetes"))
_CLIENT = Look((24, 58), town=1, has=("asthma",), stays=_ED)
_NEIGHBOR = Look((36, 74), town=0, has=("diabetes", "hypertension"), needs=("food",))
_YOUNG = Look((9.2, 16.5), has=("trauma",), bmi=None)
_MOTHER = Look((18.2, 26.8), sex="female", town=2, bmi=None)
_NEEDY = Look((28, 72), needs=("food",), cover="commercial", has=("hypertension",))
_COACHED = Look((69, 86), has=("heart_failure", "hypertension"), cover="advantage", caregiver=True)
_LISTED = Look((68, 88), cover="medicare", in_network=True, has=("heart_failure", "diabetes"),
               stays=(Planned("EMER", 55, 55), Planned("EMER", 120, 120)))  # fmt: skip
_MANAGED = Look((67, 84), has=("diabetes", "hypertension"), cover="medicare", needs=())
_WELL = Look((30, 48), sex="male", needs=(), cover="commercial", bmi=24.0)
_LOOKS: dict[str, Look] = {
    "elders": _ELDER,
    "housing": _HOMELESS,
    "surgery": _SURGERY,
    "mobile": _MOBILE,
    "whole_person": _MEMBER,
    "pathways": _CLIENT,
    "neighbors": _NEIGHBOR,
    "families": _YOUNG,
    "nurse_visits": _MOTHER,
    "needs": _NEEDY,
    "coaching": _COACHED,
    "accountable": _LISTED,
    "registry": _MANAGED,
    "panel": _with(_WELL, absent=True),
    "four_at_once": Look(
        (74, 75), sex="female", town=0, has=("diabetes", "heart_failure", "hypertension"), cover="advantage", needs=(),
        stays=(Planned("IMP", 11, 6, cause="heart_failure", drg="291"),), caregiver=True, bmi=29.0,
    ),
}  # fmt: skip


def _home(days: int, leaving: str = "home") -> tuple[Planned, ...]:
    return (Planned("IMP", days + 4, days, leaving, "heart_failure", drg="291"),)


_COACHED_STAYS = {
    "midway": _home(12),
    "overdue": _home(9),
    "offered": _home(2),
    "in_hospital": (Planned("IMP", 3, None, cause="heart_failure"),),
    "said_no": _home(6),
    "paused": _home(10),
    "completed": _home(41),
    "back": (*_home(20), Planned("IMP", 4, None, cause="heart_failure")),
    "to_hospice": _home(5, "hospice"),
    "nursing": _home(8, "skilled_nursing"),
    "unsaid": _home(4, "unsaid"),
}
_SPECIAL: dict[tuple[str, str], Look] = {
    ("elders", "midway"): _with(_ELDER, all_inclusive=(5, None)),
    ("elders", "lasting"): _with(_ELDER, all_inclusive=(14, None), has=("hypertension", "dementia")),
    ("elders", "overdue"): _with(_ELDER, all_inclusive=(8, None)),
    ("elders", "early"): _with(_ELDER, all_inclusive=(0, None)),
    ("elders", "left"): _with(_ELDER, all_inclusive=(10, 1)),
    ("elders", "outside"): _with(_ELDER, town=3),
    ("elders", "paused"): _with(_ELDER, all_inclusive=(6, None)),
    ("housing", "paused"): _with(_HOMELESS, age=(31, 60), stays=(Planned("IMP", 8, 3, cause="depression", drg="885"),)),
    ("surgery", "running"): _with(_SURGERY, stays=(Planned("IMP", 14, 12, **_KNEE),)),
    ("surgery", "finished"): _with(_SURGERY, stays=(Planned("IMP", 61, 58, "home_health", **_KNEE),)),
    ("surgery", "overdue"): _with(
        _SURGERY, stays=(Planned("IMP", 22, 19, "home", **_KNEE), Planned("EMER", 4, 4, hospital=1))
    ),
    ("surgery", "not_coded"): _with(_SURGERY, stays=(Planned("IMP", 2, None, **{**_KNEE, "drg": ""}),)),
    ("surgery", "cover_lost"): _with(
        _SURGERY, cover="to_advantage", stays=(Planned("IMP", 27, 25, **_KNEE),)
    ),
    ("surgery", "advantage"): _with(_SURGERY, cover="advantage", stays=(Planned("IMP", 12, 10, **_KNEE),)),
    ("surgery", "readmitted"): _with(
        _SURGERY,
        stays=(
            Planned("IMP", 66, 63, "skilled_nursing", **_KNEE),
            Planned("IMP", 55, 50, cause="other", hospital=1, drg="862"),
        ),
    ),
    ("surgery", "paused"): _with(_SURGERY, stays=(Planned("IMP", 18, 16, **_KNEE),)),
    ("surgery", "died"): _with(_SURGERY, stays=(Planned("IMP", 31, 26, "died", **_KNEE),), died=26),
    ("mobile", "insured"): _with(_MOBILE, cover="commercial"),
    ("whole_person", "graduated"): _with(_MEMBER, has=("depression", "asthma")),
    ("whole_person", "offered"): _with(_MEMBER, has=("asthma", "tobacco")),
    ("whole_person", "overdue"): _with(
        _MEMBER, stays=(Planned("IMP", 20, 14, cause="schizoaffective", drg="885"),)
    ),
    ("whole_person", "not_weighed"): _with(_MEMBER, has=("diabetes",), bmi=None),
    ("whole_person", "cover_lost"): _with(_MEMBER, cover="medicaid_lost"),
    ("whole_person", "one_condition"): _with(_MEMBER, has=("diabetes",), bmi=23.4),
    ("pathways", "outside"): _with(_CLIENT, town=3),
    ("pathways", "pregnant"): _with(_CLIENT, age=(21, 34), sex="female", town=0, stays=(), bmi=None),
    ("pathways", "no_address"): _with(_CLIENT, no_address=True),
    **{("neighbors", stage): _with(_NEIGHBOR, age=(66, 74), cover="medicare")
       for stage in ("midway", "handed_on", "overdue")},
    ("neighbors", "not_asked"): _with(_NEIGHBOR, needs=None),
    ("neighbors", "one_condition"): _with(_NEIGHBOR, has=("diabetes",)),
    ("neighbors", "after_hospital"): _with(
        _NEIGHBOR, has=("copd",), stays=(Planned("IMP", 13, 9, cause="copd", drg="190"),)
    ),
    ("nurse_visits", "second_child"): _with(_MOTHER, age=(27, 33)),
    **{("newborn", stage): Look((days / 365.2425, days / 365.2425), bmi=None) for stage, days in NEWBORN_DAYS.items()},
    **{("coaching", stage): _with(_COACHED, stays=those) for stage, those in _COACHED_STAYS.items()},
    ("coaching", "too_young"): _with(_COACHED, age=(48, 60), cover="commercial", stays=_home(7)),
    ("needs", "left_blank"): _with(_NEEDY, needs=(), blank=True),
    ("needs", "offered"): _with(_NEEDY, needs_days=2),
    ("needs", "no_need"): _with(_NEEDY, needs=()),
    ("needs", "not_safe"): _with(_NEEDY, needs=("safety",), needs_days=3),
    ("needs", "helped"): _with(_NEEDY, needs=("transportation",)),
    ("needs", "on_problem_list"): _with(_NEEDY, needs=None),
    ("needs", "running"): _with(_NEEDY, age=(66, 72), cover="medicare", needs=("food", "utilities")),
    ("needs", "overdue"): _with(_NEEDY, age=(66, 72), cover="medicare"),
    ("registry", "unsaid_list"): _WELL,
    ("registry", "crossed_off"): _WELL,
    **{("panel", stage): _with(_WELL, moved_away=True) for stage in ("chose_another", "by_mistake")},
    ("panel", "paused"): _WELL,
    ("accountable", "managed_plan"): _with(_LISTED, cover="to_advantage_long_ago"),
    ("accountable", "well"): _with(_LISTED, has=("hypertension",), stays=()),
    ("accountable", "hospice"): _with(_LISTED, cover="medicare_hospice"),
}  # fmt: skip
