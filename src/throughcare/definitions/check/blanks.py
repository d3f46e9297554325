"""What is not known stays unknown, unless the author says in so many words that no record means no."""

from sqlglot import exp

from throughcare.definitions import grammar
from throughcare.definitions.check.reading import Reading
from throughcare.definitions.check.slots import Slot, slots
from throughcare.definitions.expressions import Mistake, parse, phrase
from throughcare.definitions.toml_lines import line_at

TURNS = ("known", "is_true", "first_known")


def check_blanks(reading: Reading) -> None:
    """A criterion that is met by the absence of records must say that absence is meant."""
    sure = _sure_of_nothing(reading)
    for at in reading.entries():
        if isinstance(at.entry, grammar.Criterion) and not at.entry.closed and _absence(at.entry, sure):
            why = "A record that nobody sent is not the same as a thing that did not happen."
            do = 'Add closed = "no record means no" if the record would surely hold it, or let the fact be unknown.'
            reading.say(at, "is met when there is no record.", why, do, ("where",))


def turns(reading: Reading) -> list[str]:
    """Every place where unknown is turned into yes or no, for the reviewer: file:line, entry and expression."""
    found = []
    for slot in slots(reading):
        if _calls(slot):
            line = line_at(reading.model.lines.get(slot.at.file, {}), (*slot.at.path, *slot.key))
            found.append(f"{slot.at.file}:{line}  {slot.at.name}: {slot.text}")
    return found


def _sure_of_nothing(reading: Reading) -> set[tuple[str, str]]:
    """Facts that say no or none when there is no record."""
    return {(f.on, f.id) for f in reading.model.sets.fact if f.if_none is not None and f.if_none in (False, 0)}


def _absence(criterion: grammar.Criterion, sure: set[tuple[str, str]]) -> bool:
    """`not fact`, `fact = 0`, `fact < n`, `fact = false`, where the fact is sure of nothing."""
    try:
        tree = parse(criterion.where)
    except Mistake:
        return False
    return any((criterion.on, name) in sure for name in _negated(tree))


def _negated(tree: exp.Expression) -> list[str]:
    names = [n.this.unnest().name for n in tree.find_all(exp.Not) if isinstance(n.this.unnest(), exp.Column)]
    for node in tree.find_all(exp.EQ, exp.LT, exp.LTE):
        zero = isinstance(node.expression, exp.Boolean) and not node.expression.this
        zero = zero or (isinstance(node.expression, exp.Literal) and node.expression.this == "0")
        if isinstance(node.this, exp.Column) and (zero or not isinstance(node, exp.EQ)):
            names.append(node.this.name)
    return names


def _calls(slot: Slot) -> bool:
    try:
        text = phrase(slot.text)[1] if slot.form == "phrase" else slot.text
        calls = parse(text).find_all(exp.Anonymous) if text and slot.form in ("phrase", "expression") else ()
    except Mistake:
        return False
    return any(call.name.lower() in TURNS for call in calls)
