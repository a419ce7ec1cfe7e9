"""`./desk token`: bearer tokens of the REST API; `./desk person`: who a log-in is; `./desk session-key`: another key for log-ins."""

from __future__ import annotations

from datetime import timedelta

import click

import engine
from cli.database import open_office
from cli.output import counted
from office import intake, staff, tokens
from reception_desk import PROGRAM
from web.edge import config, keys

NOBODY = f"nobody works here under the log-in {{}}; {PROGRAM} run lists who does"


@click.command()
@click.argument("user")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 3650), help="How long it holds.")
@click.option("--revoke", is_flag=True, help="Make all tokens of the user useless instead.")
def token(user: str, days: int, revoke: bool) -> None:
    """Make a bearer token for USER and print it; it cannot be read again."""
    with open_office().app_context():
        try:
            if revoke:
                click.echo(f"{counted(tokens.revoke_all(user, at=engine.now()), 'token')} revoked")
            else:
                click.echo(tokens.create(user, at=engine.now(), lifetime=timedelta(days=days)))
        except tokens.UnknownUser as error:
            raise click.ClickException(NOBODY.format(user)) from error


@click.command()
@click.argument("user")
@click.option("--employee", default="", help="The employee number; two log-ins of one number are one person.")
@click.option("--household", multiple=True, metavar="NUMBER", help="A number that the household holds.")
@click.option("--no-longer", multiple=True, metavar="NUMBER", help="A number that it holds no longer.")
def person(user: str, employee: str, household: tuple[str, ...], no_longer: tuple[str, ...]) -> None:
    """Say who USER is: the employee number, and the household's mobile numbers, on which they may not work."""
    for number in household:
        if not intake.MSISDN.match(number):
            raise click.BadParameter(f"{number} is no mobile number; write 1xxxxxxxxxx", param_hint="--household")
    with open_office().app_context():
        try:
            employee_number, numbers = staff.identify(
                user, at=engine.now(), employee=employee, added=household, removed=no_longer
            )
        except tokens.UnknownUser as error:
            raise click.ClickException(NOBODY.format(user)) from error
        except staff.NoEmployeeNumber as error:
            raise click.ClickException(f"{user} has no employee number yet; give it with --employee") from error
    click.echo(f"{user}: employee {employee_number}; household: {', '.join(numbers) or 'no numbers'}")


@click.command()
def session_key() -> None:
    """Make another session key in the place of the one there is; everybody has to log in again."""
    keys.make(config.read().var, "session", instead=True)
    click.echo(
        "a new session key is in force for every process that is started from now on; copy it to the other machines"
    )
