"""`./desk begin`: a case of a process that nothing else begins, such as one that was drawn a moment ago."""

from __future__ import annotations

import click

import engine
from cli.database import open_office
from engine import published
from office import standalone
from reception_desk import PROGRAM

OPERATOR = engine.Actor("installation")
BEGINNERS = {
    "complaint": "a complaint begins it; take one in at /intake",
    "date": "a date begins it",
    "process": "another process calls it",
    "service_task": "a service task begins it",
}


@click.command()
@click.argument("key")
def begin(key: str) -> None:
    """Begin a case of the process KEY, which neither complaint nor date, process nor service task begins, and print its number."""
    with open_office().app_context():
        try:
            click.echo(standalone.begin(key, by=OPERATOR, at=engine.now()))
        except published.UnknownProcess as error:
            raise click.ClickException(
                f"there is no published process {key}; {PROGRAM} diff says what is drawn and not published"
            ) from error
        except standalone.BegunElsewhere as error:
            raise click.ClickException(f"{key} is not begun by hand: {BEGINNERS[error.values['by']]}") from error
