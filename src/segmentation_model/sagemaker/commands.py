"""The commands ``sagemaker compile``, ``upsert``, ``start``, ``local`` and ``container``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from segmentation_model.errors import ConfigurationError
from segmentation_model.sagemaker.container.command import container
from segmentation_model.sagemaker.local.command import local

_Command = TypeVar("_Command", bound=Callable[..., Any])

_PIPELINE = "segmentation-model"

_HELP = """The job on SageMaker: five steps, compiled from the Kedro pipelines.

\b
Examples:
  segmentation-model sagemaker compile --output pipeline.json
  segmentation-model sagemaker local pipeline.json --parameter OutputUri=s3://bucket/segmentation …
  terraform output -json deployment | segmentation-model sagemaker upsert --deployment -
  segmentation-model sagemaker start --deployment deployment.json --parameter CurrentUri=s3://bucket/raw/2026-11/…
"""


def _read_deployment(_: click.Context, __: click.Parameter, path: str | None) -> Any:
    if path is None:
        return None
    from segmentation_model.sagemaker.deployment import read_deployment

    with click.open_file(path, encoding="utf-8", errors="replace") as file:
        return read_deployment(file.read(), path)


_DEPLOYMENT = click.option(
    "--deployment",
    type=click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True),
    callback=_read_deployment,
    metavar="FILE",
    help="What Terraform made, as `terraform output -json deployment` prints it; - reads standard input. Options go "
    "before it, and it goes before the section sagemaker of conf.",
)


_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _of_the_project(command: _Command) -> _Command:
    for option in (
        _DEPLOYMENT,
        click.option(
            "--role-arn", metavar="ARN", help="Execution role of the jobs.  [default: --deployment, sagemaker.role_arn]"
        ),
        click.option(
            "--env", default="prod", show_default=True, metavar="ENV", help="Environment of the configuration."
        ),
        click.option("--conf-source", default="conf", show_default=True, metavar="PATH", help="The configuration."),
        click.option(
            "--pipeline",
            "which",
            type=click.Choice(["job", "scoring"]),
            default="job",
            show_default=True,
            help="The whole job, or the month with the registry's champions.",
        ),
    ):
        command = option(command)
    return command


@click.group(help=_HELP)
def sagemaker() -> None:
    """The group."""


@sagemaker.command("compile", short_help="Compile the definition to JSON.")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it here.  [default: print it]")
@_of_the_project
def compile_(*, output: Path | None, **options: Any) -> None:
    """Compile the pipeline's definition to JSON; nothing is sent anywhere."""
    from segmentation_model.sagemaker.compiling import compile_pipeline

    compiled = compile_pipeline(**options)
    if output is None:
        click.echo(compiled.as_text(), nl=False)
        return
    try:
        output.write_text(compiled.as_text(), encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"--output: {output} cannot be written ({error.strerror})") from error
    click.echo(f"{output}: {compiled.title}, {len(compiled.definition['Parameters'])} parameters", err=True)


@sagemaker.command(short_help="Create the pipeline in the account, or update it.")
@click.option("--region", metavar="REGION", help="Region.  [default: --deployment, sagemaker.region, the caller's]")
@_of_the_project
@_JSON
def upsert(*, region: str | None, as_json: bool, **options: Any) -> None:
    """Compile the pipeline, and create it in the account, or update it."""
    from segmentation_model.sagemaker import aws
    from segmentation_model.sagemaker.compiling import compile_pipeline

    done, arn = aws.upsert(compile_pipeline(**options), region)
    click.echo(json.dumps({"pipeline_arn": arn, "done": done}) if as_json else f"{arn}: {done}")


@sagemaker.command(short_help="Start an execution in the account.")
@click.option("--name", metavar="NAME", help=f"Name of the pipeline.  [default: --deployment, else {_PIPELINE}]")
@click.option("--parameter", "parameters", multiple=True, metavar="Name=Value", help="A parameter; repeat for several.")
@click.option("--region", metavar="REGION", help="Region.  [default: --deployment, else the caller's]")
@_DEPLOYMENT
@_JSON
def start(*, name: str | None, parameters: tuple[str, ...], region: str | None, deployment: Any, as_json: bool) -> None:
    """Start an execution of the pipeline in the account."""
    from segmentation_model.sagemaker import aws

    if deployment is not None:
        name, region = name or deployment.pipeline_name, region or deployment.region
    arn = aws.start(name or _PIPELINE, parameters, region)
    click.echo(json.dumps({"execution_arn": arn}) if as_json else f"{arn}: started")


sagemaker.add_command(container)
sagemaker.add_command(local)
