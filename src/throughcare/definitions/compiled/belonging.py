"""Who belongs, who serves, what the plan proposes: one projection of the people for each."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from throughcare.definitions.compiled import concurrency, criteria, facts, returning, roles
from throughcare.definitions.compiled.criteria import Deciding
from throughcare.definitions.compiled.frames import Entry, Frame
from throughcare.definitions.expressions import Mistake, quoted, spell
from throughcare.definitions.grammar import Fact


@dataclass(frozen=True, slots=True)
class Told:
    """Where a criterion stands among the people's columns, what it rests on, and where the evidence is."""

    id: str
    column: str
    rests_on: tuple[tuple[str, str], ...]  # (column, the author's name)
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Belongs:
    """Who belongs to one care model, as columns of the people."""

    model: str
    version: str
    eligible: str
    criteria: tuple[Told, ...]
    deciding: Deciding
    moves: tuple[tuple[str, str, tuple[str, ...]], ...]  # (name of the rule, column, states it speaks of)


PHASE = """case e."state" when 'active' then 'enrolled' when 'onhold' then 'onhold' when 'planned' then 'planned'
    when 'waitlist' then 'planned' when 'finished' then 'left' when 'cancelled' then 'left' else 'none' end"""


NOBODY = """select null::bigint as person_id, '' as zone, null::date as today, null::timestamptz as now, false as died,
    '' as model, false as eligible, '' as state, null::date as started_on, null::date as ended_on, '' as reason,
    '' as phase, null::varchar as blocked_work, null::varchar as blocked_pay where false"""


def standing(models: list[Any], people: str) -> str:
    """One row per person and care model: eligible or not, how far the enrollment has come, and what closes it."""
    if not models:
        return NOBODY
    items = ", ".join(
        f'struct_pack("model" := {quoted(n.model_id)}, "eligible" := r."{n.computed("person", "eligible")}")'
        for n in models
    )
    services = {n.model_id: n.model.model.service for n in models}
    blocks = models[0].library.concurrency.blocks
    work, pay = (concurrency.closed(blocks, services, what, '"others"', '"model"') for what in ("work", "pay"))
    return f"""
        select * exclude ("others"), {work} as "blocked_work", {pay} as "blocked_pay" from (
        select r."person_id", r."zone", r."today", r."now", coalesce(r."died", false) or r."died_on" is not null
            as "died", r."model", r."eligible", e."state", e."started_on", e."ended_on", e."reason", {PHASE} as "phase",
            coalesce(list(r."model") filter (where e."state" in ('active', 'onhold')) over (partition by r."person_id"),
                []) as "others"
        from (select r."person_id", r."zone", r."today", r."now", r."died", r."died_on", unnest([{items}],
            recursive := true)
              from {people} r) r
        left join (select * from "view_enrollment" qualify row_number() over (partition by "person_id", "model" order by
            case "state" when 'active' then 0 when 'onhold' then 1 when 'planned' then 2 when 'waitlist' then 3
                else 4 end,
            "started_on" desc nulls last, "key") = 1) e
            on e."person_id" = r."person_id" and e."model" = r."model") """


def rules(models: list[Any]) -> list[Belongs]:
    """How each care model's answers are read off the people: its criteria, its rule and its moves."""
    return [_belongs(names) for names in models]


def _belongs(names: Any) -> Belongs:
    person = names.person().frame
    told = [
        Told(
            c.id,
            column,
            tuple((n, names.called(n)) for n in under if names.called(n)),
            tuple(f"{n}$e" for n in under if _folded(person, n)),
        )
        for c in names.model.eligibility.criterion
        if c.on == "person"
        for column in [names.computed("person", c.id)]
        for under in [sorted(_under(person, column), key=names.called)]
    ]
    asked = [(f"move:{m.id}", tuple(m.from_)) for m in names.model.enrollment.move]
    if names.model.enrollment.again_after:
        asked.append((returning.RULE, returning.ENDED))
    moves = [(name, names.computed("person", name), states) for name, states in asked]
    return Belongs(
        names.model_id, names.model.model.version, names.computed("person", "eligible"), tuple(told),
        Deciding(names.model.eligibility.rule.who, criteria.used_criteria(names)), tuple(moves),
    )  # fmt: skip


def _under(person: Frame, column: str) -> list[str]:
    """The columns and folds under a criterion."""
    entry = person.entries.get(column)
    return list(criteria.leaves(person, entry.value.uses)) if entry and entry.value else [column]


