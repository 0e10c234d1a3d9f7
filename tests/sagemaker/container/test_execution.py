"""Which execution a job belongs to: its name has it."""

import pytest

from segmentation_model.sagemaker.container.execution import execution_of
from segmentation_model.sagemaker.local.names import job_name
from segmentation_model.sagemaker.steps import CUTS, SCORING_CUTS
from segmentation_model.tracking.execution import Execution

STEPS = sorted({cut.step for cut in (*CUTS, *SCORING_CUTS)})


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("execution", ["20261126-024251-x7k2", "qwertyuiopas"])
def test_every_step_finds_its_execution_in_the_name_of_its_job(step, execution):
    """SageMaker's executions have twelve letters and digits, those of this machine a date."""
    name = job_name(execution, step, "h6zkd3vjsx")
    for variable in ("TRAINING_JOB_NAME", "PROCESSING_JOB_NAME"):
        assert execution_of({variable: name}, step, STEPS) == Execution(execution, step, tuple(STEPS))


@pytest.mark.parametrize("name", ["", "my-job", "pipelines-abc-OtherStep-h6zkd3vjsx"])
def test_a_job_of_another_kind_has_none(name):
    assert execution_of({"TRAINING_JOB_NAME": name}, "TrainDomestic", STEPS) is None
