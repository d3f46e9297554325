"""Parameters: parameters.toml of any folder, as its dated numbers and its tables."""

from throughcare.definitions import grammar
from throughcare.definitions.folder import Reader


def parameters_of(
    reader: Reader, file: str = "parameters.toml"
) -> tuple[dict[str, grammar.Parameter], list[grammar.Table]]:
    """parameters.toml: a [name] is a parameter, [[table]] are tables."""
    data = reader.read(file)
    if data is None:
        return {}, []
    tables = reader.shaped(file, list[grammar.Table], data.pop("table", []), ("table",)) or []
    found = {name: reader.shaped(file, grammar.Parameter, x, (name,)) for name, x in data.items()}
    return {name: parameter for name, parameter in found.items() if parameter}, tables
