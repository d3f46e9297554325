"""Start a care model: a small folder that passes the check, to be changed piece by piece."""

import re
from pathlib import Path

from throughcare.definitions.entries import ID
from throughcare.faults import Conflict, Fault

SCAFFOLD = Path(__file__).parent / "scaffold"


def new_model(model_id: str, home: Path) -> list[Path]:
    """Write home/<id>/ and give the files written; refuses a folder that is there already."""
    folder = home / model_id
    if not ID.match(model_id):
        raise Fault(f'"{model_id}" is not an id.', why="Ids are used as names.", do="Use small letters, digits and _.")
    if folder.exists():
        raise Conflict(f"{folder} is there already.", why="Nothing was changed.", do="Choose another id or folder.")
    return [_copy(path, folder, model_id) for path in sorted(SCAFFOLD.rglob("*")) if path.is_file()]


def _copy(path: Path, folder: Path, model_id: str) -> Path:
    title = model_id.replace("_", " ").capitalize()
    text = path.read_text("utf-8").replace("new_model", model_id)
    written = folder / path.relative_to(SCAFFOLD)
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(re.sub(r"\bNew model\b", title, text), "utf-8")
    return written
