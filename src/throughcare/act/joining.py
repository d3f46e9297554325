"""What people decide about joining: enroll someone, move them on, let them leave, and write consent down."""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo

from throughcare.act.enrollment import ENDED, Lives, episode, model_of, moved
from throughcare.act.shapes import (
    Refusal,
    Resource,
    Stored,
    Write,
    concept,
    extension,
    extensions,
    ident,
    instant,
    with_extension,
)
from throughcare.definitions.grammar import CareModel
from throughcare.fhir import json
from throughcare.record.changes import Changes, Heard, Put

CONSENT = "urn:throughcare:consent"
_DISCLOSURE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_PARTY = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_WITNESS = "http://hl7.org/fhir/StructureDefinition/consent-Witness"
_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"


def enroll(
    person_id: int, model: CareModel, episodes: Iterable[Stored], lives: Lives, *, status: str, by: str, at: datetime
) -> Changes | Refusal:
    """Put someone into a care model by hand; the engine keeps it."""
    mine = [e for e in episodes if e.person_id == person_id and model_of(e.body) == model.model.id]
    if any(e.body["status"] not in ENDED for e in mine):
        return Refusal("already_enrolled", "This person is in the care model already.")
    if status not in model.enrollment.states or status in ENDED:
        return Refusal("no_such_state", "Nobody can enter this care model in that state.")
    if _lacks_consent(person_id, model, status, lives):
        return Refusal("consent_missing", "Consent comes first: write it down, then enroll.")
    taken = {e.body["id"] for e in mine}
    body = episode(person_id, model, status, "by_hand", taken, lives, at)
    body = with_extension(with_extension(body, "set-by", {"reference": by}), "set-by-person", True)
    return _moved("enroll", Write(person_id, body))


def move(
    stored: Stored, model: CareModel, lives: Lives, *, to: str, reason: str, zone: tzinfo, by: str, at: datetime
) -> Changes | Refusal:
    """Move an enrollment to another state its care model allows; leaving needs one of the model's reasons."""
    now_in = stored.body["status"]
    if to not in model.enrollment.moves.get(now_in, []):
        return Refusal("move_not_allowed", f"From {now_in}, this care model does not allow {to}.")
    reasons = {r.id for r in model.enrollment.reason}
    if to in ENDED and reasons and reason not in reasons:
        return Refusal("reason_missing", "Choose one of the reasons this care model names for leaving.")
    if to == "active" and _lacks_consent(stored.person_id, model, to, lives):
        return Refusal("consent_missing", "Consent comes first: write it down, then activate.")
    body = moved(stored.body, to, reason or "by_hand", at, zone, by)
    return _moved("move_enrollment", Write(stored.person_id, body, stored.version))


def leave(
    stored: Stored, model: CareModel, lives: Lives, *, reason: str, zone: tzinfo, by: str, at: datetime
) -> Changes | Refusal:
    """End an enrollment: finished for someone who was in it, cancelled for someone who never was."""
    to = "finished" if stored.body["status"] in ("active", "onhold") else "cancelled"
    return move(stored, model, lives, to=to, reason=reason, zone=zone, by=by, at=at)


def _lacks_consent(person_id: int, model: CareModel, status: str, lives: Lives) -> bool:
    kind = model.enrollment.consent
    return status == "active" and kind is not None and (person_id, kind) not in lives.consents


def _moved(action: str, write: Write) -> Changes:
    put = Put(json.write(write.body), if_version=write.if_version)
    return Changes(puts=[put], audit=[Heard(action, write.person_id, f"EpisodeOfCare/{write.body['id']}")])


def record_consent(
    *,
    person_id: int,
    patient: str,
    kind: str,
    from_on: date,
    by: str,
    at: datetime,
    to_on: date | None = None,
    refused: bool = False,
    recipient: str | None = None,
    method: str = "",
    signed_by: str = "self",
    witness: Resource | None = None,
) -> Changes | Refusal:
    """What a person allows, or `refused` to, from which day to which; `method` is verbal, written or electronic.

    With a `recipient`, such as "Organization/pantry", it is about telling that party, and says nothing about any other.
    `signed_by` is self, parent or guardian; `witness` is a reference to whoever was there, by name or by record.
    """
    if to_on is not None and to_on < from_on:
        return Refusal("ends_before_it_begins", "The last day lies before the first.")
    period = {"start": from_on.isoformat()} | ({"end": to_on.isoformat()} if to_on else {})
    body: Resource = {
        "resourceType": "Consent",
        "id": ident("cn", person_id, kind, from_on, refused, by, instant(at), *([recipient] if recipient else [])),
        "status": "rejected" if refused else "active",
        "scope": {"coding": [{"system": _SCOPE, "code": "patient-privacy" if recipient else "treatment"}]},
        "category": [concept(CONSENT, kind), *([concept(_DISCLOSURE, "IDSCL")] if recipient else [])],
        "patient": {"reference": patient},
        "dateTime": instant(at),
        **({"performer": [{"reference": patient}]} if signed_by == "self" else {}),
        "policyRule": {"text": "Recorded by staff"},
        "provision": {"type": "deny" if refused else "permit", "period": period},
    }
    if recipient:
        body["provision"]["actor"] = [{"role": concept(_PARTY, "IRCP"), "reference": {"reference": recipient}}]
        body |= {"organization": [{"reference": recipient}]} if recipient.startswith("Organization/") else {}
    said = extensions(set_by={"reference": by}, method=method or None, signed_by_role=signed_by)
    body["extension"] = [*said, *([{"url": _WITNESS, "valueReference": witness}] if witness else [])]
    return Changes(puts=[Put(json.write(body))], audit=[Heard("record_consent", person_id, f"Consent/{body['id']}")])


def withdraw_consent(stored: Stored, *, by: str, at: datetime) -> Changes | Refusal:
    """The person takes a consent back; from this moment nothing rests on it."""
    if stored.body["status"] != "active":
        return Refusal("not_active", "This consent does not hold any more.")
    body = with_extension(stored.body | {"status": "inactive"}, "withdrawn-at", instant(at))
    body = with_extension(body, "set-by", {"reference": by})
    put = Put(json.write(body), if_version=stored.version)
    return Changes(puts=[put], audit=[Heard("withdraw_consent", stored.person_id, f"Consent/{body['id']}")])


def keep_consent(stored: Stored, *, by: str) -> Changes | Refusal:
    """Whoever wrote a withdrawal down takes it back: the consent holds as it did."""
    if stored.body["status"] != "inactive" or extension(stored.body, "withdrawn-at") is None or not _by(stored, by):
        return Refusal("not_yours_to_undo", "Only who wrote this down can take it back.")
    body = with_extension(stored.body | {"status": "active"}, "withdrawn-at", None)
    put = Put(json.write(body), if_version=stored.version)
    return Changes(puts=[put], audit=[Heard("keep_consent", stored.person_id, f"Consent/{body['id']}")])


def retract_consent(stored: Stored, *, by: str) -> Changes | Refusal:
    """Whoever wrote an answer down says that it was written in error."""
    if stored.body["status"] not in ("active", "rejected") or not _by(stored, by):
        return Refusal("not_yours_to_undo", "Only who wrote this down can take it back.")
    put = Put(json.write(stored.body | {"status": "entered-in-error"}), if_version=stored.version)
    return Changes(puts=[put], audit=[Heard("retract_consent", stored.person_id, f"Consent/{stored.body['id']}")])


def _by(stored: Stored, by: str) -> bool:
    return (extension(stored.body, "set-by") or {}).get("reference") == by
