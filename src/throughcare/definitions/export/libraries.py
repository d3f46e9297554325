"""Library: the files of a care model as they are written, and the parts of the record they read."""

from base64 import b64encode
from pathlib import Path
from typing import Any

from throughcare.definitions.export.shapes import concept, head, period
from throughcare.definitions.grammar import CareModel

KIND = "http://terminology.hl7.org/CodeSystem/library-type"
TOML = "application/toml"


def library_resource(model: CareModel) -> dict[str, Any]:
    """The definition itself, so that whoever receives the plan has every rule, number and source word for word."""
    files = sorted(p for p in Path(model.folder).rglob("*.toml") if "cases" not in p.parts)
    return head("Library", model) | {
        "title": model.model.title,
        "type": concept(KIND, "logic-library"),
        "description": model.model.says,
        "effectivePeriod": period(model),
        "content": [_content(path, Path(model.folder)) for path in files],
    }


def _content(path: Path, folder: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"contentType": TOML, "data": b64encode(data).decode(), "title": path.relative_to(folder).as_posix()}
