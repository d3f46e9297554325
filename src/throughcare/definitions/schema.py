"""JSON Schemas of the files of a care model, so that an editor completes and checks them while they are written."""

import json
from pathlib import Path
from typing import Any

import msgspec

from throughcare.definitions import grammar
from throughcare.definitions.entries import CITED, SAID
from throughcare.definitions.load import FILES, LIBRARY_FILES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SOURCED = {"Table": "table", "PlanActivity": "activity", "ValueSet": "value_set"}


def schemas() -> dict[str, dict[str, Any]]:
    """File name -> JSON Schema; "case" is cases/<story>/expect.toml."""
    kinds = {name.removesuffix(".toml"): kind for name, kind in FILES.items()} | {"case": grammar.ExpectFile}
    kinds |= {name.split("/")[1]: kind for name, kind in LIBRARY_FILES.items()}
    return {name: _schema(name, kind) for name, kind in kinds.items()}


def write_schemas(folder: Path) -> list[Path]:
    """Write <name>.schema.json for each kind of file; the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        written.append(folder / f"{name}.schema.json")
        written[-1].write_text(json.dumps(schema, indent=2) + "\n")
    return written


def _schema(name: str, kind: Any) -> dict[str, Any]:
    schema = msgspec.json.schema(kind)
    definitions = schema.get("$defs", {})
    if name == "parameters":
        definitions |= msgspec.json.schema(grammar.Parameter)["$defs"]
        schema = _parameters(schema)
    for title, definition in definitions.items():
        _demand(title, definition)
    return {"$schema": DIALECT, "title": f"Throughcare care model: {name}", **schema, "$defs": definitions}


def _parameters(schema: dict[str, Any]) -> dict[str, Any]:
    """parameters.toml: every [name] is a parameter, beside the list of tables."""
    table = schema["$defs"].pop("ParametersFile")["properties"]["table"]
    return {"type": "object", "properties": {"table": table}, "additionalProperties": {"$ref": "#/$defs/Parameter"}}


def demanded(title: str) -> list[str]:
    """`says` and `cites` have defaults in the types, so that the loader can ask for them in its own words."""
    kind = SOURCED.get(title, title.lower())
    wanted = (("says", (*SAID, "parameter")), ("cites", (*CITED, "parameter")))
    return [key for key, kinds in wanted if kind in kinds]


def _demand(title: str, definition: dict[str, Any]) -> None:
    for key in demanded(title):
        definition["properties"][key] = {"type": "string", "minLength": 1}
        definition["required"] = sorted({*definition.get("required", []), key})
