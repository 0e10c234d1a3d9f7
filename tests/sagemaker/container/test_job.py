"""How a job ends: its exit code, and the reason where SageMaker looks for it."""

import json
import signal
import subprocess
import sys

import pytest

from segmentation_model.sagemaker.container.job import run_job
from segmentation_model.sagemaker.container.settings import from_words

NEEDED = ["env=prod", "conf_source=conf"]


@pytest.fixture
def failure(tmp_path):
    return tmp_path / "output" / "failure"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ["step=Driftcheck"],
            2,
            "step: 'Driftcheck' is none of __default__; there are 'PreprocessSplit', 'DriftCheck'",
        ),
        (["step=DriftCheck", "pipeline=other"], 2, "pipeline: 'other' is not registered; there are '__default__'"),
        (["step=DriftCheck", "seed=many"], 2, "argument seed: Input should be a valid integer"),
        (["step=PreprocessSplit"], 1, "channel labelled_customers: no file came by it"),
    ],
)
def test_the_reason_is_left_where_sagemaker_looks_for_it(tmp_path, failure, capsys, words, code, said):
    assert run_job(lambda: from_words([*NEEDED, *words]), tmp_path, failure) == code
    assert failure.read_text().startswith(said)
    assert f"Error: {said}" in capsys.readouterr().err


def test_an_empty_address_of_mlflow_is_refused_by_the_first_step(tmp_path, failure, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "")
    assert run_job(lambda: from_words([*NEEDED, "step=PreprocessSplit"]), tmp_path, failure) == 2
    assert failure.read_text() == (
        "MLFLOW_TRACKING_URI: empty; an address of MLflow or the ARN of a tracking server is needed"
    )


def test_what_nobody_foresaw_leaves_its_kind_and_a_traceback(tmp_path, failure, capsys):
    def read():
        raise ZeroDivisionError("by nothing")

    assert run_job(read, tmp_path, failure) == 1
    assert failure.read_text() == "ZeroDivisionError: by nothing"
    assert "Traceback" in capsys.readouterr().err


def test_a_long_reason_is_cut_as_sagemaker_would(tmp_path, failure):
    assert run_job(lambda: from_words([*NEEDED, f"step={'x' * 5000}"]), tmp_path, failure) == 2
    assert len(failure.read_text()) == 1024


@pytest.mark.slow
def test_a_job_that_is_told_to_stop_says_so(tmp_path):
    code = (
        "import json, pathlib, signal, sys, os\n"
        "from segmentation_model.sagemaker.container import job\n"
        "job.heed_stop()\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "print(job.run_job(lambda: os.kill(os.getpid(), signal.SIGTERM), folder, folder / 'failure'))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert int(done.stdout) == 128 + signal.SIGTERM
    assert (tmp_path / "failure").read_text() == "the job was stopped (SIGTERM)"
    assert json.dumps(done.stderr).count("Error: ") == 1
