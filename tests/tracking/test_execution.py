"""One run for a job of several processes, however they begin."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from mlflow.exceptions import MlflowException

from segmentation_model.errors import ConfigurationError
from segmentation_model.tracking import execution as module
from segmentation_model.tracking.execution import Execution, find_or_create

STEP = """
import sys
from mlflow import MlflowClient
from segmentation_model.tracking.execution import find_or_create
uri, experiment = sys.argv[1:]
client = MlflowClient(uri)
client.search_experiments()
print("ready", flush=True)
sys.stdin.readline()
create = lambda tags: client.create_run(experiment, tags=tags).info.run_id
print(find_or_create(client, experiment, "july", create)[0])
"""


def active(client, experiment) -> list[str]:
    return [run.info.run_id for run in client.search_runs([experiment])]


@pytest.mark.slow
def test_two_processes_that_begin_at_once_share_one_run(client, experiment, mlflow_database):
    command = [sys.executable, "-c", STEP, mlflow_database, experiment]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    steps = [subprocess.Popen(command, **pipes) for _ in range(2)]
    for step in steps:
        assert step.stdout.readline() == "ready\n", step.communicate()[1]
    for step in steps:
        step.stdin.write("go\n")
        step.stdin.flush()
    said = [step.communicate() for step in steps]
    found = {out.strip() for out, _ in said}
    assert len(found) == 1, said
    assert active(client, experiment) == [*found]


def test_candidates_that_see_each_other_are_taken_back(client, experiment, create):
    """All of them make their first one before any of them looks whether it is alone: the worst that can happen."""
    together = threading.Barrier(3, timeout=60)
    first = threading.local()

    def create_together(tags):
        made = create(tags)
        if not getattr(first, "done", False):
            first.done = True
            together.wait()
        return made

    with ThreadPoolExecutor(3) as pool:
        found = [pool.submit(find_or_create, client, experiment, "july", create_together) for _ in range(3)]
    results = [one.result() for one in found]
    assert len({run for run, _ in results}) == 1
    assert sorted(made for _, made in results) == [False, False, True]
    assert active(client, experiment) == [results[0][0]]


def test_who_may_not_delete_runs_leaves_a_candidate_as_killed(client, experiment, create, monkeypatch):
    def refuse(run_id):
        raise MlflowException("not authorized to perform: sagemaker-mlflow:DeleteRun")

    def create_beside_another(tags):
        monkeypatch.setattr(client, "delete_run", refuse)
        others.append(create(tags)) if not others else client.set_tag(others[0], "execution_candidate", "")
        return create(tags)

    others: list[str] = []
    monkeypatch.setattr(module, "_ATTEMPTS", 2)
    assert find_or_create(client, experiment, "july", create_beside_another) == (others[0], False)
    (withdrawn,) = (run for run in client.search_runs([experiment]) if run.info.run_id != others[0])
    assert withdrawn.info.status == "KILLED"
    assert withdrawn.data.tags["outcome"].startswith("withdrawn")


def test_a_later_step_finds_the_run_and_another_job_gets_its_own(client, experiment, create):
    july, made = find_or_create(client, experiment, "july", create)
    assert made
    assert find_or_create(client, experiment, "july", create) == (july, False)
    august, made = find_or_create(client, experiment, "august", create)
    assert made
    assert august != july


def test_the_candidate_of_a_process_that_died_is_everybodys_in_the_end(client, experiment, create, monkeypatch):
    monkeypatch.setattr(module, "_ATTEMPTS", 2)
    left = create({"execution_candidate": "july"})
    create({"execution_candidate": "july"})
    assert find_or_create(client, experiment, "july", create) == (left, False)
    assert find_or_create(client, experiment, "july", create) == (left, False)


def test_of_two_elected_ones_all_take_the_oldest(client, experiment, create):
    oldest = create({"execution": "july"})
    create({"execution": "july"})
    assert find_or_create(client, experiment, "july", create) == (oldest, False)


def test_what_is_told_is_what_was_said():
    execution = Execution("july", "train", ("split", "train"))
    assert Execution.told_by(execution.variables()) == execution
    assert execution.is_last


@pytest.mark.parametrize(
    ("variables", "fault"),
    [
        ({"SEGMENTATION_EXECUTION": "july"}, "SEGMENTATION_STEP: '' is no name of a step of it"),
        ({"SEGMENTATION_EXECUTION": "o'clock", "SEGMENTATION_STEP": "a"}, "_EXECUTION: .o'clock. is no name of a job"),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_searched_for_is_refused(variables, fault):
    with pytest.raises(ConfigurationError, match=fault):
        Execution.told_by(variables)
