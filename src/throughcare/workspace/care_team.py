"""The care team of one person: who serves, who leads over all programs, and whom an assignment gave, and why."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from throughcare.definitions.grammar import CareModel
from throughcare.workspace import times
from throughcare.workspace.front import Desk

OURS = "throughcare"  # the team the product keeps; it names the one lead


@dataclass(slots=True)
class Member:
    """One member with every role they hold."""

    key: str
    name: str
    credentials: str
    phone: str
    roles: list[str] = field(default_factory=list)
    lead: bool = False
    leads: list[str] = field(default_factory=list)  # programs that name this member as their lead
    given: list[str] = field(default_factory=list)  # why an assignment gave them


def members(desk: Desk, person_id: int) -> list[Member]:
    """Who serves, the lead first. Of several programs' leads one leads; the others are told by their program."""
    found: dict[str, Member] = {}
    rows = desk.reader.rows("workspace/person_team", person=person_id, today=desk.viewer.today)
    rows = [row for row in rows if row.member_key and not row.member_key.startswith("Patient/")]
    leading = _leading(rows)
    for row in rows:
        role = desk.site.phrase(desk.words.language, row.model, f"role.{row.role}", (row.role or "").replace("_", " "))
        name, titles, phone = row.name or "", row.credentials or "", row.phone or ""
        member = found.setdefault(row.member_key, Member(row.member_key, name, titles, phone))
        member.name = member.name or role
        member.roles += [role] if role and role not in member.roles else []
        member.lead = row.member_key == leading
        title = desk.site.title(desk.words.language, row.model) if row.model and _may_lead(desk, row) else ""
        member.leads += [title] if title and title not in member.leads else []
    for one in chosen(desk, person_id):
        if one["worker"] in found:
            found[one["worker"]].given.append(one["says"])
    return sorted(found.values(), key=lambda m: not m.lead)


def _leading(rows: list[Any]) -> str | None:
    """The lead our own team names, else the first any program's team names."""
    leads = sorted((row.source != OURS, nth) for nth, row in enumerate(rows) if row.is_lead)
    return rows[leads[0][1]].member_key if leads else None


def _may_lead(desk: Desk, row: Any) -> bool:
    model = desk.site.models.get(row.model)
    return bool(row.is_lead) or bool(model and any(r.id == row.role and r.lead for r in model.team.role))


def chosen(desk: Desk, person_id: int) -> list[dict[str, Any]]:
    """What assignments chose for someone, each as a sentence: who, since when, why, and what it takes."""
    return [_choice(desk, row) for row in desk.reader.rows("workspace/assigned", person=person_id)]


def suggested(desk: Desk, team: Sequence[Member], person_id: int) -> list[str]:
    """What assignments chose and the team does not show: someone not in service yet, a referral, or nobody found."""
    seated = {member.key for member in team}
    rest = [one for one in chosen(desk, person_id) if one["worker"] not in seated]
    return [sentence(desk, one) for one in rest]


def sentence(desk: Desk, one: dict[str, Any]) -> str:
    """A choice with the worker's name in front."""
    return desk.words("assigned.suggested", name=one["name"]) + " " + one["says"] if one["worker"] else one["says"]


def _choice(desk: Desk, row: Any) -> dict[str, Any]:
    words, viewer = desk.words, desk.viewer
    why = words(f"assigned.{row.because}")
    program = desk.site.title(words.language, row.model)
    if row.worker is None:
        says = words("assigned.nobody", program=program, why=why)
    else:
        day = times.day(words, row.since.astimezone(viewer.zone).date(), viewer.today)
        says = words("assigned.given", program=program, day=day, why=why, room=_room(desk, row))
    return {"case": row.case_key, "worker": row.worker, "name": row.name or row.worker, "says": says}


def _room(desk: Desk, row: Any) -> str:
    """How much the person takes of the worker's room, and how full that is."""
    if row.weight is None or row.used is None:
        return ""
    return desk.words("assigned.room", weight=f"{row.weight.normalize():f}", used=f"{row.used * 100:.0f}")


def sharing(desk: Desk, model: CareModel) -> list[dict[str, Any]]:
    """Each assignment of a care model: how many are placed, how full everyone is, and how evenly it is shared."""
    listed: dict[str, list[Any]] = defaultdict(list)
    for row in desk.reader.rows("workspace/sharing", model=model.model.id):
        listed[row.assignment].append(row)
    says = {one.id: one.says for one in model.team.assignment}
    words, language = desk.words, desk.words.language
    return [
        {
            "says": desk.site.phrase(language, model.model.id, f"assignment.{name}", says.get(name, name)),
            "placed": words("assigned.placed", placed=rows[0].placed, cases=rows[0].cases),
            "fairness": words("assigned.fairness", fairness=f"{rows[0].fairness:.2f}") if rows[0].fairness else "",
            "workers": [(r.name, words("assigned.share", used=f"{r.used * 100:.0f}")) for r in rows if r.worker],
        }
        for name, rows in listed.items()
    ]
