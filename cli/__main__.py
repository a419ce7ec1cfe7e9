"""Where ./desk and reception-desk arrive: finds the module of a command and imports that one only, so that a small command starts quickly."""

from __future__ import annotations

from importlib import import_module

import click
from sqlalchemy.exc import DBAPIError

from cli.listing import available, lines
from reception_desk import PROGRAM


class Desk(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(available())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        commands = available()
        if cmd_name not in commands:
            return None
        module = import_module(commands[cmd_name][0])
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Tell in words what a database or a file system refuses: it is no fault of the program."""
        try:
            return super().invoke(ctx)
        except DBAPIError as error:
            raise click.ClickException(
                f"The database cannot be used: {str(error.orig).strip().splitlines()[0]}. DATABASE_URL and DESK_VAR say which one it is."
            ) from None
        except OSError as error:
            if not isinstance(error.filename, str):
                raise
            raise click.ClickException(f"{error.filename} cannot be used: {error.strerror}.") from None

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write("\n".join(lines()) + "\n")


@click.command(cls=Desk, name=PROGRAM, invoke_without_command=True)
@click.pass_context
def desk(context: click.Context) -> None:
    """List the commands when none is named."""
    if context.invoked_subcommand is None:
        click.echo("\n".join(lines()))


if __name__ == "__main__":
    desk(prog_name=PROGRAM)
