"""What a care model takes from forms, loops and pathways: the entries it names, which join its own."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from throughcare.definitions.desugar.made import Made, Misplaced, Written, key_of
from throughcare.definitions.desugar.pathways import SHARED, pathway_entries
from throughcare.definitions.expressions import Mistake
from throughcare.definitions.grammar import CareModel, Library, Pathway, Step, Taken
from throughcare.definitions.near import did_you_mean

_WORD = re.compile(r"[a-z][a-z0-9_]*")
SENTENCES = ("says", "cites", "note", "because")  # what people read names nothing


def complete_model(model: CareModel, library: Library, own: Made | None = None) -> CareModel:
    """The care model with what it names of forms, loops and pathways as sets, facts, tables, parameters and steps."""
    model = _with_forms_as_steps(model)
    pathways = list(_pathways(model, library))
    routes = pathway_entries(pathways)
    unused = {f"pathways/{name}" for name, file in library.pathways.items() if file.pathway}
    unused -= {f"pathways/{taken.pathways}" for taken in model.work.use}
    unused |= {made.id for made in (own or Made()).sets}  # a form of one's own takes the place of the library's
    pool = [own or Made(), routes, *(made for name, made in library.stands_for.items() if name not in unused)]
    _on_known_sets(pathways, [s.id for s in (*model.sets.set, *(s for made in pool for s in made.sets))])
    return _joined(model, _named(_words_of(model) | _words_in(routes.steps), pool), routes, library)


def _on_known_sets(pathways: list[tuple[Pathway, Written]], known: list[str]) -> None:
    """A pathway stands on a set that is there: said once, where it is written, and not of all that follows from it."""
    for pathway, (file, place) in pathways:
        if pathway.on not in known:
            what = f'pathway {pathway.id}: there is no set "{pathway.on}".{did_you_mean(pathway.on, known)}'
            raise Misplaced((file, (*place, "on")), Mistake(what, "", "Name a set of opened pathways."))


def needs_library(model: CareModel, library: Library) -> bool:
    """Whether anything in the model may come from the library: a form, a loop, a pathway, a shared set or number."""
    words, shared = _words_of(model), library.stands_for.get("shared", Made())
    named = any(_is_named(words, kind, entry) for kind, entry in shared.entries())
    named = named or any(re.match(f"form_|loop_|{SHARED}", word) for word in words)
    return named or bool(model.work.use) or any(step.form for step in model.work.step)


def _with_forms_as_steps(model: CareModel) -> CareModel:
    """A step with `form` is resolved by a response to it that is complete, or by any when part of it counts."""
    if not any(step.form for step in model.work.step):
        return model
    steps = [_of_form(step) if step.form and not step.resolved_by else step for step in model.work.step]
    return msgspec.structs.replace(model, work=msgspec.structs.replace(model.work, step=steps))


def _of_form(step: Step) -> Step:
    whole = "" if step.partial_counts else " where complete"
    return msgspec.structs.replace(step, resolved_by=f"form_{step.form}{whole}")


def _pathways(model: CareModel, library: Library) -> Iterator[tuple[Pathway, Written]]:
    for nth, pathway in enumerate(model.work.pathway):
        yield pathway, ("work.toml", ("pathway", nth))
    for taken in model.work.use:
        file = library.pathways.get(taken.pathways)
        for nth, pathway in enumerate(file.pathway if file else ()):
            if not taken.only or pathway.id in taken.only:
                yield _for_here(pathway, taken), (f"{library.folder}/pathways/{taken.pathways}.toml", ("pathway", nth))


def _for_here(pathway: Pathway, taken: Taken) -> Pathway:
    if not taken.role:
        return pathway
    steps = [msgspec.structs.replace(step, role=taken.role) for step in pathway.step]
    return msgspec.structs.replace(pathway, step=steps)


def _named(words: set[str], pool: list[Made]) -> Made:
    """Of all entries there are, those that are named, and those that they name in turn."""
    found, waiting = Made(), [(made, kind, entry) for made in pool for kind, entry in made.entries()]
    while True:
        named: list[Any] = []
        others: list[Any] = []
        for one in waiting:
            (named if _is_named(words, one[1], one[2]) else others).append(one)
        if not named:
            return found
        waiting = others
        for made, kind, entry in named:
            found.take(made, kind, entry)
        words = words | _words_in([entry for _, _, entry in named])


def _is_named(words: set[str], kind: str, entry: Any) -> bool:
    if kind == "parameter":
        return entry[0] in words
    return entry.id in words and (kind != "fact" or entry.on in words)


def _words_of(model: CareModel) -> set[str]:
    """Every word that an expression, a phrase or a name in the model uses, or a case expects something of."""
    parts = (model.sets, model.eligibility, model.enrollment, model.team, model.plan, model.work, model.measures)
    cases = [path.read_text("utf-8") for path in sorted(Path(model.folder).glob("cases/*/expect.toml"))]
    return _words_in([*parts, model.payment, *cases])


def _words_in(parts: Iterable[Any]) -> set[str]:
    return {word for text in _texts(*map(msgspec.to_builtins, parts)) for word in _WORD.findall(text)}


def _texts(*values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _texts(*(x for key, x in value.items() if key not in SENTENCES))
        elif isinstance(value, list | tuple):
            yield from _texts(*value)


def _joined(model: CareModel, made: Made, routes: Made, library: Library) -> CareModel:
    """The entries at the end of the model's own; what the model itself calls by a name stays its own."""
    lists: dict[str, list[Any]] = {
        "set": model.sets.set,
        "fact": model.sets.fact,
        "step": model.work.step,
        "table": model.tables,
    }
    written = dict(model.written)
    said = {("fact", c.on, c.id) for c in model.eligibility.criterion}
    said |= {("fact", c.on, c.id) for c in model.payment.calc}
    new: list[Any]
    for kind, new in (("set", made.sets), ("fact", made.facts), ("step", routes.steps), ("table", made.tables)):
        had = {key_of(kind, entry) for entry in lists[kind]}
        fresh = [entry for entry in new if key_of(kind, entry) not in had | said]
        places = {**routes.written, **made.written}
        written |= {(kind, len(had) + nth): places[key_of(kind, entry)] for nth, entry in enumerate(fresh)}
        lists[kind] = [*lists[kind], *fresh]
    return msgspec.structs.replace(
        model,
        sets=msgspec.structs.replace(model.sets, set=lists["set"], fact=lists["fact"]),
        work=msgspec.structs.replace(model.work, step=lists["step"]),
        tables=lists["table"],
        parameters=made.parameters | model.parameters,
        words=_words(model, routes.steps, library),
        lines=library.lines | model.lines,
        written=written,
    )


def _words(model: CareModel, steps: list[Step], library: Library) -> dict[str, dict[str, str]]:
    """The steps of the library's pathways have their words there; the model's own come first."""
    found = {language: dict(phrases) for language, phrases in model.words.items()}
    for language, phrases in library.words.items():
        for step in steps:
            if phrase := phrases.get(f"pathway_step.{step.id}"):
                found.setdefault(language, {}).setdefault(f"step.{step.id}", phrase)
    return found
