"""Referrals: open one, move it as its loop allows, split it among several; nothing is shared without consent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from throughcare.act import loops
from throughcare.act.moves import moved
from throughcare.act.shapes import (
    Refusal,
    Resource,
    Stored,
    concept,
    extension,
    extensions,
    ident,
    instant,
    with_extension,
    with_note,
    without,
)
from throughcare.definitions.grammar import Loop
from throughcare.fhir import json
from throughcare.record.changes import Changes, Heard, Put

TASK_CODE = "http://hl7.org/fhir/CodeSystem/task-code"
SDOH = "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PRIORITIES = ("routine", "urgent", "asap", "stat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked for whom: the need it is for, the service as a concept, and who should help if that is known."""

    person_id: int
    patient: str
    domain: str  # a need as the Gravity guide names it: food-insecurity
    service: Resource
    recipient: str | None = None  # Organization/<id>; open to whoever takes it when nobody is named
    reason: str | None = None  # Condition/<id>
    priority: str = "routine"
    emergency: str = ""  # why it cannot wait, when it cannot
    note: str = ""


def open_referral(asked: Asked, loop: Loop, *, by: str, at: datetime) -> Changes | Refusal:
    """A request and its task, not sent yet: sending is a move, and needs the person's consent."""
    if not asked.service.get("coding") and not asked.service.get("text"):
        return Refusal("no_service", "Say which service is asked for.")
    if asked.priority not in PRIORITIES:
        return Refusal("unknown_priority", f"{asked.priority!r} is not a priority; {', '.join(PRIORITIES)} are.")
    request = _request(asked, by, at)
    task = _task(request, asked.recipient, loop, by, at)
    task = task | {"priority": asked.priority}
    marks = extensions(domain=asked.domain, emergency=asked.emergency or None)
    task = with_note(task | {"extension": marks}, asked.note, at, by) if asked.note else task | {"extension": marks}
    audit = [Heard("open_referral", asked.person_id, f"Task/{task['id']}")]
    return Changes(puts=[Put(json.write(request)), Put(json.write(task))], audit=audit)


def move_referral(
    task: Stored,
    loop: Loop,
    to: str,
    *,
    party: str,
    by: str,
    at: datetime,
    today: date,
    reason: str = "",
    result: str | None = None,
    consents: Iterable[Resource] = (),
) -> Changes | Refusal:
    """The next state, when the loop allows it and what it needs is there; `result` is what was done, a reference."""
    state = task.body["status"]
    if refusal := loops.refused(loop, state, to, party) or _lacking(task.body, loop, to, today, reason, consents):
        return refusal
    body = _moved(task.body, to, reason=reason, by=by, at=at, loop=loop)
    if result:
        body = body | {"output": [*body.get("output", ()), _result(result)]}
    put = Put(json.write(body), if_version=task.version)
    return Changes(puts=[put], audit=[Heard(f"move_referral:{to}", task.person_id, f"Task/{body['id']}")])


def split_referral(
    task: Stored, request: Resource, loop: Loop, recipients: Sequence[str], *, by: str, at: datetime
) -> Changes | Refusal:
    """One referral passed on to several: each gets a request of its own, based on the first, and a task that is part
    of it. Whoever splits a referral has taken it on."""
    state = task.body["status"]
    if state in loop.terminal or state == loop.starts:
        return Refusal("not_open", f"A referral that is {state} cannot be passed on.")
    if len(set(recipients)) != len(recipients) or len(recipients) < 2:
        return Refusal("recipients", "Name at least two recipients, each once.")
    puts = []
    for recipient in recipients:
        part = _passed_on(request, recipient, by, at)
        whole = {"partOf": [{"reference": f"Task/{task.body['id']}"}], "priority": task.body.get("priority", "routine")}
        marks = extensions(domain=extension(task.body, "domain"), emergency=extension(task.body, "emergency"))
        piece = _task(part, recipient, loop, by, at) | whole | ({"extension": marks} if marks else {})
        puts += [Put(json.write(part)), Put(json.write(piece))]
    body = task.body
    if state not in loop.accepted:
        body = _moved(body, "accepted", reason="", by=by, at=at, loop=loop)
        puts.append(Put(json.write(body), if_version=task.version))
    return Changes(puts=puts, audit=[Heard("split_referral", task.person_id, f"Task/{body['id']}")])


