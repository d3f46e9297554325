"""The last word: whatever else is right, a care model must compile."""

from throughcare.definitions.check.reading import Reading
from throughcare.definitions.compiled import compile_models
from throughcare.faults import WrongDefinition


def check_compiles(reading: Reading) -> None:
    """Asked only when nothing else was found: the compiler's findings would repeat it."""
    if reading.findings:
        return
    try:
        compile_models([reading.model], reading.library)
    except WrongDefinition as wrong:
        reading.findings += wrong.findings
