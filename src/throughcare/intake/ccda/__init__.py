"""C-CDA: a clinical document in XML, made into FHIR with the document itself kept beside what came of it."""

from collections.abc import Iterator

from throughcare.faults import Malformed
from throughcare.intake.archive import Member
from throughcare.intake.ccda import entries, header, plans, read
from throughcare.intake.ccda.draft import Draft
from throughcare.intake.ccda.values import words
from throughcare.intake.formats import Given, Piece
from throughcare.intake.shapes import Resource

TITLE = "C-CDA"
TOGETHER = False


def knows(start: bytes, name: str) -> bool:
    return read.is_document(start)


def pieces(members: list[Member], given: Given) -> Iterator[Piece]:
    """One document is one piece: all that it says is stored, or it is kept with its reason."""
    for number, member in enumerate(members, 1):
        most = given.settings.resource_bytes_max * 5 // 8  # it is kept in base64 within one resource
        stream = member.open()
        try:
            data = stream.read(most + 1)
        finally:
            stream.close()
        try:
            if len(data) > most:
                raise Malformed(f"The document is longer than {most:,} bytes; its beginning is kept.")
            yield Piece(number, resources(data, given), data)
        except Malformed as fault:
            yield Piece(number, body=data, reason=fault.what)


def resources(data: bytes, given: Given) -> list[Resource]:
    """All that a document says, as FHIR R4, the document and its provenance last. Malformed when it cannot be read."""
    root = read.tree(data)
    if root.find("recordTarget/patientRole") is None:
        raise Malformed("The document names no patient.", do="Ask the sender for one that says whom it is about.")
    texts = {id: words(one) for one in root.iter() if (id := one.get("ID"))}
    draft = Draft(given.source, given.settings.time_zone, texts)
    header.begin(draft, root)
    entries.body(draft, root)
    plans.care_plan(draft, root)
    header.finish(draft, root, data, given.settings.resource_bytes_max)
    return list(draft.made.values())
