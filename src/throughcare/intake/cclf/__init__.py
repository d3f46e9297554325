"""CCLF: the monthly feed of claims that CMS sends of the people it has assigned, and their preferences for sharing."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from throughcare.faults import Malformed
from throughcare.intake.archive import Member
from throughcare.intake.cclf import bills, people, read
from throughcare.intake.cclf.declared import shortfalls, unwhole
from throughcare.intake.cclf.read import Row
from throughcare.intake.formats import Given, Piece
from throughcare.intake.shapes import Resource

TITLE = "CCLF"
TOGETHER = True
ROWS_MAX = 20_000_000  # of revenue lines, procedures and diagnoses that are held to be joined to their claims
_LOOK = 64
_HEADER, _TRAILER = b"HDR_BENEDATASHR", b"TRL_BENEDATASHR"
Files = dict[str, list[Member]]


def knows(start: bytes, name: str) -> bool:
    return bool(read.named_like(name, start))


def pieces(members: list[Member], given: Given) -> Iterator[Piece]:
    """Beneficiaries first, then claims in the order in which CMS said them; each by itself."""
    files: Files = defaultdict(list)
    for member in members:
        files[read.file_of(member.shown, _start(member))].append(member)
    for number, piece in enumerate(_all(files, given), 1):
        yield replace(piece, number=number)


def _all(files: Files, given: Given) -> Iterator[Piece]:
    for member in files[""]:
        reason = "The file has a name that CMS gives to none, or is a broken archive."
        yield Piece(0, body=_start(member), reason=reason, file=member.shown)
    if lacking := unwhole(files):
        yield Piece(0, body=lacking.encode(), reason=lacking)
        return
    yield from (Piece(0, body=body, reason=reason) for body, reason in shortfalls(files))
    for member in files["sharing"]:
        yield from _sharing(member, given)
    for kind, made in (("8", people.beneficiary), ("9", people.former)):
        for row, body, reason in _rows(files[kind], kind):
            yield _piece(row, body, reason, lambda row=row, made=made: made(row, given))  # type: ignore[misc]
    yield from _hospital(files, given)
    for kind in ("5", "6"):
        yield from _professional(kind, files[kind], given)
    yield from _drugs(files["7"], given)


def _rows(members: list[Member], kind: str) -> Iterator[tuple[Row, bytes, str]]:
    """Every line as a row, or with the reason why it is none."""
    for member in members:
        stream = member.open()
        try:
            for number, line in read.lines(stream):
                if line.strip() == read.BLANK_FILE:
                    break
                try:
                    yield read.cut(kind, number, line, member.shown), line, ""
                except Malformed as fault:
                    yield Row(number, {}, line, member.shown), line, f"CCLF{kind}, {fault.what}"
        finally:
            stream.close()


def _piece(row: Row, body: bytes, reason: str, made: Callable[[], list[Resource]]) -> Piece:
    """What a row and those beside it say, as of the moment in which CMS made its file."""
    if reason:
        return _refused(row, body, reason)
    try:
        return Piece(0, made(), body, file=row.file, line=row.number, as_of=read.made_at(row.file))
    except Malformed as fault:
        return _refused(row, body, fault.what)


def _refused(row: Row, body: bytes, reason: str) -> Piece:
    return Piece(0, body=body, reason=reason, file=row.file, line=row.number)


def _told(kind: str, members: list[Member]) -> tuple[list[Row], list[Piece]]:
    """The rows in the order in which they were said, and those that cannot be read."""
    rows, broken = [], []
    for row, body, reason in _rows(members, kind):
        try:
            if reason:
                raise Malformed(reason)
            bills.said_last(row)
            rows.append(row)
        except Malformed as fault:
            broken.append(_refused(row, body, fault.what))
    return sorted(rows, key=bills.said_last), broken


def _hospital(files: Files, given: Given) -> Iterator[Piece]:
    heads, broken = _told("1", files["1"])
    yield from broken
    beside: dict[str, dict[str, list[Row]]] = {kind: defaultdict(list) for kind in "234"}
    held, known = 0, {head["claim"] for head in heads}
    for kind, claims in beside.items():
        for row, body, reason in _rows(files[kind], kind):
            held += 1
            if held > ROWS_MAX:
                raise Malformed(
                    f"The feed has more than {ROWS_MAX:,} lines of hospital claims.", do="Load it in parts."
                )
            if reason or row["claim"] not in known:
                why = reason or f"CCLF{kind}, line {row.number}: its claim is not in CCLF1 of the same feed."
                yield _refused(row, body, why)
            else:
                claims[row["claim"]].append(row)
    for head in heads:
        lines, procedures, diagnoses = (beside[kind][head["claim"]] for kind in "234")
        body = b"\n".join(row.text for row in [head, *lines, *procedures, *diagnoses])
        made = partial(bills.hospital, head, lines, procedures, diagnoses, given)
        yield _piece(head, body, "", lambda made=made: [made()])  # type: ignore[misc]


def _professional(kind: str, members: list[Member], given: Given) -> Iterator[Piece]:
    rows, broken = _told(kind, members)
    yield from broken
    claims: dict[str, list[Row]] = {}
    for row in rows:
        claims.setdefault(row["claim"], []).append(row)
    for lines in claims.values():
        body = b"\n".join(row.text for row in lines)
        yield _piece(lines[0], body, "", lambda lines=lines: [bills.professional(kind, lines, given)])  # type: ignore[misc]


def _drugs(members: list[Member], given: Given) -> Iterator[Piece]:
    rows, broken = _told("7", members)
    yield from broken
    for row in rows:
        yield _piece(row, row.text, "", lambda row=row: [bills.drug(row, given)])  # type: ignore[misc]


def _sharing(member: Member, given: Given) -> Iterator[Piece]:
    """Lines between a header and a trailer that counts them; a file without its own is refused whole."""
    stream = member.open()
    try:
        told = list(read.lines(stream))
    finally:
        stream.close()
    first, last = told[0][1], told[-1][1]
    inner = told[1:-1]
    counted = last[len(_TRAILER) + 8 :].strip()
    reason = ""
    if not first.startswith(_HEADER):
        reason = "The header of the file is not HDR_BENEDATASHR."
    elif not last.startswith(_TRAILER) or len(told) < 2:
        reason = "The file has no trailer: its end was lost."
    elif counted.decode("latin-1") != str(len(inner)):
        reason = f"The trailer does not count the {len(inner)} lines that came."
    if reason:
        yield Piece(0, body=b"\n".join(line for _, line in told)[: 1 << 20], reason=reason, file=member.shown)
        return
    for number, line in inner:
        body = b"\n".join([first, line, last[: len(_TRAILER) + 8] + b"1"])
        try:
            row, why = read.cut("sharing", number, line, member.shown), ""
        except Malformed as fault:
            row, why = Row(number, {}, line, member.shown), fault.what
        yield _piece(row, body, why, lambda row=row: people.sharing(row, given))  # type: ignore[misc]


def _start(member: Member) -> bytes:
    stream = member.open()
    try:
        return stream.read(_LOOK)
    finally:
        stream.close()
