"""The command ``sagemaker container``: what the image runs when SageMaker starts it."""

from __future__ import annotations

import click

_HELP = """One step of the cloud pipeline, as SageMaker starts it in the image.

Everything lies where SageMaker puts it, below /opt/ml. Outside of a container use `segmentation-model sagemaker local`.
"""


@click.group(help=_HELP, short_help="What the image runs: one step.")
def container() -> None:
    """The group."""


@container.command(short_help="Run a processing job.")
@click.argument("words", nargs=-1, metavar="NAME=VALUE...")
@click.pass_context
def process(context: click.Context, words: tuple[str, ...]) -> None:
    """Run a processing job: its step and settings are arguments, such as step=DriftCheck."""
    from segmentation_model.sagemaker.container.job import heed_stop, run_job
    from segmentation_model.sagemaker.container.settings import from_words
    from segmentation_model.sagemaker.contract import FAILURE_OF_PROCESSING, PROCESSING_INPUT

    heed_stop()
    context.exit(run_job(lambda: from_words(words), PROCESSING_INPUT, FAILURE_OF_PROCESSING))


@container.command(short_help="Run a training job.")
@click.pass_context
def train(context: click.Context) -> None:
    """Run a training job: its step and settings are hyperparameters."""
    from segmentation_model.sagemaker.container.job import heed_stop, run_job
    from segmentation_model.sagemaker.container.settings import from_hyperparameters
    from segmentation_model.sagemaker.contract import FAILURE_OF_TRAINING, TRAINING_INPUT

    heed_stop()
    context.exit(run_job(from_hyperparameters, TRAINING_INPUT, FAILURE_OF_TRAINING))
