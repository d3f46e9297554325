"""Check: may this message be taken? Answered from the message alone, before it is acknowledged."""

import re

from throughcare.faults import Malformed
from throughcare.intake.hl7v2.said import Said, events, patient_id

_CODE = re.compile(r"[A-Z]{3}(\^[A-Z][A-Z0-9]{2})?")  # what a reason may repeat: anything else may be a name


class Unknown(Malformed):
    """A message that is well formed, of a kind nobody here reads: rejected (AR), where a broken one is an error."""


def check(said: Said, data_ends: bool = True) -> None:
    """Raises with the reason. `data_ends`: the last segment has its end."""
    kinds = events()
    if not said.kind:
        raise Malformed("MSH-9 does not say what the message is.")
    if said.kind not in kinds:
        raise Unknown(f"Messages of type {_shown(said.kind)} are not read.")
    if said.rule is None:
        raise Unknown(f"The event {_shown(said.message.type)} is not known.")
    people = [one.named() for one in said.people()]
    if not people:
        raise Malformed("The message has no PID segment, so it is about nobody.")
    if not any(one.patient for one in people):
        raise Malformed("PID-3 and PID-2 name no number, so the patient cannot be told.")
    if not data_ends and said.message.lines[-1].startswith("PID") and len(people) == 1:
        raise Malformed("The message ends in the middle of its PID segment.")
    if said.rule.get("merges") == "patient":
        _check_merge(said)


def _check_merge(said: Said) -> None:
    pairs = [(one.named().patient, patient_id(said, s.parts(1))) for one in said.people() for s in one.all("MRG")]
    if not any(loser for _, loser in pairs):
        raise Malformed("MRG-1 does not say who is merged.")
    if any(loser == kept for kept, loser in pairs):
        raise Malformed("The message merges a patient into itself.")


def _shown(code: str) -> str:
    return code if _CODE.fullmatch(code) else "of another form"
