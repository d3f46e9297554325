"""What there is to see of a life: answers, episodes, teams, work, plans, scores and money, as the record holds them."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from throughcare.act.enrollment import last_move_at
from throughcare.act.shapes import MODEL, Stored, code_of, extension
from throughcare.act.task import OPEN, due_of, keys_of
from throughcare.community.shapes import ZONE
from throughcare.flow.moment import Moment
from throughcare.stores.postgres import Database


class Episode(NamedTuple):
    """Where someone stands in a care model, as the record says it."""

    status: str
    reason: str
    since: str
    until: str | None


@dataclass(kw_only=True)
class Seen:
    """What there is to see of `whom`, a patient."""

    database: Database
    whom: str = ""

    def look(self) -> None:
        """Bring what is seen up to what came in."""

    @property
    def person(self) -> int:
        return Moment(self.database).people([self.whom])[self.whom]

    def answer(self, model: str, rule: str = "eligible") -> str:
        return self.rows("select answer from think.finding where model = %s and rule = %s", model, rule)[0][0]

    def criteria(self, model: str) -> dict[str, str]:
        """Each criterion of who belongs, and its answer."""
        (found,) = self.rows("select criteria from think.finding where model = %s and rule = 'eligible'", model)
        return {one["id"]: one["answer"] for one in found[0]}

    def episode(self, model: str) -> Episode | None:
        found = self._episodes(model)
        if not found:
            return None
        body = found[-1].body
        return Episode(body["status"], extension(body, "reason"), body["period"]["start"], body["period"].get("end"))

    def team(self, model: str) -> dict[str, str]:
        """Who holds which role, as the person's CareTeam names them."""
        found = [p for t in self.stored("CareTeam") for p in t.body.get("participant", ())]
        mine = [p for p in found if extension(p, "care-model") == model]
        return {p["role"][0]["coding"][0]["code"]: p["member"]["reference"] for p in mine}

    def missing(self, model: str) -> list[str]:
        """Roles that must be filled and are not."""
        rows = self.rows("select role from think.role where model = %s and required and member is null", model)
        return sorted(role for (role,) in rows)

    def work(self, model: str, *steps: str) -> list[tuple[str, str, str]]:
        """What is owed, as (step, status, local due day), the earliest first; without what lies ahead unless named."""
        rows = self.rows("select step, status, due_at from think.obligation where model = %s", model)
        said = [(step, status, f"{due.astimezone(ZONE):%Y-%m-%d}" if due else "") for step, status, due in rows]
        asked = [row for row in said if row[0] in steps or (not steps and row[1] != "future")]
        return sorted(asked, key=lambda row: (row[2], row[0], row[1]))

    def tasks(self, model: str, step: str) -> list[Stored]:
        """The tasks in which a step stands, oldest first, whatever became of them."""
        found = [t for t in self.stored("Task") if any(k.startswith(f"{model}|{step}|") for k in keys_of(t.body))]
        return sorted(found, key=lambda t: (t.body["authoredOn"], due_of(t.body), t.body["id"]))

    def task(self, model: str, step: str) -> Stored:
        """The one open task in which a step stands."""
        (found,) = [t for t in self.tasks(model, step) if t.body["status"] in OPEN]
        return found

    def states(self, model: str, step: str) -> list[tuple[str, str]]:
        """The tasks of a step as (status, due)."""
        return [(t.body["status"], due_of(t.body)) for t in self.tasks(model, step)]

    def goals(self, model: str) -> dict[str, str]:
        """Goals a care model proposed, and how each stands."""
        found = [g.body for g in self.stored("Goal") if extension(g.body, "care-model") == model]
        return {str(extension(g, "proposed")).split("|")[1]: g["lifecycleStatus"] for g in found}

    def scores(self, model: str) -> dict[str, tuple[int, int, Any]]:
        """Measures told last, as (numerator, who counts, score)."""
        rows = self._all("select measure, numerator, denominator - exclusion - exception, score from think.score "
                         "where model = %s and stratum = '' and period_end - period_start > 31", [model])  # fmt: skip
        return {measure: tuple(rest) for measure, *rest in rows}

    def lines(self, model: str, month: str = "") -> list[tuple[str, str, str, str]]:
        """What the work is worth, as (code, amount, status, why not), by day."""
        rows = self.rows("select code, amount, status, why_not, on_date from think.line where model = %s", model)
        mine = [r for r in rows if f"{r[4]}".startswith(month)]
        return [(r[0], f"{r[1]}", r[2], r[3]) for r in sorted(mine, key=lambda r: (r[4] or date.min, r[0] or "", r[2]))]

    def stored(self, kind: str) -> list[Stored]:
        """Our own resources about the person."""
        self.look()
        return [Stored(p, v, json.loads(b)) for p, _, _, v, b in Moment(self.database).current([self.person], [kind])]

    def rows(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows about the person; the text ends in a condition."""
        return self._all(f"{text} and person_id = %s", [*values, self.person])

    def _all(self, text: str, values: list[Any]) -> list[tuple[Any, ...]]:
        self.look()
        with self.database.connection() as connection:
            return connection.execute(text, values).fetchall()

    def _episodes(self, model: str) -> list[Stored]:
        mine = [e for e in self.stored("EpisodeOfCare") if code_of(e.body["type"][0], MODEL) == model]
        return sorted(mine, key=lambda e: last_move_at(e.body))
