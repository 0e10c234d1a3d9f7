"""The command ``completion``: what makes the shell complete commands and options at the tabulator key."""

import click
from click.shell_completion import get_completion_class

_HELP = """Print the script that makes your shell complete this command.

\b
Examples:
  eval "$(segmentation-model completion bash)"          # this shell; in ~/.bashrc: every one
  eval "$(segmentation-model completion zsh)"
  segmentation-model completion fish > ~/.config/fish/completions/segmentation-model.fish
"""


@click.command(help=_HELP)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, /, shell: str) -> None:
    """Print Click's script for the whole command line."""
    root = context.find_root()
    program = root.info_name or "segmentation-model"
    variable = f"_{program.replace('-', '_').upper()}_COMPLETE"  # where Click looks when the program starts
    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(root.command, {}, program, variable).source())
