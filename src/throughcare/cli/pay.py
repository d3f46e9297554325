"""throughcare pay: what recorded work is worth, what is missing, which claims exclude each other, and settlements."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import click

from throughcare.cli._moment import MOMENT, MONTH, PERIOD
from throughcare.cli._one_of import one_of
from throughcare.definitions.load import load_all, site_library
from throughcare.definitions.periods import period_of, year_of
from throughcare.faults import Unavailable
from throughcare.flow import population
from throughcare.pay import twin as twins
from throughcare.record.view import View
from throughcare.settings import Settings
from throughcare.stores import postgres

Period = tuple[date, date]


@click.group()
def command() -> None:
    """What recorded work earns: lines with their reasons, a person's month as money, and settlements step by step."""


@command.command("month", epilog="Example: throughcare pay month --period 2026-07")
@click.option("--period", type=PERIOD, help="2026, 2026-Q3 or 2026-07; this month unless given.")
@click.option("--json", "as_json", is_flag=True, help="Print every line as one JSON object per line.")
@click.pass_obj
def month_command(settings: Settings, period: Period | None, as_json: bool) -> None:
    """All lines of a period by care model, service and status; then what holds the rest back, and how much it is."""
    lines = [line for line in _lines(settings) if _within(line, period or _this_month(settings))]
    if as_json:
        for line in lines:
            click.echo(json.dumps(line, default=str))
        return
    for (model, service, status), (count, amount) in twins.totals(lines).items():
        click.echo(f"{model:32} {service:28} {status:16} {count:>6} {amount:>14,.2f}")
    held = [line for line in lines if line["status"] != "payable"]
    if held:
        click.echo("\nHeld back:")
        for why, (count, amount) in twins.reasons(held).items():
            click.echo(f"  {count:>6} {amount:>14,.2f}  {_said(why, held)}")


@command.command("twin", epilog="Example: throughcare pay twin --person Patient/ana --month 2026-07")
@click.option("--person", required=True, metavar="REF", help="Whom: Patient/<id>.")
@click.option("--month", "month", type=MONTH, required=True, help="Which month: 2026-07.")
@click.option("--json", "as_json", is_flag=True, help="Print every line as one JSON object per line.")
@click.pass_obj
def twin_command(settings: Settings, person: str, month: date, as_json: bool) -> None:
    """One person's month as money: what each program may claim, what is missing, and what gives way to what."""
    with postgres.open(settings) as database:
        number = View(database).people([person.partition("/")[2]]).get(person.partition("/")[2])
        if number is None:
            raise Unavailable(f"{person} is not there.", do="Write Patient/ and the id, as the source gave it.")
        lines = View(database).tables([number], ["line"])["line"].to_pylist()
    found = twins.twin(number, month, lines)
    if as_json:
        for line in (x for worth in found.worth for x in (*worth.payable, *worth.blocked, *worth.lost)):
            click.echo(json.dumps(line, default=str))
        return
    for worth in found.worth:
        click.echo(f"{worth.model}: {worth.amount:,.2f} payable, {worth.within_reach:,.2f} within reach")
        for line in [*worth.payable, *worth.blocked, *worth.lost]:
            amount = "unknown" if line["amount"] is None else f"{line['amount']:,.2f}"
            why = f"  {line['why_not']}" if line["why_not"] else ""
            click.echo(
                f"  {line['on_date']}  {line['code']:8} x {_short(line['units'])}  {amount:>10}  {line['status']}{why}"
            )
    if not found.worth:
        click.echo("Nothing that any program pays for is recorded in that month.")


@command.command("settle", epilog="Example: throughcare pay settle --period 2026 --model my_program")
@click.option("--period", type=PERIOD, help="2026, 2026-Q3 or 2026-07; this year unless given.")
@click.option("--model", "only", metavar="ID", help="One care model only.")
@click.option("--as-of", type=MOMENT, help="By what was known then; now unless given.")
@click.option("--json", "as_json", is_flag=True, help="Print every settlement as one JSON object per line.")
@click.pass_obj
def settle_command(
    settings: Settings, period: Period | None, only: str | None, as_of: datetime | None, as_json: bool
) -> None:
    """Settlements of a period, every step with its value, in the order of the care model's file."""
    now, models = as_of or datetime.now(UTC), load_all(settings)
    only = only and one_of(only, [m.model.id for m in models], "care model")
    with postgres.open(settings) as database:
        found = population.look(
            database,
            models,
            site_library(settings),
            now,
            period or year_of(now, settings.time_zone),
            as_of,
        )
    by_id = {m.model.id: m for m in models}
    for s in (s for s in found.settlements if only in (None, s.model)):
        calcs = [c for c in by_id[s.model].payment.calc if c.on == s.on]
        steps = {c.id: _step(s.told.get(c.id)) for c in calcs}
        if as_json:
            click.echo(json.dumps({"model": s.model, "on": s.on, "key": s.key, "steps": steps}, default=str))
            continue
        click.echo(f"{s.model}: {s.on} {s.key}")
        for calc in calcs:
            shown = "unknown" if steps[calc.id] is None else steps[calc.id]
            click.echo(f"  {calc.id:36} {shown!s:>18} {calc.unit:16} {calc.says}  [{calc.cites}]")


def _lines(settings: Settings) -> list[dict[str, Any]]:
    with postgres.open(settings) as database:
        return View(database).tables(None, ["line"])["line"].to_pylist()


def _within(line: dict[str, Any], period: Period) -> bool:
    return line["on_date"] is not None and period[0] <= line["on_date"] <= period[1]


def _this_month(settings: Settings) -> Period:
    return period_of(f"{datetime.now(UTC):%Y-%m}")


def _said(why: str, lines: list[dict[str, Any]]) -> str:
    model, _, word = why.partition(".")
    line = next(x for x in lines if x["model"] == model and word in x["why"])
    return f"{model}: {line['why_not'].split('; ')[line['why'].index(word)]}"


def _step(value: Any) -> Any:
    return _short(value) if isinstance(value, Decimal) else value


def _short(value: Decimal | None) -> str:
    return "?" if value is None else f"{value.normalize():f}"
