"""The command line of the installed package; a file ``cli.py`` Kedro would take for a plug-in of its own.

A command's code is imported when the command is called, so that ``--help`` answers at once.
"""

from typing import Any

import click

_COMMANDS = {"run": "Run a pipeline: the monthly job, or the part of it that is named."}


class _LazyGroup(click.Group):
    """Lists the commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        return _run_command() if cmd_name == "run" else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name]) for name in sorted(_COMMANDS)])


def _run_command() -> click.Command:
    """Kedro's own ``run`` for the installed package, with all of its options."""
    from kedro.framework.cli.utils import find_run_command
    from kedro.framework.project import configure_project

    configure_project("segmentation_model")
    found: Any = find_run_command("segmentation_model")
    return found  # type: ignore[no-any-return]


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="segmentation-model")
def command_line() -> None:
    r"""Which customers will probably not pay their next bill, and whom to treat alike.

    The installed package reads its configuration from --conf-source: a folder or a packed conf
    archive. For example:

    \b
        segmentation-model run --conf-source conf --env prod
        segmentation-model run --conf-source conf --pipelines scoring --params root=data
    """
