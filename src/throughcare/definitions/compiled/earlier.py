"""Earlier: what a row said before the day on which a piece of repeating work was last done.

A closed occurrence keeps its dates: what was learnt on the day it was done, or since, moves only the next one.
"""

import re
from dataclasses import replace
from typing import Any

from throughcare.definitions.compiled.anchors import Compiled
from throughcare.definitions.compiled.due import Length, length
from throughcare.definitions.compiled.facts import both, folded
from throughcare.definitions.compiled.frames import ENTITY, Entry, Fold, column
from throughcare.definitions.expressions import Spelled, spell
from throughcare.definitions.grammar import Fact, Rhythm

_READ = re.compile(r'\b([rp])\."([^"]+)"')
Use = tuple[str, str]  # alias (r the row, p the person), column


def done_on(names: Any, made: Compiled, rhythm: Rhythm, on: str) -> Spelled:
    """The day it was done the time before the last: by the fact that says when it was last done, without that day."""
    fact = next((f for f in names.model.sets.fact if (f.on, f.id) == (on, rhythm.last)), None)
    text = (fact.latest or fact.highest) if fact else None
    given = Fact(
        id=f"{made.given.id}_before_last", on=on, highest=text or made.given.resolved_by,
        window=fact.window if fact and text else None, at=fact.at if fact and text else None,
        take=fact.take if fact and text else None, if_none="unknown", skip_unknown=True,
        link=fact.link if fact and text else made.given.link,
    )  # fmt: skip

    def make() -> Entry:
        entry = folded(names, given, "highest", given.highest or "")
        assert entry.fold
        last = spell(rhythm.last or "", names.row(on), "date")
        earlier = Spelled(f'v."{entry.fold.take}" < {last.sql}', "boolean", last.uses | {("v", str(entry.fold.take))})
        entry.fold = replace(entry.fold, holds=both(entry.fold.holds, earlier))
        return entry

    names.add(on, given.id, make)
    return column("r", names.computed(on, given.id), "date")


def interval(names: Any, made: Compiled, rhythm: Rhythm, on: str) -> Length:
    """How long it was from the time before the last: facts that the length rests on leave out that last day."""
    now = length(rhythm.every or "", names.row(on))
    return Length(_before(names, made, rhythm, on, now.n), now.unit)


def _before(names: Any, made: Compiled, rhythm: Rhythm, on: str, x: Spelled) -> Spelled:
    """An expression with each computed column it reads as that was before the last time."""
    changed = {use: new for use in x.uses if (new := _column(names, made, rhythm, on, use))}
    sql = _READ.sub(lambda m: changed[m[1], m[2]].sql if (m[1], m[2]) in changed else m[0], x.sql)
    return Spelled(sql, x.type, frozenset(use for u in x.uses for use in (changed[u].uses if u in changed else {u})))


def _column(names: Any, made: Compiled, rhythm: Rhythm, on: str, use: Use) -> Spelled | None:
    """A computed column as it was before the last time; None for one that rests on no dated rows."""
    alias, name = use
    frame = {"r": names.place(on).frame, "p": names.person().frame}.get(alias)
    entry = frame.entries.get(name) if frame else None
    if entry is None:
        return None
    if entry.value:
        seen = _seen_from(entry.value, alias)
        value = _before(names, made, rhythm, on, seen)
        earlier = Entry(name, entry.type, entry.says, value) if value != seen else None
    else:
        fold = _rows_before(names, made, rhythm, on, entry.fold, alias)
        earlier = Entry(name, entry.type, entry.says, fold=fold) if fold else None
    if earlier is None:
        return None
    said = next((mine for (_, mine), its in names.made() if its == name), name)
    called = f"{made.given.id}_before_{said}"
    names.add(on, called, lambda: earlier)
    return column("r", names.computed(on, called), entry.type)


def _rows_before(names: Any, made: Compiled, rhythm: Rhythm, on: str, fold: Fold | None, alias: str) -> Fold | None:
    """The fold over rows dated before the last time; rows without a day stay."""
    if fold is None or not fold.day or fold.target.subject == ENTITY or (fold.link and alias == "p"):
        return None
    last = spell(rhythm.last or "", names.row(on), "date")
    day = column("v", fold.day, "date")
    earlier = Spelled(f"({day.sql} < {last.sql}) is not false", "boolean", last.uses | day.uses)
    return replace(fold, holds=both(_before(names, made, rhythm, on, _seen_from(fold.holds, alias)), earlier))


def _seen_from(x: Spelled, alias: str) -> Spelled:
    """What stands on the person as a row of theirs sees it."""
    if alias == "r":
        return x
    moved = frozenset(("p", name) if a == "r" else (a, name) for a, name in x.uses)
    return Spelled(re.sub(r'\br\."', 'p."', x.sql), x.type, moved)
