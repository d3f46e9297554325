"""Two sources that use the same ids: one of them gets a prefix, on its resources' ids and on what they refer to."""

import re
from typing import Any

_RELATIVE = re.compile(r"^([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(/_history/.*)?$")


def prefixed(resource: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The resource as the record indexes it. The stored text stays as received."""
    if not prefix:
        return resource
    return {**_references(resource, prefix), "id": prefix + resource["id"]}


def _references(node: Any, prefix: str) -> Any:
    if isinstance(node, list):
        return [_references(item, prefix) for item in node]
    if not isinstance(node, dict):
        return node
    return {k: _prefixed(v, prefix) if k == "reference" else _references(v, prefix) for k, v in node.items()}


def _prefixed(reference: Any, prefix: str) -> Any:
    found = _RELATIVE.match(reference) if isinstance(reference, str) else None
    return f"{found[1]}/{prefix}{found[2]}" if found else reference
