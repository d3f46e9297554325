"""Whatever picks one row of several says which, so that every replay gives one answer and no duty is lost."""

from throughcare.definitions import grammar
from throughcare.definitions.check.kinds import Names, source_of
from throughcare.definitions.check.reading import At, Reading
from throughcare.definitions.check.scope import names_of


def check_order(reading: Reading) -> None:
    """Picks without an order, and duties that hang on the newest row only."""
    names = names_of(reading)
    for at in reading.entries():
        if isinstance(at.entry, grammar.Set) and at.entry.pick:
            _total(reading, at, at.entry.pick)
    for at, step in reading.steps():
        newest = _newest(reading, names, step.on)
        if newest and not step.rhythm:
            why = "A newer row would silently take the older duty away."
            do = "Anchor it on all rows, and let the next one resolve the last."
            reading.say(at, f"hangs on {newest}, which keeps only the newest row.", why, do, ("on",))


def _total(reading: Reading, at: At, pick: grammar.Pick) -> None:
    if not pick.order:
        why = "Which row is kept would be chance."
        reading.say(at, "picks a row without an order.", why, 'Add order = ["column high", …].', ("pick",))
    columns = [order.replace(",", " ").split()[0] for order in pick.order if order.split()]
    for column in sorted({c for c in columns if columns.count(c) > 1}):
        reading.say(at, f'orders by "{column}" twice.', "", "The second one never decides; take it out.", ("pick",))


def _newest(reading: Reading, names: Names, on: str) -> str:
    """The set, among `on` and those it starts from, that keeps only the latest row of a person."""
    seen: set[str] = set()
    while on in reading.sets and on not in seen:
        seen.add(on)
        pick = reading.sets[on].pick
        first = pick.order[0].replace(",", " ").split() if pick and pick.order and pick.first else []
        if first[1:2] == ["high"] and names.row(on).get(first[0]) in ("date", "timestamp"):
            return on
        on = source_of(reading.sets[on].from_)
    return ""
