"""Copies the one browser library into our own assets, with its license and the hash of what was copied."""

import hashlib
import json
import sys
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"
VENDORED = {"htmx.js": "htmx.org/dist/htmx.min.js", "htmx.LICENSE": "htmx.org/LICENSE"}


def copy(node_modules: Path, into: Path = ASSETS / "vendor") -> dict[str, str]:
    """Copy each file; name -> sha256 of what now lies in `into`, also written there as SOURCE.json."""
    into.mkdir(parents=True, exist_ok=True)
    hashes = {}
    for name, origin in VENDORED.items():
        data = (node_modules / origin).read_bytes()
        (into / name).write_bytes(data)
        hashes[name] = hashlib.sha256(data).hexdigest()
    version = json.loads((node_modules / "htmx.org/package.json").read_text())["version"]
    (into / "SOURCE.json").write_text(json.dumps({"htmx.org": version, "sha256": hashes}, indent=1) + "\n")
    return hashes


if __name__ == "__main__":
    copy(Path(sys.argv[1] if len(sys.argv) > 1 else "node_modules"))
