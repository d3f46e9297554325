"""Phrases: what a task, a goal or a reason is called, taken from the words of the care models and the library."""

from collections.abc import Sequence
from datetime import datetime

from throughcare.definitions.grammar import CareModel, Library

SAYS = {
    "withdrawn": "What this was for was withdrawn from the record.",
    "cancelled": "Nothing in the record asks for this any longer.",
    "elsewhere": "The same work stands in another task.",
    "due_joined": "Due {new} instead of {old}: another reason for the same work is due earlier.",
    "due_left": "Due {new} instead of {old}: the reason that was due earlier is settled.",
    "due_moved": "Due {new} instead of {old}: the event it counts from has changed.",
    "due_own": "By rule it is now due {new}; the date someone chose stays.",
    "due_safety": "Due {new} instead of {old}: this concerns safety and may not wait longer.",
    "snooze_safety": "Shown again before {new}: this concerns safety and may not wait past its due date.",
    "reopened": "Opened again: what had closed it no longer stands in the record.",
    "still_asked": "Still asked for: the record does not yet show what would settle it.",
    "escalated": "Past due: now also shown to {role}.",
    "adopted": "Also asked for by: {reason}",
    "orphaned": "No rule asks for this any longer: {reason}",
    "paused": "Paused: {reason}",
    "contact_cap": "Not before {new}: no more than {n} contacts a week are asked of a person by all programs together.",
    "over_cap": "Beyond {n} contacts this week, but due before it could wait: let one contact serve several.",
    "died": "The person has died.",
    "same_person": "The same person was enrolled twice, under two numbers.",
    "known_elsewhere": "The program's own record says since when the person is in it.",
    "eligible": "Meets the rule of the care model.",
    "consented": "Consent was given.",
}


class Phrases:
    """English words of models and library by kind and id; `says` of the entry where no word is given."""

    def __init__(self, models: Sequence[CareModel], library: Library) -> None:
        self.models = {m.model.id: m for m in models}
        self.library = library
        self._steps = {(m.model.id, s.id): s.says or s.id for m in models for s in m.work.step}
        self._goals = {(m.model.id, g.id): g for m in models for g in m.plan.goal}
        self._activities = {(m.model.id, a.id): a for m in models for a in m.plan.activity}

    def word(self, key: str, fallback: str, model: str = "") -> str:
        """The English word under a key: the model's own before the library's."""
        words = self.models[model].words.get("en", {}) if model in self.models else {}
        return words.get(key) or self.library.words.get("en", {}).get(key) or fallback

    def verb(self, activity: str) -> str:
        """What to do, as a plain imperative: "First call after hospital"."""
        known = self.library.activities.get(activity)
        return self.word(known.verb, known.says or activity) if known else activity.replace("_", " ")

    def safety(self, activity: str) -> bool:
        known = self.library.activities.get(activity)
        return bool(known and known.safety)

    def title(self, model: str) -> str:
        known = self.models.get(model)
        return self.word("title", known.model.title, model) if known else model

    def reason(self, model: str, step: str) -> str:
        """Why a task exists: the care model, and its step in one plain sentence."""
        says = self._steps.get((model, step), step.replace("_", " "))
        return f"{self.title(model)}: {self.word(f'step.{step}', says, model)}"

    def role(self, role: str) -> str:
        known = self.library.roles.get(role)
        return self.word(f"role.{role}", known.says if known and known.says else role.replace("_", " "))

    def goal(self, model: str, goal: str) -> tuple[str, str]:
        """A goal in words, and its target."""
        known = self._goals.get((model, goal))
        says = self.word(f"goal.{goal}", known.says if known else goal, model)
        return says, known.target if known else ""

    def plan_activity(self, model: str, entry: str) -> tuple[str, str, list[str]]:
        """An activity of a plan: its sentence, the shared activity it is, and the roles that own it."""
        known = self._activities.get((model, entry))
        if known is None:
            return entry, entry, []
        says = self.word(f"plan_activity.{entry}", known.says or self.verb(known.activity), model)
        return says, known.activity, known.owner


def plain_date(value: str) -> str:
    """A FHIR date or instant for a note: 7 July 2026, or 7 July 2026 14:00 UTC."""
    if not value:
        return "without a date"
    at = datetime.fromisoformat(value)
    on = f"{at.day} {at:%B %Y}"
    return on if len(value) == 10 else f"{on} {at:%H:%M %Z}"
