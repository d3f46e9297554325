"""Check a care model: everything that can be known to be wrong before a single person is looked at."""

from throughcare.definitions.check.blanks import check_blanks, turns
from throughcare.definitions.check.clashes import check_clashes
from throughcare.definitions.check.compiles import check_compiles
from throughcare.definitions.check.expressions import check_expressions
from throughcare.definitions.check.forms import check_forms
from throughcare.definitions.check.graph import check_graph
from throughcare.definitions.check.lasting import check_lasting
from throughcare.definitions.check.names import check_names
from throughcare.definitions.check.order import check_order
from throughcare.definitions.check.reading import Reading
from throughcare.definitions.check.stories import check_stories
from throughcare.definitions.check.uses import check_uses
from throughcare.definitions.check.words import check_words
from throughcare.definitions.grammar import CareModel, Library
from throughcare.faults import Finding

__all__ = ["Reading", "check", "turns"]

CHECKS = (
    check_forms,
    check_names,
    check_uses,
    check_clashes,
    check_expressions,
    check_order,
    check_blanks,
    check_graph,
    check_lasting,
    check_words,
    check_stories,
    check_compiles,
)


def check(model: CareModel, library: Library) -> list[Finding]:
    """Every mistake found, in the order of files and lines; an empty list is a model that may be published."""
    reading = Reading(model, library)
    for look in CHECKS:
        look(reading)
    return sorted(reading.findings, key=lambda f: (f.file, f.line))