def _folded(person: Frame, name: str) -> bool:
    return name in person.entries and person.entries[name].fold is not None


def evidence_columns(models: list[Any]) -> set[str]:
    """The folds of the person that some criterion rests on: their keys are kept."""
    found: set[str] = set()
    for names in models:
        person = names.person().frame
        for criterion in names.model.eligibility.criterion:
            if criterion.on == "person":
                found |= set(_under(person, names.computed("person", criterion.id)))
    return found


def prepare_moves(names: Any) -> None:
    """Each move as an expression of the person, named move:<id>."""
    for nth, move in enumerate(names.model.enrollment.move):
        make = _spelled(names, f"move:{move.id}", move.when, move.says)
        names.add("person", f"move:{move.id}", make, "enrollment.toml", ("move", nth))


def prepare_plan(names: Any) -> None:
    """Each goal and activity of the plan as an expression of the person."""
    for kind, items in (("goal", names.model.plan.goal), ("activity", names.model.plan.activity)):
        for nth, item in enumerate(items):
            make = _spelled(names, f"{kind}:{item.id}", item.when, item.says)
            names.add("person", f"{kind}:{item.id}", make, "plan.toml", (kind, nth))
    for nth, content in enumerate(names.model.plan.content):
        there = Fact(id=f"there:{content.id}", exists=content.present, if_none=False, skip_unknown=True)
        names.add("person", there.id, partial(facts.fact, names, there), "plan.toml", ("content", nth))


def _spelled(names: Any, name: str, text: str, says: str) -> Any:
    def make() -> Entry:
        return Entry(name, "boolean", says, spell(text, names.row("person"), "boolean"))

    return make


def serving(models: list[Any], people: str) -> str:
    """Who fills each role, for people offered to or enrolled in a care model, or who could be."""
    items = [_serving(names, role) for names in models for role in names.model.team.role]
    columns = '"person_id", "model", "role", "member", "found_in", "required", "is_lead"'
    if not items:
        return (
            "select 0::bigint as person_id, '' as model, '' as role, '' as member, '' as found_in, "
            "false as required, false as is_lead where false"
        )
    rows = f'select r."person_id", unnest([{", ".join(items)}], recursive := true) from {people} r'
    chosen = "s.\"phase\" in ('planned', 'enrolled', 'onhold') or (s.\"phase\" = 'none' and s.\"eligible\")"
    return f'select {columns} from ({rows}) join "standing" s using ("person_id", "model") where {chosen}'


def _serving(names: Any, role: Any) -> str:
    found = roles.sources(names, role)
    if not found:
        raise Mistake(f'the role "{role.id}" is found nowhere.', do="Add found_in.")
    member = "coalesce(" + ", ".join(f'r."{column}"' for column, _ in found) + ", null)"
    source = " ".join(f'when r."{column}" is not null then {quoted(words)}' for column, words in zip_words(role, found))
    return (
        f'struct_pack("model" := {quoted(names.model_id)}, "role" := {quoted(role.id)}, "member" := {member}, '
        f'"found_in" := case {source} end, "required" := {str(role.least > 0).lower()}, '
        f'"is_lead" := {str(role.lead).lower()})'
    )


def zip_words(role: Any, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(column, words) for (column, _), words in zip(found, role.found_in, strict=True)]


def proposals(models: list[Any], people: str) -> str:
    """Goals and activities proposed now, and what the plan must hold and lacks, for people offered to or enrolled."""
    items = [
        f'struct_pack("model" := {quoted(n.model_id)}, "kind" := {quoted(kind)}, "id" := {quoted(item.id)}, '
        f'"now" := r."{n.computed("person", f"{kind}:{item.id}")}")'
        for n in models
        for kind, listed in (("goal", n.model.plan.goal), ("activity", n.model.plan.activity))
        for item in listed
    ]
    items += [
        f'struct_pack("model" := {quoted(n.model_id)}, "kind" := \'missing\', "id" := {quoted(content.id)}, '
        f'"now" := not r."{n.computed("person", f"there:{content.id}")}")'
        for n in models
        for content in n.model.plan.content
    ]
    if not items:
        return "select 0::bigint as person_id, '' as model, '' as kind, '' as id, '' as about where false"
    rows = f'select r."person_id", unnest([{", ".join(items)}], recursive := true) from {people} r'
    return (
        f'select r."person_id", r."model", r."kind", r."id", \'\' as "about" from ({rows}) r join "standing" s '
        f'using ("person_id", "model") where r."now" and s."phase" in (\'planned\', \'enrolled\', \'onhold\')'
    )
