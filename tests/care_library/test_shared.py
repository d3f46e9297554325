"""The sets, facts and numbers that care models share are checked as if they were a care model of their own."""

from datetime import date

import pytest

from throughcare.definitions import grammar
from throughcare.definitions.check import Reading
from throughcare.definitions.check.clashes import check_clashes
from throughcare.definitions.check.expressions import check_expressions
from throughcare.definitions.check.forms import check_forms
from throughcare.definitions.check.graph import check_graph
from throughcare.definitions.check.names import check_names
from throughcare.definitions.check.order import check_order
from throughcare.definitions.compiled import compile_models
from throughcare.definitions.desugar import complete_model
from throughcare.definitions.library_shared import shared_of
from throughcare.definitions.load import shipped_library

LIBRARY = shipped_library()


@pytest.fixture(scope="module")
def everything() -> grammar.CareModel:
    """A care model that says nothing of its own and takes all there is."""
    shared = shared_of(LIBRARY)
    about = grammar.ModelFile(
        id="everything", title="", version="1", effective_from=date(2026, 1, 1), says="", serves="",
        maturity="trial", service="everything",
    )  # fmt: skip
    criterion = grammar.Criterion(id="is_known", says="Is known", cites="-", where="known(birth_date)")
    model = grammar.CareModel(
        folder=LIBRARY.folder,
        model=about,
        sets=grammar.SetsFile(set=list(shared.sets), fact=list(shared.facts)),
        eligibility=grammar.EligibilityFile(criterion=[criterion], rule=grammar.Rule(who="is_known")),
        enrollment=grammar.EnrollmentFile(enters="planned"),
        team=grammar.TeamFile(role=[]),
        plan=grammar.PlanFile(),
        work=grammar.WorkFile(),
        parameters=dict(shared.parameters),
        tables=list(shared.tables),
        words={},
        written={(kind, nth): shared.written[key] for kind, nth, key in _places(shared)},
        lines=LIBRARY.lines,
    )
    return complete_model(model, LIBRARY)


def _places(shared: object) -> list[tuple[str, int, tuple[str, ...]]]:
    """Where each entry stands among those of its kind, and what the library calls it."""
    found = [("set", nth, ("set", e.id)) for nth, e in enumerate(shared.sets)]  # type: ignore[attr-defined]
    found += [("fact", nth, ("fact", e.on, e.id)) for nth, e in enumerate(shared.facts)]  # type: ignore[attr-defined]
    return found + [("table", nth, ("table", e.id)) for nth, e in enumerate(shared.tables)]  # type: ignore[attr-defined]


def test_what_is_shared_holds_the_rules_of_the_grammar(everything: grammar.CareModel) -> None:
    reading = Reading(everything, LIBRARY)
    for look in (check_forms, check_names, check_clashes, check_expressions, check_order, check_graph):
        look(reading)
    assert not reading.findings, "\n".join(map(str, reading.findings))


@pytest.mark.parametrize("everyone", [True, False])
def test_what_is_shared_compiles(everything: grammar.CareModel, everyone: bool) -> None:
    plan = compile_models([everything], LIBRARY, everyone=everyone)
    sets = {s.id for s in shared_of(LIBRARY).sets}
    assert not everyone or sets <= {on for _, on in plan.relations}
