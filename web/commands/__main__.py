"""Where ./desk arrives: finds the module of a command and imports that one only, so that a small command starts quickly."""

from __future__ import annotations

from importlib import import_module

import click

from web.commands.listing import COMMANDS, lines


class Desk(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"web.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write("\n".join(lines()) + "\n")


@click.command(cls=Desk, name="./desk", invoke_without_command=True)
@click.pass_context
def desk(context: click.Context) -> None:
    """Lists the commands when none is named."""
    if context.invoked_subcommand is None:
        click.echo("\n".join(lines()))


if __name__ == "__main__":
    desk(prog_name="./desk")
