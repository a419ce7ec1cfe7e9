"""`./desk token`: bearer tokens of the REST API; `./desk session-key`: another key for log-ins."""

from __future__ import annotations

from datetime import timedelta

import click

import engine
from office import tokens
from web import config, create_app, keys


@click.command()
@click.argument("user")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 3650), help="How long it holds.")
@click.option("--revoke", is_flag=True, help="Make all tokens of the user useless instead.")
def token(user: str, days: int, revoke: bool) -> None:
    """Make a bearer token for USER and print it; it cannot be read again."""
    with create_app().app_context():
        try:
            if revoke:
                click.echo(f"{tokens.revoke_all(user, at=engine.now())} tokens revoked")
            else:
                click.echo(tokens.create(user, at=engine.now(), lifetime=timedelta(days=days)))
        except tokens.UnknownUser as error:
            raise click.ClickException(f"nobody works here under the login {user}") from error


@click.command()
def session_key() -> None:
    """Make another session key in the place of the one there is; everybody has to log in again."""
    keys.make(config.read().var, "session", instead=True)
    click.echo(
        "a new session key is in force for every process that is started from now on; copy it to the other machines"
    )
