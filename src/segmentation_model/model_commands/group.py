"""The commands ``models list``, ``promote`` and ``rollback``: which model of a tariff is champion, by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from segmentation_model.errors import ConfigurationError
from segmentation_model.model_commands.registry_address import find_registry, registered_models

_Command = TypeVar("_Command", bound=Callable[..., Any])
#: As the registry spells them, or as the reports do.
_TARIFFS = click.Choice(["domestic", "industrial"], case_sensitive=False)

_HELP = """Which model of a tariff is champion, and which was before.

The registry is that of the project in the folder (conf, --env), of --conf-source, or at --tracking-uri; without any of
these, the one that MLFLOW_TRACKING_URI names.

\b
Examples:
  segmentation-model models list
  segmentation-model models list --env prod --tariff domestic --json
  segmentation-model models promote 7 --tariff domestic --reason "agreed with the risk committee"
  segmentation-model models rollback --tariff domestic --reason "scores of the north look wrong"
"""


def _registry_options(command: _Command) -> _Command:
    for option in (
        click.option("--name", help="Registered model, without the tariff.  [default: the configuration's]"),
        click.option("--env", metavar="ENV", help="Environment of the configuration."),
        click.option("--conf-source", metavar="PATH", help="A configuration: folder or packed archive."),
        click.option("--tracking-uri", metavar="URI", help="Address of MLflow, instead of the configuration's."),
    ):
        command = option(command)
    return command


_one_tariff = click.option("--tariff", required=True, type=_TARIFFS, help="Whose champion it is.")
_why = click.option("--reason", required=True, help="Why, for the record.")


@click.group(help=_HELP)
def models() -> None:
    """The group."""


@models.command("list")
@click.option("--tariff", type=_TARIFFS, help="One tariff only.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_registry_options
def list_models(*, tariff: str | None, as_json: bool, **where: str | None) -> None:
    """List the versions, the newest first, with what was decided about them."""
    from segmentation_model.model_commands.listing import describe, in_words

    described = {model.name: describe(model) for model in registered_models(find_registry(**where), tariff)}
    click.echo(json.dumps(described, indent=2, ensure_ascii=False) if as_json else in_words(described))


@models.command()
@click.argument("version", metavar="VERSION")
@_one_tariff
@_why
@_registry_options
def promote(*, version: str, tariff: str, reason: str, **where: str | None) -> None:
    """Make a VERSION (its number) the champion, whatever the rule says."""
    from segmentation_model.registry.moves import promote_by_hand

    _check(reason)
    (model,) = registered_models(find_registry(**where), tariff)
    before = promote_by_hand(model, version, reason)
    click.echo(f"{model.name}: version {version} is champion; before: {before.number if before else 'none'}")


@models.command()
@_one_tariff
@_why
@_registry_options
def rollback(*, tariff: str, reason: str, **where: str | None) -> None:
    """Give the alias champion back to the version that had it before."""
    from segmentation_model.registry.moves import roll_back

    _check(reason)
    (model,) = registered_models(find_registry(**where), tariff)
    now, before = roll_back(model, reason)
    click.echo(f"{model.name}: version {now.number} is champion again; version {before.number} is rolled back")


def _check(reason: str) -> None:
    if not reason.strip():
        raise ConfigurationError("--reason: a few words are needed, for the record")
