"""The schedule: which columns can be worked out together, and the statement for each such stage."""

from collections import defaultdict
from collections.abc import Iterable

from throughcare.definitions.compiled import facts
from throughcare.definitions.compiled.frames import Entry, Fold, Frame
from throughcare.definitions.compiled.graph import PERSON_OWN, Graph
from throughcare.definitions.compiled.plan import Statement


class Schedule:
    """Depths of all columns, and the names under which each frame is known from depth to depth.

    A view is there from the start. A frame's own rows come one step after all they are made from; an expression
    stands beside what it reads; a fold comes one step after the rows it folds.
    """

    def __init__(self, graph: Graph, evidence: set[str], *, alone: bool = False) -> None:
        self.graph, self.evidence, self.alone = graph, evidence, alone
        self._depths: dict[tuple[int, str], int] = {}
        self.frames = [graph.person, *graph.sets.values()]
        self.stages = {id(frame): self._stages(frame) for frame in self.frames}

    def base(self, frame: Frame) -> int:
        if frame.kind == "view":
            return -1
        if frame.kind == "person":
            return 0
        if (id(frame), "") not in self._depths:
            assert frame.source
            read = [self.base(frame.source)]
            read += [self.depth(frame.source, name) for name in frame.inherited]
            for alias, name in frame.base_uses:
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
            else:
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

    def final(self, frame: Frame) -> str:
        return self.table(frame, 10**6)

    def statements(self) -> Iterable[Statement]:
        every = [(depth, frame) for frame in self.frames for depth in self.stages[id(frame)]]
        for depth, frame in sorted(every, key=lambda pair: (pair[0], pair[1].name)):
            entries = self.stages[id(frame)][depth]
            rows = self._base_rows(frame) if depth == self.base(frame) else f"select r.* from {self.table(frame, depth)} r"
            name = f"{frame.name}@{depth}"
            if self.alone:
                yield from self._one_by_one(frame, depth, entries, rows, name)
            else:
                sql = self._folded(frame, depth, [e for e in entries if e.fold], rows)
                yield Statement(name, self._valued(frame, depth, [e for e in entries if e.value], sql))

    def _one_by_one(self, frame: Frame, depth: int, entries: list[Entry], rows: str, name: str) -> Iterable[Statement]:
        """Every entry in a statement of its own, in an order in which each finds what it reads."""
        ordered = [e for e in entries if e.fold] + [e for layer in self._layers(frame, depth, entries) for e in layer]
        for nth, entry in enumerate(ordered):
            one = self._folded(frame, depth, [entry], rows) if entry.fold else self._valued(frame, depth, [entry], rows)
            yield Statement(f"{name}.{nth}", one)
            rows = f'select r.* from "{name}.{nth}" r'
        yield Statement(name, rows)

    def _base_rows(self, frame: Frame) -> str:
        if frame.kind == "person":
            return people(frame)
        assert frame.source
        depth = self.base(frame)
        more = "".join(f', v."{name}"' for name in frame.inherited)
        sql = frame.base.replace("$MORE$", more).replace("$V$", self.table(frame.source, depth))
        return sql.replace("$P$", self.table(self.graph.person, depth)) if "$P$" in sql else sql

    def _folded(self, frame: Frame, depth: int, entries: list[Entry], rows: str) -> str:
        """All folds of a stage: one pass over each view they read."""
        if not entries:
            return rows
        passes: dict[tuple[str, tuple[str, str] | None], list[Entry]] = defaultdict(list)
        for entry in entries:
            assert entry.fold
            passes[entry.fold.target.name, entry.fold.link].append(entry)
        columns, joins = [], []
        for nth, group in enumerate(passes.values()):
            alias = f"a{nth}"
            joins.append(f'left join ({self._pass(frame, depth, group)}) {alias} on {alias}."$id" = r."{frame.identity}"')
            for i, entry in enumerate(group):
                assert entry.fold
                columns.append(f'{facts.settled(entry.fold, f"{alias}.f{i}")} as "{entry.name}"')
                if frame.kind == "person" and entry.name in self.evidence:
                    columns.append(f'{facts.evidence(entry.fold, f"{alias}.f{i}")} as "{entry.name}$e"')
        return f"select r.*, {', '.join(columns)} from ({rows}) r {' '.join(joins)}"

    def _pass(self, frame: Frame, depth: int, group: list[Entry]) -> str:
        """One reading of the rows of a view for each row of the frame, with every fold's condition as a column."""
        folds: list[Fold] = [entry.fold for entry in group if entry.fold]
        target, link = folds[0].target, folds[0].link
        conditions: dict[str, str] = {}
        for fold in folds:
            conditions.setdefault(fold.holds.sql, f"k{len(conditions)}")
        wanted = {"key"} | {name for f in folds for name in (f.take, f.day) if name}
        wanted |= {tie.split('"')[1] for f in folds for tie in f.ties}
        inner = [f'r."{frame.identity}" as "$id"', *(f'v."{name}"' for name in sorted(wanted))]
        inner += [f'{sql} as "{name}"' for sql, name in conditions.items()]
        ours, theirs = (link[1], link[0]) if link else ("person_id", "person_id")
        people = ""
        if any(alias == "p" for f in folds for alias, _ in f.holds.uses):
            people = f' join {self.table(self.graph.person, depth)} p on p."person_id" = r."person_id"'
        source = f'{self.table(frame, depth)} r join {self.table(target, depth)} v on v."{theirs}" = r."{ours}"{people}'
        gathered = []
        for i, (entry, fold) in enumerate(zip(group, folds, strict=True)):
            seen = frame.kind == "person" and entry.name in self.evidence
            for part, sql in facts.aggregates(fold, f'v."{conditions[fold.holds.sql]}"', seen).items():
                gathered.append(f"{sql} as f{i}{part}")
        keep = " or ".join(f'v."{name}" is distinct from false' for name in conditions.values())
        keep = "" if "true" in conditions else f" where {keep}"
        return f'select v."$id", {", ".join(gathered)} from (select {", ".join(inner)} from {source}) v{keep} group by v."$id"'

    def _layers(self, frame: Frame, depth: int, entries: list[Entry]) -> list[list[Entry]]:
        """Expressions in layers, each reading only what stands below it."""
        left = {e.name: e for e in entries if e.value}
        layers = []
        while left:
            layer = [e for e in left.values() if not any(a == "r" and n in left for a, n in e.uses)]
            layers.append(layer)
            left = {name: e for name, e in left.items() if e not in layer}
        return layers

    def _valued(self, frame: Frame, depth: int, entries: list[Entry], rows: str) -> str:
        for layer in self._layers(frame, depth, entries):
            columns = ", ".join(f'{e.value.sql} as "{e.name}"' for e in layer if e.value)
            people = ""
            if any(alias == "p" for e in layer for alias, _ in e.uses):
                people = f' join {self.table(self.graph.person, depth)} p on p."person_id" = r."person_id"'
            rows = f"select r.*, {columns} from ({rows}) r{people}"
        return rows


def people(frame: Frame) -> str:
    """One row per person: what several sources say of them, the first that says anything; and their local today."""
    told = [name for name in frame.columns if name not in ("key", "person_id", "about", "source", *PERSON_OWN)]
    columns = ", ".join(
        f'bool_or(v."{name}") as "{name}"' if frame.columns[name] == "boolean" else f'arg_min(v."{name}", v."key") as "{name}"'
        for name in told
    )
    zone = 'coalesce(arg_min(z."zone", v."key"), any_value(c."zone"))'
    return (
        f'select g.*, cast(timezone(g."zone", g."now") as date) as "today" from (select v."person_id", min(v."key") as "key", '
        f"'' as \"about\", min(v.\"source\") as \"source\"{', ' if columns else ''}{columns}, {zone} as \"zone\", any_value(c.\"now\") as \"now\" "
        f'from "view_person" v cross join "clock" c left join "zones" z on z."zone" = v."zone" group by v."person_id") g'
    )
