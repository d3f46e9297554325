"""Structure: is a transaction set built as its readers need it? Every fault is found, not only the first."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from throughcare.intake.x12.loops import Loop, is_known, rules, tables, tree
from throughcare.intake.x12.read import Broken, Segment, Set

FAULTS_MAX = 100  # of one set; what else is wrong with it helps nobody


def checked(one: Set) -> Loop | None:
    """The loops of the set, with what is wrong added to it; None where nothing is known of its kind."""
    if not one.segments or not is_known(one.kind):
        return None
    root = tree(one)
    found = [fault for segment in one.segments[1:] for fault in islice(_elements(segment, one.guide), 3)]
    found += islice(_loop(root, one.kind, one.guide), FAULTS_MAX)
    one.broken += sorted(found, key=lambda fault: fault.segment.number if fault.segment else 0)[:FAULTS_MAX]
    return root


def _loop(loop: Loop, kind: str, guide: str) -> Iterator[Broken]:
    """What stands too often in a loop, and what it lacks, told where it ended."""
    counts: Counter[str] = Counter()
    for segment in loop.segments:
        counts[segment.id] += 1
        most = loop.rule.get("few", {}).get(segment.id)
        if most and counts[segment.id] == most + 1:
            yield Broken(segment, "5", f"it stands more than {most} times in the {loop.name}")
    inner: Counter[str] = Counter()
    for child in loop.loops:
        inner[child.name] += 1
        of_guide = child.rule.get("most_of", {}).items()
        most = next((n for g, n in of_guide if guide.startswith(g)), child.rule.get("most"))
        if most and inner[child.name] > most:
            what = f"the {child.name} stands more than {most} times in the {loop.name}"
            yield Broken(child.segments[0], "4", what)
        yield from _loop(child, kind, guide)
    for id in loop.rule.get("needs", ()):
        if not counts[id]:
            yield Broken(loop.ended, "3", f"the {loop.name} before it has no {id}")
    wanted = loop.rule.get("needs_one", ())
    if wanted and not any(counts[id] for id in wanted):
        yield Broken(loop.ended, "3", f"the {loop.name} before it has none of {', '.join(wanted)}")
    for rule in rules(kind)[1:]:
        if rule.get("must") and loop.name in rule["within"] and not inner[rule["name"]]:
            what = f"the {loop.name} before it has no {rule['name']}"
            yield Broken(loop.ended, "3", what, noted=rule.get("noted", False))


def _elements(segment: Segment, guide: str) -> Iterator[Broken]:
    """What is wrong inside a segment: an element that has to be there, a code that may not, a day that is none."""
    needed, values, dates = tables()["required"], tables()["values"], tables()["dates"]
    wanted = [*needed.get(segment.id, ()), *_wanted_by(guide).get(segment.id, ())]
    for position in wanted:
        if not segment[position]:
            yield Broken(segment, "8", f"element {position} is missing", position)
    for position, allowed in values.get(segment.id, {}).items():
        if segment[int(position)] and segment[int(position)] not in allowed:
            yield Broken(segment, "8", f"element {position} holds a code that may not stand there", int(position))
    if said := dates.get(segment.id):
        at, form = said["at"], said.get("is") or segment[said["form_at"]]
        if segment[at] and not is_date(segment[at], form):
            yield Broken(segment, "8", f"element {at} is no date of its form", at)


def _wanted_by(guide: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = next((n for g, n in tables()["required_by"].items() if guide.startswith(g)), {})
    return found


_FORMS = {"D8": ("%Y%m%d", 8), "DT": ("%Y%m%d%H%M", 12), "TM": ("%H%M", 4), "D6": ("%y%m%d", 6)}


def is_date(value: str, form: str) -> bool:
    if form in ("RD8", "RDT"):
        first, dash, last = value.partition("-")
        one = {"RD8": "D8", "RDT": "DT"}[form]
        return bool(dash) and is_date(first, one) and is_date(last, one)
    if form not in _FORMS:
        return True  # an unknown form is a fault of its own
    pattern, length = _FORMS[form]
    try:
        datetime.strptime(value, pattern)
    except ValueError:
        return False
    return value.isdecimal() and value.isascii() and len(value) == length
