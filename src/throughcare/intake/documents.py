"""Documents: Bundles and single resources, gathered into commits; a transaction never spans two of them."""

from typing import Any

from throughcare.faults import Malformed
from throughcare.fhir import json as fhir_json
from throughcare.fhir.search import term
from throughcare.intake.archive import Member
from throughcare.intake.fhir import bundle
from throughcare.intake.run import Run
from throughcare.intake.work import Done, of_document
from throughcare.record.changes import Changes, Delete, Quarantined
from throughcare.record.view import View

WAITING_MAX = 10_000


class Documents:
    """Bundles whose references nothing answers yet wait until the others are in, for one more try."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.gathered = Changes()
        self.waiting: list[tuple[Member, bytes]] = []

    def add(self, member: Member, data: bytes) -> None:
        if not self._take(member, data, wait=len(self.waiting) < WAITING_MAX):
            self.waiting.append((member, data))
        if len(self.gathered.puts) >= self.run.settings.load_batch:
            self._commit()

    def finish(self) -> None:
        """Commit what is gathered, then the waiting ones, with whatever they can now refer to."""
        self._commit()
        for member, data in self.waiting:
            self._take(member, data, wait=False)
            self._commit()

    def _take(self, member: Member, data: bytes, *, wait: bool) -> bool:
        """False when the document had better wait for others."""
        source = self.run.source
        try:
            bytes_max = self.run.settings.document_bytes_max
            resource = fhir_json.read(data, depth_max=self.run.settings.json_depth_max, bytes_max=bytes_max)
            opened = bundle.Opened(puts=[resource])
            if resource.get("resourceType") == "Bundle":
                opened = bundle.opened(resource, source, self._find)
        except Malformed as fault:
            self.gathered.quarantined.append(Quarantined(source, member.shown, 1, fault.what, data))
            return True
        if opened.open_references and wait:
            return False
        self._gather(member, data, opened, whole=resource.get("type") == "transaction")
        return True

    def _gather(self, member: Member, data: bytes, opened: bundle.Opened, *, whole: bool) -> None:
        """All entries, or in a transaction with one bad entry none: the Bundle itself goes into quarantine."""
        done, job = Done(), self.run.job(member.shown, [])
        for number, resource in enumerate(opened.puts, 1):
            of_document(resource, job, number, done)
        if whole and done.quarantined:
            bad = done.quarantined[0]
            reason = f"Entry {bad.line} of the transaction: {bad.reason} Nothing of it was stored."
            self.gathered.quarantined.append(Quarantined(self.run.source, member.shown, bad.line, reason, data))
            return
        self.gathered.puts += done.prepared
        self.gathered.quarantined += done.quarantined
        self.gathered.deletes += [Delete(kind, id, self.run.source) for kind, id in opened.deletes]

    def _commit(self) -> None:
        if self.gathered:
            self.run.write(self.gathered)
            self.gathered = Changes()

    def _find(self, kind: str | None, value: str) -> str | None:
        """What an earlier document, or an earlier load, stored under this id or identifier."""
        view: Any = View(self.run.database)
        if kind is None:
            keys = {f"{p.resource_type}/{p.resource_id}" for p in self.gathered.puts}
            asked = [f"{t}/{value}" for t in bundle.NAMED_ACROSS]
            return next((k for k in asked if k in keys), None) or next(iter(view.read_many(asked)), None)
        found = view.search(kind, [term(f"{kind}?identifier", value)])
        return found[0] if len(found) == 1 else None
