"""`./desk token`: bearer tokens of the REST API."""

from __future__ import annotations

from datetime import timedelta

import click

import engine
from office import tokens
from web import create_app


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
