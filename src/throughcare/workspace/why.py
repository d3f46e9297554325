"""Why in, why not: one person's answer for one care model, criterion by criterion, with evidence and source."""

import json
from typing import Any

from starlette.responses import Response

from throughcare.definitions.grammar import Criterion
from throughcare.workspace import person, reasons, times
from throughcare.workspace.front import Desk

EVIDENCE_MAX = 40
EVIDENCE_EACH = 4


def show(desk: Desk) -> Response:
    model_id = desk.path("model_id")
    with desk.reader.open():
        who = person.known(desk, "eligibility")
        found = [one for one in desk.reader.rows("workspace/findings", person=who.id) if one.model == model_id]
        if not found or model_id not in desk.site.models:
            raise desk.absent("eligibility", who.id)
        one = found[0]
        criteria = [_criterion(desk, model_id, c, one.deciding) for c in _parts(one.criteria)]
        data = person.strip(desk, who)
    desk.looked("eligibility", who.id, model_id)
    viewer, words = desk.viewer, desk.words
    return desk.page(
        "why.html",
        tab="now",
        model=model_id,
        title=desk.site.title(words.language, model_id),
        answer=one.answer,
        criteria=criteria,
        version=one.version,
        since=times.moment(words, one.since, viewer.at, viewer.zone),
        **data,
    )


def _parts(criteria: Any) -> list[dict[str, Any]]:
    return json.loads(criteria) if isinstance(criteria, str) else criteria


def _criterion(desk: Desk, model_id: str, part: dict[str, Any], deciding: list[str]) -> dict[str, Any]:
    known: Criterion | None = next(
        (c for c in desk.site.models[model_id].eligibility.criterion if c.id == part["id"]), None
    )
    says = known.says if known and known.says else part["id"].replace("_", " ")
    return {
        "says": desk.site.phrase(desk.words.language, model_id, f"criterion.{part['id']}", says),
        "cites": known.cites if known else "",
        "answer": part["answer"],
        "decides": part["id"] in deciding,
        "missing": [str(m) for m in part.get("missing") or []],
        "ask": (known.if_missing_ask or "") if known else "",
        "evidence": _evidence(desk, part.get("evidence") or []),
    }


def _evidence(desk: Desk, keys: list[str]) -> list[str]:
    """What the answer rests on, as events with their days, the newest few."""
    if not keys:
        return []
    rows = desk.reader.rows("workspace/events", keys=keys[:EVIDENCE_MAX])
    rows.sort(key=lambda r: (r.day is None, r.day and -r.day.toordinal()))
    return list(dict.fromkeys(_told(desk, row) for row in rows))[:EVIDENCE_EACH]


def _told(desk: Desk, row: Any) -> str:
    """An event; of a stay that several told of, by whom."""
    said = reasons.event(desk.site, desk.words, row, desk.viewer)
    if not row.tellers:
        return said
    return desk.words("why.told_by", event=said, sources=", ".join(one.replace("_", " ") for one in row.tellers))
