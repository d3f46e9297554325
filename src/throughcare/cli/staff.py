"""`throughcare staff`: who signs in, with which roles and teams, and why someone sees or does not see a person."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click

from throughcare.access import explain, teams
from throughcare.access import staff as people
from throughcare.access.viewer import ROLES
from throughcare.record.views import ensure_views
from throughcare.settings import Settings
from throughcare.stores.postgres import open as open_database

BY = "command line"


@click.group()
def command() -> None:
    """People who sign in: their roles, teams and passwords."""


class _Opened:
    """The database, opened when a command first needs it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @property
    def database(self) -> Any:
        database = open_database(self.settings)
        database.migrate()
        ensure_views(database)
        return database

    @property
    def at(self) -> datetime:
        return datetime.now(UTC)


def _opened(function: Callable[..., None]) -> Callable[..., None]:
    """Hands a command the opened installation it was asked about."""

    @click.pass_obj
    @wraps(function)
    def inner(settings: Settings, *given: Any, **named: Any) -> None:
        function(_Opened(settings), *given, **named)

    return inner


@command.command()
@click.argument("sign_in")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
@click.option("--team", "in_teams", multiple=True, help="Name of a team; may be given several times.")
@click.option("--practitioner", help="'Practitioner/<id>' in the record, when there is one.")
@click.option("--credentials", default="", help="Shown after the name, such as RN.")
@click.option(
    "--minutes-a-day", default=300, show_default=True, help="Minutes a day for people, in front of the cut line."
)
@_opened
def add(
    opened: _Opened,
    sign_in: str,
    name: str,
    roles: tuple[str, ...],
    in_teams: tuple[str, ...],
    practitioner: str | None,
    credentials: str,
    minutes_a_day: int,
) -> None:
    """Add someone and print their one-time password, once."""
    secret = people.add(
        opened.database,
        sign_in,
        name,
        roles=list(roles),
        teams=list(in_teams),
        practitioner=practitioner,
        credentials=credentials,
        minutes_a_day=minutes_a_day,
        by=BY,
        at=opened.at,
    )
    click.echo(f"{sign_in} signs in once with:  {secret}\nand then chooses another password.")


@command.command(name="list")
@_opened
def list_staff(opened: _Opened) -> None:
    """Everyone, with roles, teams and how many people they are the named worker of."""
    for sign_in, name, active, roles, in_teams, seen in people.listing(opened.database):
        state = "" if active else "  (disabled)"
        click.echo(f"{sign_in:24} {name:28} {', '.join(roles):34} {', '.join(in_teams) or '-':24} {seen:>6}{state}")


@command.command()
@click.argument("sign_in")
@click.argument("roles", nargs=-1, required=True, type=click.Choice(ROLES))
@_opened
def role(opened: _Opened, sign_in: str, roles: tuple[str, ...]) -> None:
    """Give someone exactly these roles; their sessions end."""
    people.set_roles(opened.database, sign_in, list(roles), by=BY, at=opened.at)
    click.echo(f"{sign_in} is now {', '.join(sorted(set(roles)))}.")


@command.command()
@click.argument("name")
@click.option("--serves", multiple=True, help="'Organization/<id>' whose people the team serves; none given: everyone.")
@click.option("--member", "members", multiple=True, help="Sign-in name of someone who is in this team from now on.")
@click.option("--share", is_flag=True, help="Split people without a named worker evenly among the team.")
@_opened
def team(opened: _Opened, name: str, serves: tuple[str, ...], members: tuple[str, ...], share: bool) -> None:
    """Make or change a team: whom it serves and who is in it."""
    database = opened.database
    teams.make_team(database, name, list(serves) or None)
    before = {row[0]: list(row[4]) for row in people.listing(database)}
    for member in members:
        people.set_teams(database, member, [*before.get(member, []), name], by=BY, at=opened.at)
    click.echo(f"{name}: {len(members)} members added. `throughcare settle --everyone` brings its panel up to date.")
    if share:
        click.echo(f"{teams.share(database, name)} people got a named worker.")


@command.command()
@click.argument("sign_in")
@_opened
def disable(opened: _Opened, sign_in: str) -> None:
    """Stop someone from signing in; their sessions end at once."""
    people.disable(opened.database, sign_in, by=BY, at=opened.at)
    click.echo(f"{sign_in} is disabled and signed out.")


@command.command()
@click.argument("sign_in")
@_opened
def password(opened: _Opened, sign_in: str) -> None:
    """Print a new one-time password, once."""
    click.echo(f"{sign_in} signs in once with:  {people.new_password(opened.database, sign_in, by=BY, at=opened.at)}")


@command.command()
@click.argument("sign_in")
@click.argument("person_id", type=int)
@_opened
def why(opened: _Opened, sign_in: str, person_id: int) -> None:
    """Say why someone sees a person, or does not."""
    for sentence in explain.why(opened.database, sign_in, person_id):
        click.echo(sentence)
