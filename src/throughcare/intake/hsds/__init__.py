"""HSDS 3.0: a directory of services as Open Referral writes it, JSON or the tables of a data package, read together."""

from collections.abc import Iterator

from throughcare.faults import Malformed
from throughcare.intake.archive import Member
from throughcare.intake.formats import Given, Piece
from throughcare.intake.hsds import read
from throughcare.intake.hsds.entries import MAKERS

TITLE = "HSDS directory"
TOGETHER = True
knows = read.knows


def pieces(members: list[Member], given: Given) -> Iterator[Piece]:
    """A piece for each organization, location and service, however many files tell of it; then what is none."""
    directory = read.directory(members, given)
    number = 0
    for kind, maker in MAKERS.items():
        for entry in directory.entries[kind].values():
            number += 1
            try:
                yield Piece(number, [maker(entry, directory, given)], read.text(entry))
            except Malformed as fault:
                yield Piece(number, body=read.text(entry), reason=fault.what)
    for reason, body in directory.faults:
        number += 1
        yield Piece(number, body=body, reason=reason)
