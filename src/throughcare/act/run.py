"""Act, as a stage: read what was decided and what stands, and return the changes that make them agree."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from throughcare.act import caps, enrollment, owed, panels, people, plans, seats, tasks, teams
from throughcare.act.owed import LIVE
from throughcare.act.phrases import Phrases
from throughcare.act.shapes import Stored, Write, extension
from throughcare.act.task import Setting
from throughcare.definitions.grammar import CareModel, Library
from throughcare.fhir import json
from throughcare.record.changes import Changes, Put

OURS = ["EpisodeOfCare", "CareTeam", "CarePlan", "Goal", "Task"]
_IN_SERVICE = ("active", "onhold")
_TAKEN_BACK = ("cancelled", "entered-in-error", "revoked")
_WAKE = pa.schema([("person_id", pa.int64()), ("looks_again_at", pa.timestamp("us", "UTC"))])
_PANEL = pa.schema([("person_id", pa.int64()), ("team_id", pa.int32()), ("staff_id", pa.int32())])


class Moment(Protocol):
    """What act asks of a view of the record (record/view.py); tests give a small one of their own."""

    def tables(self, people: list[int], names: list[str]) -> Mapping[str, pa.Table]: ...
    def current(
        self, people: list[int], types: list[str], *, ours: bool = True
    ) -> Iterable[tuple[int, str, str, int, bytes]]: ...
    def read_many(self, keys: Iterable[str]) -> Mapping[str, tuple[int, bytes]]: ...
    def numbers(self, people: list[int]) -> Iterable[tuple[str, int, int]]: ...
    def teams(self) -> Iterable[tuple[int, list[str] | None]]: ...
    def panel(self, people: list[int]) -> Iterable[tuple[int, int, int | None]]: ...
    def staff(self) -> Iterable[tuple[int, str | None, list[int]]]: ...


def run(
    view: Moment,
    models: Sequence[CareModel],
    library: Library,
    now: datetime,
    asked: list[int],
    *,
    zone: tzinfo,
    wakes: pa.Table | None = None,
    decide_reads: frozenset[str] = frozenset({"EpisodeOfCare"}),
) -> Changes:
    """Everything act wants for these people at this moment.

    `wakes` are the times decide named for them. People whose new resources are of a type that decide reads are
    woken at once instead: their answers may differ now.
    """
    read = view.tables(asked, ["finding", "role", "assigned", "obligation", "proposal", "person", "consent"])
    stored = _stored(view.current(asked, OURS))
    known = people.read(
        asked,
        [(patient, person) for patient, person, _ in view.numbers(asked)],
        read["person"].to_pylist(),
        read["consent"].to_pylist(),
        zone,
        now,
    )
    writes = _writes(view, read, stored, models, Phrases(models, library), known, now)
    again = {w.person_id for w in writes if w.body["resourceType"] in decide_reads}
    changes = Changes(puts=[Put(json.write(w.body), if_version=w.if_version) for w in writes])
    panel = list(view.panel(asked))
    wanted = _panels(view, known, stored, writes, panel)
    changes.answers_for = asked
    changes.answers["wake"] = _wakes(_WAKE.empty_table() if wakes is None else wakes, again, now)
    if panels.changed(wanted, panel):
        rows = [dict(zip(_PANEL.names, row, strict=True)) for row in sorted(wanted, key=lambda r: r[:2])]
        changes.answers["panel"] = pa.Table.from_pylist(rows, schema=_PANEL)
    return changes


def _stored(rows: Iterable[tuple[int, str, str, int, bytes]]) -> dict[str, list[Stored]]:
    by_type: dict[str, list[Stored]] = defaultdict(list)
    for person, kind, _, version, body in rows:
        by_type[kind].append(Stored(person, version, json.read(body)))
    return by_type


def _writes(
    view: Moment,
    read: Mapping[str, pa.Table],
    stored: Mapping[str, list[Stored]],
    models: Sequence[CareModel],
    phrases: Phrases,
    known: people.People,
    now: datetime,
) -> list[Write]:
    """Enrollment first; the tasks of people who moved wait for the decisions that follow from the move."""
    episodes = stored.get("EpisodeOfCare", [])
    own = {e.body["id"] for e in episodes}
    everyones = _stored(view.current(list(known.patients), ["EpisodeOfCare"], ours=False)).get("EpisodeOfCare", [])
    theirs = [e for e in everyones if e.body["id"] not in own]
    lives = enrollment.Lives(
        known.patients,
        known.zones,
        known.died,
        known.consents,
        {n: one for n in known.patients if (one := known.organization(n))},
        enrollment.elsewhere(theirs),
    )
    moves = enrollment.enroll(enrollment.found(_rows(read["finding"])), episodes, models, lives, now)
    enrolled = _enrolled([*theirs, *episodes], moves)
    own_teams = stored.get("CareTeam", [])
    roles = seats.given(read["role"].to_pylist(), read["assigned"].to_pylist(), own_teams)
    concurrency = phrases.library.concurrency
    claims = teams.claims(models, concurrency.one_lead)
    wanted = plans.proposals(read["proposal"].to_pylist(), enrolled)
    waiting = {w.person_id for w in moves}
    standing = [t for t in stored.get("Task", []) if t.person_id not in waiting]
    obligations = _owed(read["obligation"], standing, known.patients.keys() - waiting)
    withdrawn = _withdrawn(view, tasks.in_doubt(obligations, standing))
    at = Setting(now, phrases, known.patients, known.zones, teams.owners(roles), withdrawn)
    return [
        *moves,
        *teams.staff_teams(teams.seats(roles, enrolled), own_teams, known.patients, now, claims),
        *plans.propose(
            wanted, stored.get("CarePlan", []), stored.get("Goal", []), known.patients, known.zones, phrases, now
        ),
        *caps.capped(tasks.reconcile(obligations, standing, at), standing, concurrency.contact_cap, at),
    ]


def _withdrawn(view: Moment, events: set[str]) -> frozenset[str]:
    """Which of these events are no longer in the record, or are there as cancelled or entered in error."""
    found = view.read_many(sorted(events)) if events else {}
    standing = {key for key, (_, body) in found.items() if json.read(body).get("status") not in _TAKEN_BACK}
    return frozenset(events - standing)


def _rows(findings: pa.Table) -> list[dict[str, Any]]:
    return findings.select(["person_id", "model", "rule", "answer", "since"]).to_pylist()


def _enrolled(episodes: Iterable[Stored], moves: Iterable[Write]) -> dict[tuple[int, str], str]:
    """Who is in which care model after this pass, and since which day; '' where no source tells it."""
    bodies = {e.body["id"]: (e.person_id, e.body) for e in episodes}
    bodies |= {w.body["id"]: (w.person_id, w.body) for w in moves}
    return {
        (person, enrollment.model_of(body)): body.get("period", {}).get("start", "")
        for person, body in bodies.values()
        if body["status"] in _IN_SERVICE
    }


def _owed(table: pa.Table, standing: list[Stored], among: Iterable[int]) -> list[owed.Owed]:
    """Live obligations, and the closed ones that an open task stands for; the rest need not leave the columns."""
    names = {owed.name_of(key) for key in tasks.obligation_keys(standing)}
    live = pc.is_in(table["status"], pa.array(sorted(LIVE - {"future"})))
    mine = pc.is_in(table["person_id"], pa.array(sorted(among), pa.int64()))
    keys = [key for key in table["obligation_key"].to_pylist() if owed.name_of(key) in names] if names else []
    held = pc.is_in(table["obligation_key"], pa.array(keys, pa.string()))
    return owed.read(table.filter(pc.and_(mine, pc.or_(live, held))).to_pylist())


def _panels(
    view: Moment,
    known: people.People,
    stored: Mapping[str, list[Stored]],
    writes: list[Write],
    panel: list[panels.Row],
) -> set[panels.Row]:
    """Panels of people who have a patient; those without one leave every panel."""
    bodies = {t.body["id"]: (t.person_id, t.body) for t in stored.get("CareTeam", [])}
    bodies |= {w.body["id"]: (w.person_id, w.body) for w in writes if w.body["resourceType"] == "CareTeam"}
    leads = {
        person: one["member"]["reference"]
        for person, team in bodies.values()
        for one in team.get("participant", ())
        if extension(one, "lead") and team["status"] == "active"
    }
    organizations = {n: known.organizations[n] for n in known.patients}
    workers = [panels.Worker(number, practitioner, tuple(ids)) for number, practitioner, ids in view.staff()]
    return panels.panels(organizations, view.teams(), workers, leads, panel)


def _wakes(wakes: pa.Table, again: set[int], now: datetime) -> pa.Table:
    """When to look again: at once for those whose resources just changed what decide reads."""
    rest = wakes.filter(pc.invert(pc.is_in(wakes["person_id"], pa.array(sorted(again), pa.int64()))))
    woken = [{"person_id": person, "looks_again_at": now} for person in sorted(again)]
    return pa.concat_tables([rest.select(_WAKE.names).cast(_WAKE), pa.Table.from_pylist(woken, schema=_WAKE)])
