"""A replay told on the command line: who enters and leaves, the work by week and role, measures, money, groups."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from throughcare.decide.replay import Compared, Replayed
from throughcare.definitions.grammar import CareModel


def replayed(model: CareModel, found: Replayed) -> Iterator[str]:
    """One set of rules by itself."""
    yield from _people(found)
    yield from _work({place: (m, None) for place, m in sorted(found.minutes.items())})
    yield from _scores(model, found, None)
    yield from _paid(found, None)


def compared(model: CareModel, both: Compared, groups: Mapping[str, list[int]]) -> Iterator[str]:
    """Today's rules beside changed ones."""
    yield f"Version {both.before.version} beside {both.after.version}"
    yield (
        f"People in the program: {len(both.before.people)} before, {len(both.after.people)} after; "
        f"{len(both.enter)} enter, {len(both.leave)} leave"
    )
    for name, (before, after, enter, leave) in groups.items():
        yield f"  {name:24} {before:>7} before {after:>7} after {enter:>6} enter {leave:>6} leave"
    yield from _work({(monday, role): (b, a) for monday, role, b, a in both.workload()})
    yield from _scores(model, both.before, both.after)
    yield from _paid(both.before, both.after)


def _people(found: Replayed) -> Iterator[str]:
    ended = [s for s in found.stays if s.ended_on]
    yield f"People in the program: {len(found.people)}, {len(found.stays)} times; {len(ended)} left"
    reasons: dict[str, int] = {}
    for stay in ended:
        reasons[stay.reason] = reasons.get(stay.reason, 0) + 1
    yield from (f"  {count:>6} left: {reason}" for reason, count in sorted(reasons.items(), key=lambda r: -r[1]))


def _work(minutes: Mapping) -> Iterator[str]:
    yield "Hours of work that opened, by week and role:"
    for (monday, role), (before, after) in minutes.items():
        beside = "" if after is None else f" -> {after / 60:>8.1f}"
        yield f"  {monday} {role:28} {before / 60:>8.1f}{beside}"


def _scores(model: CareModel, before: Replayed, after: Replayed | None) -> Iterator[str]:
    if model.measures.measure:
        yield "Measures:"
    for measure in model.measures.measure:
        one, other = before.scores.get(measure.id), after.scores.get(measure.id) if after else None
        beside = "" if after is None else f" -> {_score(other)}"
        yield f"  {measure.id:36} {_score(one)}{beside}"


def _score(added: object) -> str:
    score = getattr(added, "score", None)
    return "no score" if score is None else f"{score} ({added.numerator} of {added.denominator})"  # type: ignore[attr-defined]


def _paid(before: Replayed, after: Replayed | None) -> Iterator[str]:
    services = sorted({*before.paid, *(after.paid if after else ())})
    if services:
        yield "Payable in the period, USD:"
    for service in services:
        beside = "" if after is None else f" -> {after.paid.get(service, Decimal(0)):>14,.2f}"
        yield f"  {service:36} {before.paid.get(service, Decimal(0)):>14,.2f}{beside}"
