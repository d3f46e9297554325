"""Reasons: for an obligation whose date cannot be told, the names of what is not known."""

from typing import Any

import pyarrow as pa

from throughcare.definitions.compiled import Plan


def filled(obligations: pa.Table, relations: dict[str, Any], plan: Plan) -> pa.Table:
    """The same obligations; those that are unknown say which facts of their row are missing."""
    statuses = obligations.column("status").to_pylist()
    unknown = [nth for nth, status in enumerate(statuses) if status == "unknown"]
    if not unknown:
        return obligations
    said = obligations.column("reason").to_pylist()
    parts = [obligations.column(name).to_pylist() for name in ("model", "step", "anchor_key", "person_id")]
    places: dict[str, dict[Any, int]] = {}
    for nth in unknown:
        model, step, key, person = (column[nth] for column in parts)
        relation, rests_on = plan.rests_on[model, step]
        rows = relations[relation]
        if relation not in places:
            places[relation] = _places(rows, relation == plan.people)
        at = places[relation]
        row = at.get(person if relation == plan.people else key)
        missing = [name for column, name in rests_on if row is not None and not rows[column][row].is_valid]
        said[nth] = f"{', '.join(missing)} not known" if missing else said[nth]
    return obligations.set_column(obligations.column_names.index("reason"), "reason", pa.array(said, pa.string()))


def _places(rows: dict[str, Any], people: bool) -> dict[Any, int]:
    return {key: nth for nth, key in enumerate(rows["person_id" if people else "key"].to_pylist())}
