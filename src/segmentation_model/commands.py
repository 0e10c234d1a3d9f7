"""The command line of the installed package.

A command's code is imported when the command is called, so that ``--help`` answers at once.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem

from segmentation_model.logging.startup import leave_out_known_warnings


def _load_run() -> click.Command:
    """Kedro's own ``run`` for the installed package, with all of its options and ours."""
    from kedro.framework.project import configure_project

    from segmentation_model.cli import run

    configure_project("segmentation_model")
    return run


def _load_completion() -> click.Command:
    from segmentation_model.completion import completion

    return completion


def _load_drift_check() -> click.Command:
    from segmentation_model.drift_check.command import drift_check

    return drift_check


def _load_models() -> click.Command:
    from segmentation_model.model_commands.group import models

    return models


def _load_sagemaker() -> click.Command:
    from segmentation_model.sagemaker.commands import sagemaker

    return sagemaker


class _Entry(NamedTuple):
    help: str
    load: Callable[[], click.Command]


_COMMANDS: Mapping[str, _Entry] = {
    "completion": _Entry("Print what makes your shell complete this command: bash, zsh or fish.", _load_completion),
    "drift-check": _Entry("Say how much a table drifted from a reference; no project needed.", _load_drift_check),
    "models": _Entry("List registered models, promote one to champion, or roll back.", _load_models),
    "run": _Entry("Run a pipeline: the monthly job, or the part of it that is named.", _load_run),
    "sagemaker": _Entry("The job on SageMaker: compile, upsert, start, or run its steps here.", _load_sagemaker),
}


class _LazyGroup(click.Group):
    """Lists the commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        entry = _COMMANDS.get(cmd_name)
        return None if entry is None else entry.load()

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name without importing it."""
        names = [CompletionItem(name, help=one.help) for name, one in _COMMANDS.items() if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name].help) for name in sorted(_COMMANDS)])


_HELP = """Which customers will probably not pay their next bill, and whom to treat alike.

The job reads its configuration from --conf-source: a folder or a packed conf archive, or an address of either. A drift
check needs none.

\b
Examples:
  segmentation-model run --conf-source conf --env prod
  segmentation-model run --conf-source conf --pipelines scoring --params root=data
  segmentation-model drift-check --help
  segmentation-model models list --conf-source conf --env prod
"""


@click.group(cls=_LazyGroup, help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="segmentation-model")
def command_line() -> None:
    """The group of all commands."""
    leave_out_known_warnings()