def follow_parts(task: Stored, loop: Loop, state: str, *, by: str, at: datetime) -> Changes | Refusal:
    """The whole takes the state its parts give it, through every state between; nothing when it has it already."""
    if task.body["status"] == state:
        return Changes()
    steps = loops.way(loop, task.body["status"], state, loop.parties[-1])
    if not steps:
        says = f"A referral that is {task.body['status']} cannot become {state}, whatever became of its parts."
        return Refusal("illegal_move", says)
    body = task.body
    for to in steps:
        body = _moved(body, to, reason="It follows its parts" if to in loop.terminal else "", by=by, at=at, loop=loop)
    put = Put(json.write(body), if_version=task.version)
    return Changes(puts=[put], audit=[Heard(f"move_referral:{state}", task.person_id, f"Task/{body['id']}")])


def covers(consent: Resource, recipient: str, today: date) -> bool:
    """Does this consent let information go to the recipient today?"""
    provision = consent.get("provision", {})
    codes = {c.get("code") for category in consent.get("category", ()) for c in category.get("coding", ())}
    named = {o.get("reference") for o in consent.get("organization", ())}
    named |= {a.get("reference", {}).get("reference") for a in provision.get("actor", ())}
    period, day = provision.get("period", {}), today.isoformat()
    holds = period.get("start", day)[:10] <= day <= period.get("end", day)[:10]
    permits = consent.get("status") == "active" and provision.get("type", "permit") == "permit"
    return permits and holds and "IDSCL" in codes and recipient in named


def _lacking(
    task: Resource, loop: Loop, to: str, today: date, reason: str, consents: Iterable[Resource]
) -> Refusal | None:
    """What the loop asks for before this move and is not there."""
    for need in loops.needs(loop, task["status"], to):
        waived = task.get("priority") in need.unless and bool(extension(task, "emergency"))
        there = {
            "reason": bool(reason.strip()),
            "output": bool(task.get("output")),
            "consent": waived or any(covers(c, task.get("owner", {}).get("reference", ""), today) for c in consents),
        }
        if not there[need.what]:
            return Refusal(f"{need.what}_missing", f"{need.because}.")
    return None


def _request(asked: Asked, by: str, at: datetime) -> Resource:
    return {
        "resourceType": "ServiceRequest",
        "id": ident("sr", asked.person_id, asked.domain, asked.service, asked.recipient, by, instant(at)),
        "status": "active",
        "intent": "order",
        "category": [concept(SDOH, asked.domain)],
        "priority": asked.priority,
        "code": asked.service,
        "subject": {"reference": asked.patient},
        "authoredOn": instant(at),
        "requester": {"reference": by},
        **({"reasonReference": [{"reference": asked.reason}]} if asked.reason else {}),
    }


def _passed_on(request: Resource, recipient: str, by: str, at: datetime) -> Resource:
    """A request of the one who passes it on, based on the first."""
    kept = {k: v for k, v in request.items() if k in ("category", "priority", "code", "subject", "reasonReference")}
    return {
        "resourceType": "ServiceRequest",
        "id": ident("sr", request["id"], recipient),
        "status": "active",
        "intent": "filler-order",
        **kept,
        "basedOn": [{"reference": f"ServiceRequest/{request['id']}"}],
        "authoredOn": instant(at),
        "requester": {"reference": by},
        "performer": [{"reference": recipient}],
    }


def _task(request: Resource, recipient: str | None, loop: Loop, by: str, at: datetime) -> Resource:
    return {
        "resourceType": "Task",
        "id": ident("t", loop.id, request["id"]),
        "status": loop.starts,
        "intent": "order",
        "code": concept(TASK_CODE, "fulfill"),
        "focus": {"reference": f"ServiceRequest/{request['id']}"},
        "for": request["subject"],
        "authoredOn": instant(at),
        "lastModified": instant(at),
        "requester": {"reference": by},
        **({"owner": {"reference": recipient}} if recipient else {}),
    }


def _moved(task: Resource, to: str, *, reason: str, by: str, at: datetime, loop: Loop) -> Resource:
    """The task in its next state; each move stays with it, for the clocks between states."""
    body = without(task, "statusReason") | {"status": to, "lastModified": instant(at)}
    if reason:
        body |= {"statusReason": {"text": reason}}
    if to in loop.accepted and task["status"] not in loop.accepted and to == loop.accepted[0]:
        body = with_extension(body, "accepted-at", instant(at))
    period = dict(body.get("executionPeriod", {}))
    if to == "in-progress":
        period.setdefault("start", instant(at))
    if to in loop.terminal:
        period["end"] = instant(at)
    body |= {"executionPeriod": period} if period else {}
    return moved(task, body, at, by)


def _result(reference: str) -> Resource:
    return {"type": concept(SDOH, "resulting-activity"), "valueReference": {"reference": reference}}
