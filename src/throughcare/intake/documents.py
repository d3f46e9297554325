"""Documents: Bundles and single resources, gathered into commits; a transaction never spans two of them."""

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
        self.found: dict[tuple[str | None, str], str | None] = {}  # what references led to; emptied by a commit

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
            opened = bundle.Opened(puts=[(resource, data.strip())])
            if "resourceType" not in resource:
                self.run.counts.left_out.append(member.shown)
                return True
            if resource["resourceType"] == "Bundle":
                opened = bundle.opened(resource, data, source, self._find)
        except Malformed as fault:
            self.gathered.quarantined.append(Quarantined(source, member.shown, 1, fault.what, data))
            return True
        if opened.open_references and wait:
            return False
        self._gather(member, data, opened, resource)
        return True

    def _gather(self, member: Member, data: bytes, opened: bundle.Opened, document: bundle.Resource) -> None:
        """All entries, or in a transaction with one bad entry none: the Bundle itself goes into quarantine."""
        done, job = Done(), self.run.job(member.shown, [])
        for number, (resource, text) in enumerate(opened.puts, 1):
            of_document(resource, job, number, done, text)
        if document.get("type") == "transaction" and done.quarantined:
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
            self.found = {asked: key for asked, key in self.found.items() if key}

    def _find(self, kind: str | None, value: str) -> str | None:
        """What an earlier document, or an earlier load, stored under this id or identifier."""
        if (kind, value) not in self.found:
            self.found[kind, value] = self._in_record(kind, value)
        found = self.found[kind, value]
        return found if found or kind else self._among_gathered(value)

    def _among_gathered(self, id: str) -> str | None:
        return next((f"{p.resource_type}/{id}" for p in self.gathered.puts if p.resource_id == id), None)

    def _in_record(self, kind: str | None, value: str) -> str | None:
        view = View(self.run.database)
        if kind is None:
            return next(iter(view.read_many([f"{t}/{value}" for t in bundle.NAMED_ACROSS])), None)
        found = view.search(kind, [term(f"{kind}?identifier", value)])
        return found[0] if len(found) == 1 else None
