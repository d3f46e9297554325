"""Answer: the acknowledgement a sender of X12 expects: 999 (997 for version 4010) for each group, TA1 where asked.

It says of the structure what the load does: accepted, accepted with something noted, or refused with every fault.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import IO

from throughcare.intake.x12 import read, structure
from throughcare.intake.x12.read import Broken, Set

LINES_MAX = 99  # faults told of one set
_OF_SET = ("2", "3", "4", "6")  # codes that speak of the set, not of a segment


def answer(stream: IO[bytes], at: datetime) -> bytes:
    """What to send back for a stream. Malformed when not even its header can be read: then nobody can be answered."""
    told: list[str] = []
    for _, several in groupby(_checked(stream), key=lambda one: (one.isa.words[6], one.isa.words[8], one.isa[13])):
        interchange = list(several)
        told.append(_interchange(interchange, at))
    return "".join(told).encode()


def _checked(stream: IO[bytes]) -> Iterator[Set]:
    for one in read.sets(stream):
        structure.checked(one)
        yield one


def _interchange(sets: list[Set], at: datetime) -> str:
    isa, marks = sets[0].isa, sets[0].marks
    control = f"{at:%y%j%H%M}"[-9:].rjust(9, "0")
    head = list(isa.words)
    head[5:9] = [isa.words[7], isa.words[8], isa.words[5], isa.words[6]]
    head[1:5], head[9:11], head[13:15] = (
        ["00", " " * 10, "00", " " * 10],
        [f"{at:%y%m%d}", f"{at:%H%M}"],
        [control, "0"],
    )
    body: list[list[str]] = []
    lost = [fault for one in sets if not one.segments for fault in one.broken]
    cut = any(fault.code == "2" for one in sets for fault in one.broken)
    if isa[14] == "1" or lost:
        verdict = ["R", "023" if cut else "022"] if lost or cut else ["A", "000"]
        body.append(["TA1", isa[13], isa[9], isa[10], *verdict])
    groups = [list(g) for _, g in groupby([one for one in sets if one.segments], key=lambda one: id(one.gs))]
    made = [line for number, group in enumerate(groups, 1) for line in _group(number, group, at)]
    lines = [head, *body, *made, ["IEA", str(len(groups)), control]]
    return "".join(marks.element.join(line) + marks.segment + "\n" for line in lines)


def _group(number: int, sets: list[Set], at: datetime) -> Iterator[list[str]]:
    gs = sets[0].gs
    old = gs[8].startswith("004010")
    kind, version = ("997", "004010") if old else ("999", "005010X231A1")
    yield ["GS", "FA", gs[3], gs[2], f"{at:%Y%m%d}", f"{at:%H%M%S}", str(number), "X", version]
    lines = [
        ["ST", kind, f"{number:04}", *([] if old else [version])],
        ["AK1", gs[1], gs[6], *([] if old else [gs[8]])],
    ]
    for one in sets:
        lines += _set(one, old)
    accepted = sum(1 for one in sets if not one.faults)
    noted = any(one.broken for one in sets)
    verdict = "P" if 0 < accepted < len(sets) else "R" if not accepted else "E" if noted else "A"
    lines.append(["AK9", verdict, str(len(sets)), str(len(sets)), str(accepted)])
    lines.append(["SE", str(len(lines) + 1), f"{number:04}"])
    yield from lines
    yield ["GE", "1", str(number)]


def _set(one: Set, old: bool) -> Iterator[list[str]]:
    start, letters = one.segments[0], "AK" if old else "IK"
    yield ["AK2", start[1], start[2], *([] if old or not start[3] else [start[3]])]
    inside = [fault for fault in one.broken if fault.segment]
    for fault in inside[:LINES_MAX]:
        yield from _fault(fault, letters)
    codes = sorted({fault.code for fault in one.broken if not fault.segment and fault.code in _OF_SET})
    codes += ["5"] if inside else []
    verdict = "R" if one.faults else "E" if one.broken else "A"
    yield [f"{letters}5", verdict, *codes[:5]]


def _fault(fault: Broken, letters: str) -> Iterator[list[str]]:
    segment = fault.segment
    if segment is not None:
        id = segment.id if segment.id.isalnum() else ""
        yield [f"{letters}3", id, str(segment.number), "", "8" if fault.position else fault.code]
        if fault.position:
            yield [f"{letters}4", str(fault.position), "", "1" if "missing" in fault.what else "7"]
