"""What was earned stays earned: a line of payment is found anew at every look, so nothing may take it out by itself."""

from throughcare.definitions.check.kinds import source_of
from throughcare.definitions.check.reading import Reading
from throughcare.definitions.toml_lines import Path

WHY = "The period is the calendar year of today when lines are found: on 1 January, December's lines would be gone."
DO = "Leave the period to measures, or reach back from today as well: earlier(period.start, days_before(today, …))."


def check_lasting(reading: Reading) -> None:
    """Lines whose rows, or whose own conditions, end with the period."""
    for nth, line in enumerate(reading.model.payment.line):
        ended, seen = line.on, set[str]()
        while ended in reading.sets and ended not in seen and not _ends(reading.sets[ended].from_):
            seen.add(ended)
            ended = source_of(reading.sets[ended].from_)
        if ended in reading.sets and ended not in seen:
            _say(reading, ("line", nth, "on"), f"line {line.id}: the rows of {ended} end with the period.")
        for key, text in {"when": line.when, "units": line.units, "price": line.price}.items():
            if _ends(text):
                _say(reading, ("line", nth, key), f"line {line.id}: {key} ends with the period.")


def _ends(text: str) -> bool:
    return "period." in text and "today" not in text


def _say(reading: Reading, at: Path, what: str) -> None:
    reading.say_in("payment.toml", at, what, WHY, DO)
