"""Pathway stories: how each client of the registry came, which pathways were opened, and what came of them."""

from dataclasses import dataclass

UNITS = {"medical_home": 4, "learning": 1, "checklist": 1}
STEPS = {
    "medical_home": ("clinician_found", "appointment_scheduled", "first_appointment_kept"),
    "food_security": ("resource_connected", "need_gone"),
    "learning": ("module_presented", "understanding_confirmed"),
    "transportation": ("resource_connected", "need_resolved"),
    "housing": ("housing_applied", "moved_in", "still_housed"),
    "pregnancy": ("prenatal_care_started", "birth"),
}


@dataclass(frozen=True, slots=True)
class Pathway:
    """One pathway, days counted back: when it was opened, each step that was done, and when it was given up."""

    kind: str
    opened: int
    steps: tuple[int, ...] = ()
    given_up: int | None = None
    proof: str = "accepted"  # what the registry made of the proof

    @property
    def completed(self) -> bool:
        return len(self.steps) == len(STEPS[self.kind])


@dataclass(frozen=True, slots=True)
class Story:
    """Days back: the referral, the day of signing, the checklist; what it said; the pathways; the last home visit."""

    referred: int
    signed: int | None = None
    checklist: int | None = None
    yes: tuple[str, ...] = ()
    pathways: tuple[Pathway, ...] = ()
    visits: tuple[int, ...] = ()
    ended: tuple[str, str, int] | None = None  # state, reason, days back
    state: str = "planned"
    paused: int | None = None  # days since the membership rests


STORIES = {
    "midway": Story(
        130, 120, 118, ("no_regular_doctor", "food_runs_out"),
        (Pathway("medical_home", 116, (110, 100, 92)), Pathway("food_security", 116, (20,)),
         Pathway("learning", 60, (50, 45))),
        (118, 88, 58, 27),
    ),
    "finished": Story(
        300, 290, 288, ("no_regular_doctor", "no_safe_housing"),
        (Pathway("medical_home", 285, (270, 262, 240)), Pathway("housing", 285, (250,), 60)),
        (288, 258, 228, 198, 168, 138, 108, 78, 48), ("finished", "pathways_closed", 28),
    ),
    "referred": Story(5),
    "overdue": Story(
        160, 150, 148, ("no_rides",),
        (Pathway("transportation", 140, (62,)), Pathway("learning", 140, (120, 112), proof="rejected")),
        (148, 118, 88, 55),
    ),
    "no_address": Story(4),
    "not_found": Story(45, ended=("cancelled", "cannot_be_found", 6)),
    "outside": Story(12),
    "pregnant": Story(90, 82, 80, ("pregnant",), (Pathway("pregnancy", 78, (70,)),), (80, 51, 22)),
    "early": Story(9, 6),
    "two_agencies": Story(95, 88, 86, (), (), (86, 57, 28)),
    "waiting": Story(15, state="waitlist"),
    "paused": Story(
        140, 131, 129, ("food_runs_out",), (Pathway("food_security", 125, (60,)),), (129, 99, 69, 40), paused=21
    ),
}  # fmt: skip
