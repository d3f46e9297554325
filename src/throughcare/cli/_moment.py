"""Moments and periods as options: an instant with its offset, so that nobody has to guess the zone; a year or month."""

from datetime import date, datetime
from typing import Any

import click

from throughcare.definitions.periods import period_of


class Moment(click.ParamType):
    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f'"{value}" is no moment; write 2026-07-03T09:00:00-04:00.', param, ctx)
        if moment.tzinfo is None:
            self.fail(f'"{value}" has no offset; write 2026-07-03T09:00:00-04:00.', param, ctx)
        return moment


class Period(click.ParamType):
    name = "period"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[date, date]:
        try:
            return value if isinstance(value, tuple) else period_of(value)
        except ValueError:
            self.fail(f'"{value}" is no period; write 2026, 2026-Q3 or 2026-07.', param, ctx)


class Month(click.ParamType):
    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Its first day."""
        try:
            return value if isinstance(value, date) else datetime.strptime(value, "%Y-%m").date()
        except ValueError:
            self.fail(f'"{value}" is no month; write 2026-07.', param, ctx)


class Day(click.ParamType):
    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f'"{value}" is no day; write 2026-07-03.', param, ctx)


DAY = Day()
MOMENT = Moment()
MONTH = Month()
PERIOD = Period()
