"""The schedule: which columns can be worked out together, and the statement for each such stage."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from throughcare.definitions.compiled import folding
from throughcare.definitions.compiled.frames import Entry, Fold, Frame, beside
from throughcare.definitions.compiled.graph import PERSON_OWN, Graph
from throughcare.definitions.compiled.kept import Kept
from throughcare.definitions.compiled.plan import QUOTE, Statement


class Schedule:
    """Depths of all columns, and the names under which each frame is known from depth to depth.

    A view is there from the start. A frame's own rows come one step after all they are made from; an expression
    stands beside what it reads; a fold comes one step after the rows it folds.
    """

    def __init__(self, graph: Graph, evidence: set[str], *, alone: bool = False) -> None:
        self.graph, self.evidence, self.alone = graph, evidence, alone
        self._depths: dict[tuple[int, str], int] = {}
        self.frames = [graph.person, *graph.own.values(), *graph.sets.values()]
        self.kept: Kept | None = None
        self.stages = {id(frame): self._stages(frame) for frame in self.frames}

    def base(self, frame: Frame) -> int:
        if frame.kind == "view":
            return -1
        if frame.kind in ("person", "own"):
            return ("person", "own").index(frame.kind)
        if (id(frame), "") not in self._depths:
            assert frame.source
            read = [self.base(frame.source)]
            read += [self.depth(frame.source, name) for name in frame.inherited]
            for alias, name in frame.base_uses:
                if alias != "c":
                    read.append(self.depth(self.graph.person if alias == "p" else frame.source, name))
            self._depths[id(frame), ""] = 1 + max(read)
        return self._depths[id(frame), ""]

    def depth(self, frame: Frame, name: str) -> int:
        if name not in frame.entries:
            return self.base(frame)
        if (id(frame), name) not in self._depths:
            self._depths[id(frame), name] = self._entry_depth(frame, frame.entries[name])
        return self._depths[id(frame), name]

    def _entry_depth(self, frame: Frame, entry: Entry) -> int:
        fold = entry.fold
        read = [self.base(frame)]
        for alias, name in entry.uses:
            if alias == "p":
                read.append(self.depth(self.graph.person, name) + (0 if fold else 1))
            elif alias != "c":
                read.append(self.depth(fold.target if fold and alias == "v" else frame, name))
        if not fold:
            return max(read)
        read.append(self.base(fold.target))
        read += [self.depth(fold.target, name) for name in (fold.take, fold.day) if name]
        if fold.link:
            read += [self.depth(fold.target, fold.link[0]), self.depth(frame, fold.link[1])]
        return 1 + max(read)

    def _stages(self, frame: Frame) -> dict[int, list[Entry]]:
        stages: dict[int, list[Entry]] = defaultdict(list)
        stages[self.base(frame)] = []
        for name, entry in frame.entries.items():
            stages[self.depth(frame, name)].append(entry)
        return dict(sorted(stages.items()))

    def table(self, frame: Frame, before: int) -> str:
        """The name of the frame as it is known before a depth."""
        if frame.kind == "view":
            return f'"view_{frame.name}"'
        return f'"{frame.name}@{max(d for d in self.stages[id(frame)] if d < before)}"'

    def _people(self, before: int) -> str:
        """The people as they are known before a depth; nobody reads them before they are there."""
        return self.table(self.graph.person, before) if before > 0 else ""

    def final(self, frame: Frame) -> str:
        return self.table(frame, 10**6)

    def statements(self, kept: Kept | None = None) -> Iterable[Statement]:
        """Every stage of every frame in order; of each set the columns that are kept, or all."""
        self.kept = kept
        at: dict[int, list[Frame]] = defaultdict(list)
        for frame in self.frames:
            for depth in self.stages[id(frame)]:
                at[depth].append(frame)
        for depth, frames in sorted(at.items()):
            screens = {} if self.alone else self._screens(depth, [f for f in frames if self.base(f) == depth])
            yield from dict.fromkeys(screen for screen, _ in screens.values())
            for frame in sorted(frames, key=lambda f: f.name):
                yield from self._stage(frame, depth, self.stages[id(frame)][depth], screens.get(frame.name))

    def _screens(self, depth: int, frames: list[Frame]) -> dict[str, tuple[Statement, str]]:
        """For sets that start from the same rows: one statement that tells which of them have any, and its column."""
        by_source: dict[str, list[Frame]] = defaultdict(list)
        for frame in frames:
            if frame.screen and frame.source and not frame.one_row:
                by_source[self.table(frame.source, depth)].append(frame)
        found: dict[str, tuple[Statement, str]] = {}
        for source, screened in by_source.items():
            if len(screened) == 1:
                continue
            holds = {f"s{nth}": frame.screen for nth, frame in enumerate(screened)}
            columns = ", ".join(f'coalesce(bool_or({x.sql}), false) as "{name}"' for name, x in holds.items() if x)
            uses = {use for x in holds.values() if x for use in x.uses}
            sql = f"select {columns} from {source} v{beside(uses, 'v', self._people(depth))}"
            name = source.strip(QUOTE)
            statement = Statement(f"screen {depth} {name}", sql, nothing_without=name, screens=True)
            found |= {frame.name: (statement, name) for frame, name in zip(screened, holds, strict=True)}
        return found

    def _stage(
        self, frame: Frame, depth: int, entries: list[Entry], screen: tuple[Statement, str] | None
    ) -> Iterable[Statement]:
        """The rows themselves, then their columns: a pass for each view that is read, then the expressions."""
        name = f"{frame.name}@{depth}"
        made: list[Statement] = []
        if depth == self.base(frame):
            rows = f'select row_number() over () as "$n", {self._columns(frame)} from ({self._base_rows(frame)}) b'
            where = (screen[0].name, screen[1]) if screen else ("", "")
            made.append(Statement("", rows, "", self._made_of(frame, depth), nothing_where=where))
        onto = "" if made else self.table(frame, depth).strip('"')
        for group in self._passes(entries):
            assert group[0].fold
            target = self.table(group[0].fold.target, depth).strip('"')
            made.append(Statement("", self._pass(frame, depth, group), "", "", target))
        for layers in self._together(self._layers([e for e in entries if e.value])):
            made.append(Statement("", "", ",".join(e.name for layer in layers for e in layer)))
        for nth, statement in enumerate(made):
            called = name if nth == len(made) - 1 else f"{name}.{nth}"
            sql = statement.sql or self._valued(frame, depth, entries, statement.onto.split(","), onto)
            nothing = statement.nothing_without or onto
            yield Statement(called, sql, onto, nothing, statement.plain_without, statement.nothing_where)
            onto = called

    def _made_of(self, frame: Frame, depth: int) -> str:
        """The relation without whose rows the frame has none."""
        if frame.kind == "own":
            return f"answer_{frame.name}"
        return self.table(frame.source, depth).strip('"') if frame.source and not frame.one_row else ""

    def _passes(self, entries: list[Entry]) -> list[list[Entry]]:
        """Folds that one reading of a view can answer together."""
        groups: dict[Any, list[Entry]] = defaultdict(list)
        for entry in entries:
            if entry.fold:
                key = (entry.fold.target.name, entry.fold.link)
                groups[(*key, entry.name) if self.alone else key].append(entry)
        return list(groups.values())

    def _together(self, layers: list[list[Entry]]) -> list[list[list[Entry]]]:
        """All layers of expressions in one statement; or each expression alone."""
        if self.alone:
            return [[[entry]] for layer in layers for entry in layer]
        return [layers] if layers else []

    def _layers(self, entries: list[Entry]) -> list[list[Entry]]:
        """Expressions in layers, each reading only what stands below it."""
        left = {e.name: e for e in entries}
        layers = []
        while left:
            layer = [e for e in left.values() if not any(a == "r" and n in left for a, n in e.uses)]
            layers.append(layer)
            left = {name: e for name, e in left.items() if e not in layer}
        return layers

    def _valued(self, frame: Frame, depth: int, entries: list[Entry], chosen: list[str], onto: str) -> str:
        """The expressions of a stage, one row for each row of the frame, in its order."""
        listed = [e for e in entries if e.name in chosen]
        wanted = {(alias, name) for e in listed for alias, name in e.uses if alias in ("p", "c")}
        more = "".join(f', {alias}."{name}" as "{alias}.{name}"' for alias, name in sorted(wanted))
        rows = f'select r.*{more} from "{onto}" r{beside(wanted, "r", self._people(depth))}'
        for layer in self._layers(listed):
            columns = ", ".join(f'{_inside(e.value.sql)} as "{e.name}"' for e in layer if e.value)
            rows = f"select r.*, {columns} from ({rows}) r"
        names = ", ".join(f'r."{e.name}"' for e in listed)
        return f'select {names} from ({rows}) r order by r."$n"'

    def _columns(self, frame: Frame) -> str:
        """The columns of a frame's own rows, as they are first written down."""
        if not self.kept:
            return "b.*"
        names = [name for name in (*frame.columns, *frame.inherited) if self._reads(frame, name)]
        return ", ".join(f'b."{name}"' for name in names)

    def _reads(self, frame: Frame, name: str) -> bool:
        return not self.kept or self.kept.has(frame, name)

    def _base_rows(self, frame: Frame) -> str:
        if frame.kind == "person":
            return people(frame, [name for name in frame.columns if self._reads(frame, name)])
        depth = self.base(frame)
        if frame.kind == "own":
            return frame.base.replace("$P$", self._people(depth))
        assert frame.source
        listed = self.kept.taken(frame) if self.kept else frame.taken
        taken = ", ".join(f'v."{name}"' for name in listed)
        more = "".join(f', v."{name}"' for name in frame.inherited if self._reads(frame, name))
        sql = frame.base.replace("$TAKEN$", taken).replace("$MORE$", more)
        sql = sql.replace("$V$", self.table(frame.source, depth))
        return sql.replace("$P$", self.table(self.graph.person, depth)) if "$P$" in sql else sql

    def _shown(self, frame: Frame, entry: Entry) -> bool:
        return frame.kind == "person" and entry.name in self.evidence

    def _pass(self, frame: Frame, depth: int, group: list[Entry]) -> str:
        """One reading of the rows of a view for each row of the frame, with every fold's condition as a column.

        Equal conditions are one column and equal amounts are gathered once; what many folds ask of a row, such as
        its place in an order, is a column too. The rows are held back until their conditions are worked out, or the
        engine would work out each of them twice.
        """
        folds: list[Fold] = [entry.fold for entry in group if entry.fold]
        conditions: dict[str, str] = {}
        amounts: dict[str, str] = {}
        shared: dict[str, str] = {}
        columns = []
        for entry, fold in zip(group, folds, strict=True):
            k = conditions.setdefault(fold.holds.sql, f"k{len(conditions)}")
            parts = folding.aggregates(fold, f'v."{k}"', self._shown(frame, entry), shared)
            names = {part: "a." + amounts.setdefault(sql, f"f{len(amounts)}") for part, sql in parts.items()}
            columns.append(f'{folding.settled(fold, names)} as "{entry.name}"')
            if self._shown(frame, entry):
                columns.append(f'{folding.evidence(fold, names)} as "{entry.name}$e"')
        keep = " or ".join(f'v."{name}" is distinct from false' for name in conditions.values())
        keep = "" if "true" in conditions else f" where {keep}"
        amount = ", ".join(f"{sql} as {name}" for sql, name in amounts.items())
        rows = self._paired(frame, depth, folds, conditions)
        kept = "v" + keep
        if shared:
            kept = f"(select v.*, {', '.join(f'{sql} as {name}' for sql, name in shared.items())} from v{keep}) v"
        return (
            f'with v as materialized ({rows}), a as (select v."$n", {amount} from {kept} group by v."$n") '
            f"select {', '.join(columns)} from {self.table(frame, depth)} r "
            f'left join a on a."$n" = r."$n" order by r."$n"'
        )

    def _paired(self, frame: Frame, depth: int, folds: list[Fold], conditions: dict[str, str]) -> str:
        """Each row of the frame beside each row of the view that belongs to it."""
        target, link = folds[0].target, folds[0].link
        wanted = {"key"} | {name for f in folds for name in f.columns}
        columns = ['r."$n"', *(f'v."{name}"' for name in sorted(wanted))]
        columns += [f'{sql} as "{name}"' for sql, name in conditions.items()]
        ours, theirs = (link[1], link[0]) if link else ("person_id", "person_id")
        uses = {use for f in folds for use in f.holds.uses}
        more = beside(uses, "r", self._people(depth))
        source = f'{self.table(frame, depth)} r join {self.table(target, depth)} v on v."{theirs}" = r."{ours}"{more}'
        return f"select {', '.join(columns)} from {source}"


def _inside(sql: str) -> str:
    """The columns of the person and the clock, once they stand beside the row's own."""
    return re.sub(r'\b([pc])\."([^"]+)"', r'r."\1.\2"', sql)


def people(frame: Frame, names: Iterable[str]) -> str:
    """One row per person: what several sources say of them, the first that says anything; and their local today."""
    told = [name for name in names if name not in ("key", "person_id", "about", "source", *PERSON_OWN)]
    columns = "".join(
        f'bool_or(v."{name}") as "{name}", '
        if frame.columns[name] == "boolean"
        else f'arg_min(v."{name}", v."key") as "{name}", '
        for name in told
    )
    zone = 'coalesce(arg_min(z."zone", v."key"), any_value(c."zone"))'
    return (
        f'select g.*, cast(timezone(g."zone", g."now") as date) as "today" '
        f'from (select v."person_id", min(v."key") as "key", '
        f'\'\' as "about", min(v."source") as "source", {columns}'
        f'{zone} as "zone", any_value(c."now") as "now" '
        f'from "view_person" v cross join "clock" c '
        f'left join "zones" z on z."zone" = v."zone" group by v."person_id") g'
    )
