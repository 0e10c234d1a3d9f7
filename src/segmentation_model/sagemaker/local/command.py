"""The command ``sagemaker local``; its code is imported when the command runs, not for ``--help``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

_HELP = """Run a SageMaker pipeline definition on this machine, step by step as the service would.

DEFINITION.json is what the service gets (schema 2020-12-01). Inputs and outputs lie in S3, or in what AWS_ENDPOINT_URL
names. Each step runs in a mount namespace of its own, with its folder as /opt/ml and an environment of its own, as
a process of the environment of --python; or in the image of --image.

\b
Examples:
  segmentation-model sagemaker local pipeline.json
  segmentation-model sagemaker local pipeline.json --parameter DriftThreshold=0.1 --parameter FailOnDrift=true
  segmentation-model sagemaker local pipeline.json --python /venvs/job/bin/python --work-dir /var/tmp/executions
  segmentation-model sagemaker local pipeline.json --image segmentation-model:latest --engine podman --json


A step whose CacheConfig is enabled is not run again while its definition, its inputs, the code and its earlier outputs
are unchanged: an execution that was interrupted goes on where it was when it is started again.

\b
Not as in the cloud:
  RegisterModel        its request is checked and written to model_package.json, nothing is registered
  accepted, ignored    RetryPolicies, Tags, roles, KMS keys, VPCs, instance types, checkpoints, network isolation
  Continuous upload    happens at the end of the job
  instances            run side by side on this machine
  enumerations, names  of the service (an instance type that does not exist) are not checked

\b
Exit codes:
  0    the execution succeeded
  1    it failed: a step failed, or a Fail step was reached
  2    what was typed, or the definition, is wrong; nothing was run
  130  it was interrupted (143: terminated); running steps were stopped
"""
_EXIT_CODES = {"Succeeded": 0, "Failed": 1}


@click.command(help=_HELP, short_help="Run a definition on this machine.", context_settings={"max_content_width": 120})
@click.argument("definition", metavar="DEFINITION.json", type=click.Path(path_type=Path))
@click.option("--parameter", "parameters", multiple=True, metavar="Name=Value", help="A parameter; repeat for several.")
@click.option(
    "--work-dir",
    type=click.Path(path_type=Path),
    default=".sagemaker-local",
    show_default=True,
    metavar="DIR",
    help="Holds executions/<id>/<step> with logs and summary.json, and the cache.",
)
@click.option("--name", metavar="NAME", help="Name of the pipeline.  [default: the name of the definition's file]")
@click.option(
    "--python", type=click.Path(path_type=Path), metavar="PATH", help="Runs the steps.  [default: this interpreter]"
)
@click.option("--image", metavar="NAME", help="Run the steps in this image instead, whatever the definition names.")
@click.option("--engine", type=click.Choice(["podman", "docker"]), help="Runs the image.  [default: what is there]")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Steps at a time.  [default: processors]")
@click.option("--no-cache", is_flag=True, help="Run every step, whatever has run before.")
@click.option("--keep", is_flag=True, help="Keep the /opt/ml of steps that succeeded, too.")
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of a table.")
@click.pass_context
def local(
    context: click.Context,
    /,
    *,
    definition: Path,
    parameters: tuple[str, ...],
    work_dir: Path,
    name: str | None,
    python: Path | None,
    image: str | None,
    engine: str | None,
    jobs: int | None,
    no_cache: bool,
    keep: bool,
    as_json: bool,
) -> None:
    """Run the pipeline; progress goes to standard error, the summary to standard output."""
    if image and python:
        raise click.UsageError("--python and --image exclude each other")
    if engine and not image:
        raise click.UsageError("--engine needs --image")
    from segmentation_model.sagemaker.local.run import Options, run_definition
    from segmentation_model.sagemaker.local.summary import in_words

    summary, folder = run_definition(
        Options(
            definition=definition,
            parameters=parameters,
            work_dir=work_dir,
            name=name,
            python=python or Path(sys.executable),
            image=image,
            engine=engine,
            jobs=jobs or os.cpu_count() or 1,
            use_cache=not no_cache,
            keep=keep,
        )
    )
    if as_json:
        click.echo(summary.as_json(), nl=False)
    else:
        click.echo("\n".join(in_words(summary, folder)), color=False if os.environ.get("NO_COLOR") else None)
    if summary.status == "Stopped":
        context.exit(143 if "SIGTERM" in summary.failure_reason else 130)
    context.exit(_EXIT_CODES[summary.status])
