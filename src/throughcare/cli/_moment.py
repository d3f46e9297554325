"""Moments as options: an instant with its offset, so that nobody has to guess the zone."""

from datetime import datetime
from typing import Any

import click


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


MOMENT = Moment()
