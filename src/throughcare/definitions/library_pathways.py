"""Pathways and loops of the care library: read, checked, and spelled out as what they stand for."""

from collections.abc import Sequence

from throughcare.definitions import grammar
from throughcare.definitions.desugar import ANY, Made, Written, loop_entries, states_of
from throughcare.definitions.entries import entry_mistakes
from throughcare.definitions.expressions import Mistake
from throughcare.definitions.folder import Reader
from throughcare.definitions.near import did_you_mean
from throughcare.definitions.toml_lines import Path

Known = tuple[dict[str, grammar.Activity], dict[str, grammar.LibraryRole]]


def load_pathways(reader: Reader, known: Known) -> tuple[dict[str, grammar.PathwaysFile], dict[str, Made]]:
    """Every generation by its id, and the facts its outcomes speak of under "pathways/<id>"."""
    found: dict[str, grammar.PathwaysFile] = {}
    made: dict[str, Made] = {}
    for path in sorted(reader.folder.glob("pathways/*.toml")):
        name = f"pathways/{path.name}"
        file = reader.toml(name, grammar.PathwaysFile)
        if not file:
            continue
        if file.id != path.stem:
            why = "Care models call it by the name of its file."
            reader.say(name, ("id",), f'the id is "{file.id}".', why, "Give the file and the id one name.")
        _parameters(reader, name, file.parameter)
        for nth, pathway in enumerate(file.pathway):
            pathway_mistakes(reader, name, ("pathway", nth), pathway, known)
        found[file.id] = file
        made[f"pathways/{file.id}"] = _facts(str(reader.folder / name), file.fact, file.parameter, file.set)
    return found, made


def load_loops(reader: Reader) -> tuple[dict[str, grammar.Loop], dict[str, Made]]:
    """Every loop by its id, and the entries it stands for by the name of its set."""
    found: dict[str, grammar.Loop] = {}
    made: dict[str, Made] = {}
    for path in sorted(reader.folder.glob("loops/*.toml")):
        name = f"loops/{path.name}"
        file = reader.toml(name, grammar.LoopsFile)
        where = str(reader.folder / name)
        for nth, loop in enumerate(file.loop if file else ()):
            _states(reader, name, ("loop", nth), loop)
            found[loop.id] = loop
            own = [f for f in file.fact if f.on == f"loop_{loop.id}"]
            try:
                entries = loop_entries(loop, (where, ("loop", nth)))
                made[f"loop_{loop.id}"] = entries + _facts(where, own, file.parameter)
            except Mistake as wrong:
                reader.say(name, ("loop", nth), f"loop {loop.id}: {wrong.what}", wrong.why, wrong.do)
    return found, made


def pathway_mistakes(reader: Reader, name: str, at: Path, pathway: grammar.Pathway, known: Known) -> None:
    """What the types alone cannot say: activities and roles are of the library, and steps follow earlier ones."""
    activities, roles = known
    before: list[str] = []
    for nth, step in enumerate(pathway.step):
        here = (*at, "step", nth)
        called = f"pathway {pathway.id}, step {step.id}"
        if step.activity not in activities:
            what = f'{called}: there is no activity "{step.activity}".{did_you_mean(step.activity, activities)}'
            reader.say(name, (*here, "activity"), what, do="Add it to care_library/activities.toml.")
        for role in step.role:
            if role not in roles:
                reader.say(name, (*here, "role"), f'{called}: there is no role "{role}".{did_you_mean(role, roles)}')
        if step.after and step.after not in before:
            what = f'{called}: it follows "{step.after}", which is no step before it.{did_you_mean(step.after, before)}'
            reader.say(name, (*here, "after"), what, do="Name an earlier step, or leave `after` out.")
        before.append(step.id)
    if not pathway.step:
        reader.say(name, at, f"pathway {pathway.id}: has no step.", do="Add [[pathway.step]].")


def _states(reader: Reader, name: str, at: Path, loop: grammar.Loop) -> None:
    states = states_of(loop)
    needs = [s for n in loop.need for s in (n.leaving, *n.entering)]
    for key, named in (("accepted", loop.accepted), ("need", needs)):
        for state in named:
            if state not in (*states, ANY):
                what = f'loop {loop.id}: there is no state "{state}".{did_you_mean(state, states)}'
                reader.say(name, (*at, key), what, do=f"Known: {', '.join(states)}.")
    for nth, move in enumerate(loop.move):
        if move.from_ in loop.terminal:
            what = f'loop {loop.id}: "{move.from_}" is an end, yet a move leads on from it.'
            reader.say(name, (*at, "move", nth), what, do="Take it out of terminal, or take the move out.")
        for party in move.by:
            if party not in loop.parties:
                what = f'loop {loop.id}: there is no party "{party}".{did_you_mean(party, loop.parties)}'
                reader.say(name, (*at, "move", nth), what, do=f"Known: {', '.join(loop.parties)}.")


def _facts(
    where: str,
    facts: list[grammar.Fact],
    parameters: dict[str, grammar.Parameter],
    sets: Sequence[grammar.Set] = (),
) -> Made:
    written: dict[tuple[str, ...], Written] = {("set", s.id): (where, ("set", nth)) for nth, s in enumerate(sets)}
    for nth, fact in enumerate(facts):
        written["fact", fact.on, fact.id] = (where, ("fact", nth))
    return Made(sets=list(sets), facts=list(facts), parameters=dict(parameters), written=written)


def _parameters(reader: Reader, name: str, parameters: dict[str, grammar.Parameter]) -> None:
    data = {key: {"values": p.values, "says": p.says, "cites": p.cites} for key, p in parameters.items()}
    for at, what, why, do in entry_mistakes(data):
        reader.say(name, ("parameter", *at), f"parameter {at[0]}: {what}", why, do)
