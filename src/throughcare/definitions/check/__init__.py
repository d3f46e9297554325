"""Check a care model: everything that can be known to be wrong before a single person is looked at."""

from throughcare.definitions.check.forms import check_forms
from throughcare.definitions.check.names import check_names
from throughcare.definitions.check.reading import Reading
from throughcare.definitions.check.stories import check_stories
from throughcare.definitions.check.words import check_words
from throughcare.definitions.grammar import CareModel, Library
from throughcare.faults import Finding

CHECKS = (check_forms, check_names, check_words, check_stories)


def check(model: CareModel, library: Library) -> list[Finding]:
    """Every mistake found, in the order of files and lines; an empty list is a model that may be published."""
    reading = Reading(model, library)
    for look in CHECKS:
        look(reading)
    return sorted(reading.findings, key=lambda f: (f.file, f.line))
