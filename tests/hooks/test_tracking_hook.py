"""What MLflow knows of a job: a run for it, one below for each tariff, and how they ended."""

import json
import logging
import subprocess
import sys
from itertools import count

import pandas as pd
import pytest
from kedro.framework.hooks import hook_impl
from matplotlib.figure import Figure

from segmentation_model.errors import DriftGateError, InputError, StoppedError
from segmentation_model.hooks.tracking_hook import TrackingHook
from tests.hooks.months import DRIFT, JULY, Project, evaluation, summary

pytestmark = pytest.mark.usefixtures("own_mlflow")
_NUMBER = count()


@pytest.fixture
def project(tmp_path, mlflow_database) -> Project:
    return Project(tmp_path, mlflow_database, f"experiment {next(_NUMBER)}")


def ends_with(error: BaseException):
    def last() -> None:
        raise error

    return last


class TestAMonth:
    @pytest.fixture
    def july(self, project) -> Project:
        project.month(JULY)
        return project

    def test_is_a_run_with_one_below_for_each_tariff(self, july):
        job, domestic, industrial = july.runs()
        names = [run.info.run_name for run in (job, domestic, industrial)]
        assert names == ["2026-07-31 · job", "2026-07-31 · Domestic", "2026-07-31 · Industrial"]
        assert {run.data.tags["mlflow.parentRunId"] for run in (domestic, industrial)} == {job.info.run_id}
        assert {run.info.status for run in july.runs()} == {"FINISHED"}

    def test_is_found_by_its_name(self, july):
        experiment = july.client.get_experiment_by_name(july.experiment).experiment_id
        (found,) = july.client.search_runs([experiment], "attributes.run_name = '2026-07-31 · job'")
        assert found.info.run_id == july.runs()[0].info.run_id

    def test_tells_where_it_comes_from(self, july):
        for run in july.runs():
            tags = run.data.tags
            assert (tags["execution_date"], tags["environment"], tags["pipeline"]) == (
                "2026-07-31",
                "dev",
                "__default__",
            )
            assert (tags["data_hash.labelled"], tags["data_hash.current"]) == ("abc" * 20, "def" * 20)
            assert tags["run_id"] == "2026-02-01T08.00.00.000Z"
            assert tags["kedro_command"] == "kedro run --env=dev"
            version, _, commit = tags["code_version"].partition("+g")
            assert version
            assert tags.get("mlflow.source.git.commit", "") == commit.removesuffix("-dirty")
        used = july.runs()[0].inputs.dataset_inputs
        assert {(one.dataset.name, one.dataset.digest) for one in used} == {
            ("labelled_customers", "abcabcabcabc"), ("current_customers", "defdefdefdef"),
        }  # fmt: skip

    def test_both_tariffs_have_the_same_names_for_their_numbers(self, july):
        runs = july.by_name()
        assert runs["Domestic"].data.metrics == {
            "test.roc_auc": 0.75, "test.rows": 300, "promotion.comparison.gain": 0.1, "drift.max_psi": 0.05,
        }  # fmt: skip
        assert runs["Industrial"].data.metrics == {"test.roc_auc": 0.8, "test.rows": 300, "drift.max_psi": 0.01}
        assert runs["job"].data.metrics == {"rows.current": 7, "drift.max_psi": 0.05}
        assert runs["Domestic"].data.params == runs["Industrial"].data.params == {"modeling.training.max_depth": "4"}
        assert runs["job"].data.params == {"seed": "42", "tariffs": "both", "execution_date": "None"}

    def test_keeps_the_files_where_they_belong(self, july):
        runs = july.by_name()
        assert july.files(runs["job"]) == {"drift_html.html", "drift_summary.json", "run_summary.json"}
        assert july.files(runs["Domestic"]) == {"evaluation.json", "promotion.json", "figures/curve.png"}
        kept = july.folder / "files" / runs["Domestic"].info.run_id / "artifacts"
        assert (kept / "figures" / "curve.png").read_bytes() == (
            july.folder / "08_reporting" / "figures" / "curve_domestic.png"
        ).read_bytes()
        assert json.loads((kept / "evaluation.json").read_text()) == JULY["evaluation_domestic"]

    def test_describes_itself_with_links(self, july):
        runs = july.by_name()
        note, domestic = runs["job"].data.tags["mlflow.note.content"], runs["Domestic"]
        address = f"#/experiments/{domestic.info.experiment_id}/runs/{domestic.info.run_id}"
        assert note.startswith("**Finished**. [summary](#/experiments/")
        assert note.endswith("\n\n**Drift**: low. Domestic is low")
        line = "ROC AUC 0.750 on the test part; model `d1`; **promote**; drift low"
        assert f"\n- [Domestic]({address}): {line}\n- [Industrial](" in note
        told = domestic.data.tags["mlflow.note.content"]
        assert "**Model** `d1`. **Promote**: there is no champion yet" in told
        assert "| ROC AUC&emsp; | 0.750&emsp; |" in told
        assert f"[promotion]({address}/artifacts/promotion.json)" in told
        assert (domestic.data.tags["drift"], domestic.data.tags["decision"]) == ("low", "promote")

    def test_run_again_is_another_run_and_the_first_stays(self, july):
        before = july.runs()[0]
        july.month(JULY)
        jobs = [run for run in july.runs() if "tariff" not in run.data.tags]
        assert [run.info.run_name for run in jobs] == ["2026-07-31 · job"] * 2
        assert before.info.run_id in {run.info.run_id for run in jobs}
        assert len(july.runs()) == 6

    def test_scored_with_stored_models_says_where_they_were_trained(self, july):
        trained = july.by_name()["Domestic"]
        july.month({"run_summary": summary(Domestic="d1")}, pipeline_names=["scoring"])
        scoring = next(run for run in july.runs() if run.info.run_name == "scoring")
        (scored,) = (run for run in july.runs() if run.data.tags.get("mlflow.parentRunId") == scoring.info.run_id)
        assert (
            f"Trained in [2026-07-31 · Domestic](#/experiments/{trained.info.experiment_id}/runs/"
            in (scored.data.tags["mlflow.note.content"])
        )


@pytest.mark.parametrize(
    ("parameters", "tariffs"),
    [
        ({"tariffs": "Industrial"}, {"Industrial"}),
        ({"columns": {"use": "uci", "layouts": {"uci": {"roles": {"tariff": None}}}}}, {"Domestic"}),
    ],
)
def test_a_tariff_that_is_not_asked_for_or_not_there_has_no_run(project, parameters, tariffs):
    project.month(JULY, parameters=parameters)
    assert set(project.by_name()) == {"job", *tariffs}


def test_a_tariff_without_a_model_says_why(project):
    skipped = {"status": "skipped", "reason": "the training part has no rows"}
    project.month({"evaluation_industrial": skipped})
    tags = project.by_name()["Industrial"].data.tags
    assert (tags["model_status"], tags["model_reason"]) == ("skipped", "the training part has no rows")
    assert "**No model**: the training part has no rows" in tags["mlflow.note.content"]


def test_a_date_that_is_given_names_the_runs_from_the_beginning(project):
    project.month({"drift_html": "x"}, parameters={"execution_date": "2026-06-30"}, to_nodes=["give_drift_html"])
    assert [run.info.run_name for run in project.runs()] == ["2026-06-30 · job (part)"]


def test_a_run_that_makes_nothing_to_track_opens_none(project):
    project.month({"labelled_intake": {"hash": "abc"}})
    assert project.runs() == []


@pytest.mark.parametrize(
    ("error", "status", "outcome", "reason"),
    [
        (InputError("no such table"), "FAILED", "failed", "no such table"),
        (ZeroDivisionError("by nothing"), "FAILED", "failed", "ZeroDivisionError: by nothing"),
        (DriftGateError("drift gate tripped: high"), "FAILED", "drift gate tripped", "drift gate tripped: high"),
        (StoppedError("the job was stopped"), "KILLED", "stopped", "the job was stopped"),
    ],
)
def test_a_run_that_fails_is_closed_with_its_tariffs_and_says_why(project, error, status, outcome, reason):
    with pytest.raises(type(error)):
        project.month({"drift_metrics": JULY["drift_metrics"]}, last=ends_with(error))
    assert {(run.info.status, run.data.tags["outcome"], run.data.tags["reason"]) for run in project.runs()} == {
        (status, outcome, reason)
    }
    assert len(project.runs()) == 3
    assert {run.data.tags["failed_node"] for run in project.runs()} == {"last"}


def test_a_run_that_was_interrupted_is_closed_when_the_next_one_begins(project):
    with pytest.raises(KeyboardInterrupt):
        project.month({"drift_html": "x"}, last=ends_with(KeyboardInterrupt()))
    assert [run.info.status for run in project.runs()] == ["RUNNING"]
    project.month({"drift_html": "x"})
    assert sorted(run.info.status for run in project.runs()) == ["FINISHED", "KILLED"]


SCRIPT = """
import os, signal, sys
from pathlib import Path
from tests.hooks.months import JULY, Project
def last():
    if sys.argv[4] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    raise KeyboardInterrupt
Project(Path(sys.argv[1]), sys.argv[2], sys.argv[3]).month(JULY, last=last)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("how", "outcome"), [("interrupted", "interrupted"), ("killed", "abandoned")])
def test_no_run_is_left_running_when_its_process_is_gone(project, how, outcome):
    """An interrupted process says so itself; what one left that was killed, the next run on the machine closes."""
    words = [str(project.folder), project.uri, project.experiment, how]
    subprocess.run([sys.executable, "-c", SCRIPT, *words], check=False, capture_output=True)
    left = {run.info.run_id: run.info.status for run in project.runs()}
    assert set(left.values()) == ({"RUNNING"} if how == "killed" else {"KILLED"})
    assert len(left) == 3
    project.month({"drift_html": "x"})
    closed = [run for run in project.runs() if run.info.run_id in left]
    assert {(run.info.status, run.data.tags["outcome"]) for run in closed} == {("KILLED", outcome)}


class TestWithoutMLflow:
    def test_a_run_goes_on_and_says_so_once(self, project, monkeypatch, caplog):
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        away = Project(project.folder, "http://user:secret@127.0.0.1:9", "any")
        with caplog.at_level(logging.WARNING, logger="segmentation_model"):
            away.month(JULY)
        (said,) = [record.getMessage() for record in caplog.records if record.name.startswith("segmentation_model")]
        assert said.startswith("MLflow at http://127.0.0.1:9 cannot be used: ")
        assert "secret" not in said
        assert said.endswith("; the run goes on, and MLflow is told no more of it")
        assert (project.folder / "08_reporting" / "run_summary.json").exists()

    def test_that_is_lost_midway_the_run_is_closed_when_it_is_there_again(self, project, monkeypatch, caplog):
        failing = iter([True, *[False] * 100])

        def lose(hook, *arguments):
            if next(failing):
                raise ConnectionError("gone")

        monkeypatch.setattr(TrackingHook, "_tell", lose)
        with caplog.at_level(logging.WARNING, logger="segmentation_model"):
            project.month(JULY)
        assert [record.getMessage() for record in caplog.records if "gone" in record.getMessage()]
        assert {run.info.status for run in project.runs()} == {"FINISHED"}
        assert project.runs()[0].data.tags["incomplete"] == "MLflow could not be used all the time"


#: What the steps of the job make.
STEPS = {
    "PreprocessSplit": ("execution_date", "labelled_intake", "current_intake"),
    "DriftCheck": ("drift_metrics", "drift_summary"),
    "TrainDomestic": ("evaluation_domestic", "promotion_domestic", "curve_domestic"),
    "TrainIndustrial": ("evaluation_industrial",),
    "InferenceReporting": ("run_summary",),
}


class TestAJobOfSeveralProcesses:
    """Each step is a process of its own: a hook of its own, told by the environment."""

    @pytest.fixture
    def step(self, project, monkeypatch):
        def run_step(name: str, execution: str = "july", **options):
            monkeypatch.setenv("SEGMENTATION_EXECUTION", execution)
            monkeypatch.setenv("SEGMENTATION_STEP", name)
            monkeypatch.setenv("SEGMENTATION_STEPS", ",".join(STEPS))
            project.hook = TrackingHook()
            contents = {one: JULY[one] for one in STEPS[name]}
            project.month(options.pop("contents", contents), node_names=["…"], **options)

        return run_step

    def test_is_one_run_with_its_tariffs(self, project, step):
        for name in [*STEPS][:-1]:
            step(name)
        unfinished = project.by_name()["job"]
        assert (unfinished.info.status, unfinished.data.tags["outcome"]) == ("FINISHED", "unfinished")
        step("InferenceReporting")
        runs = project.by_name()
        assert [run.info.run_name for run in project.runs()] == [
            "2026-07-31 · job", "2026-07-31 · Domestic", "2026-07-31 · Industrial",
        ]  # fmt: skip
        assert {run.info.status for run in runs.values()} == {"FINISHED"}
        tags = runs["job"].data.tags
        assert tags["outcome"] == "finished"
        assert {tags[f"step.{name}"] for name in STEPS} == {"finished"}
        assert runs["Domestic"].data.metrics["test.roc_auc"] == 0.75
        assert runs["Domestic"].data.metrics["drift.max_psi"] == 0.05
        assert runs["Domestic"].data.tags["data_hash.labelled"] == "abc" * 20

    def test_another_execution_has_another_run_with_the_reused_steps_noted(self, project, step):
        for name in STEPS:
            step(name)
        step("InferenceReporting", execution="again", inputs={"execution_date": "2026-07-31"})
        (job,) = (run for run in project.runs() if run.data.tags.get("execution") == "again")
        said = {name: job.data.tags[f"step.{name}"].split(":")[0] for name in STEPS}
        assert said == {**dict.fromkeys(STEPS, "reused"), "InferenceReporting": "finished"}
        assert job.info.run_name == "2026-07-31 · job"
        assert "TrainDomestic reused" in job.data.tags["mlflow.note.content"]
        below = [run for run in project.runs() if run.data.tags.get("mlflow.parentRunId") == job.info.run_id]
        assert len(below) == 2
        assert all("Trained in [2026-07-31" in run.data.tags["mlflow.note.content"] for run in below)

    def test_goes_on_while_a_step_is_at_work(self, project, step):
        def the_other_step_begins_and_ends() -> None:
            mine = project.hook
            step("TrainIndustrial")
            project.hook = mine
            assert project.by_name()["job"].info.status == "RUNNING"

        step("PreprocessSplit")
        step("TrainDomestic", last=the_other_step_begins_and_ends)
        job = project.by_name()["job"]
        assert job.info.status == "FINISHED"
        assert job.data.tags["step.TrainIndustrial"] == job.data.tags["step.TrainDomestic"] == "finished"

    def test_fails_with_a_step_and_forgets_it_when_the_step_is_started_anew(self, project, step):
        step("PreprocessSplit")
        with pytest.raises(InputError, match="no GPU"):
            step("TrainDomestic", last=ends_with(InputError("no GPU")))
        job = project.by_name()["job"]
        assert (job.info.status, job.data.tags["reason"]) == ("FAILED", "no GPU")
        assert job.data.tags["step.TrainDomestic"] == "failed: no GPU"
        step("TrainDomestic")
        job = project.by_name()["job"]
        assert (job.info.status, job.data.tags["outcome"], job.data.tags["reason"]) == ("FINISHED", "unfinished", "")

    def test_ends_where_the_orchestrator_takes_the_verdict(self, project, step):
        tripped = {"status": "tripped", "severity": "high", "message": "drift gate tripped: Domestic is high"}
        step("DriftCheck", contents={"drift_verdict": tripped, "drift_summary": DRIFT | tripped})
        for run in project.runs():
            assert run.info.status == "FAILED"
            assert (run.data.tags["outcome"], run.data.tags["reason"]) == ("drift gate tripped", tripped["message"])


def test_a_verdict_that_is_only_recorded_fails_no_run(project):
    tripped = {"status": "tripped", "severity": "high", "message": "drift gate tripped: Domestic is high"}
    project.month({"drift_verdict": tripped, "drift_html": "x"})
    (job,) = project.runs()
    assert (job.info.status, job.data.tags["drift_status"]) == ("FINISHED", "tripped")
    assert "\n\n**Drift**: high, tripped. drift gate tripped: Domestic is high" in job.data.tags["mlflow.note.content"]


def test_a_figure_is_drawn_once(project, monkeypatch):
    times: list[object] = []
    savefig = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda figure, *to, **how: times.append(to) or savefig(figure, *to, **how))
    project.month({"curve_domestic": Figure(figsize=(1, 1))})
    assert len(times) == 1
    assert project.files(project.by_name()["Domestic"]) == {"figures/curve.png"}


def test_files_that_lie_in_one_folder_are_all_kept_without_the_tariff_in_their_names(project):
    figures = {"roc_curve": Figure(figsize=(1, 1)), "gains": Figure(figsize=(1, 1))}
    project.month({"figures_domestic": figures, "tables_domestic": {"deciles": pd.DataFrame({"decile": [1]})}})
    domestic = project.by_name()["Domestic"]
    assert project.files(domestic) == {"figures/roc_curve.png", "figures/gains.png", "tables/deciles.csv"}


class Refusing:
    @hook_impl
    def before_pipeline_run(self) -> None:
        raise InputError("no such table")


@pytest.mark.parametrize("refusing_comes_first", [True, False])
def test_a_run_that_another_hook_refuses_opens_none(project, refusing_comes_first):
    with pytest.raises(InputError, match="no such table"):
        project.month(JULY, other=Refusing(), other_is_first=refusing_comes_first)
    assert project.runs() == []


def test_an_interval_stands_beside_the_measure(project):
    intervals = {"roc_auc": {"lower": 0.65, "upper": 0.75}}
    project.month({"evaluation_domestic": evaluation(0.7, "d2") | {"intervals": intervals}})
    note = project.by_name()["job"].data.tags["mlflow.note.content"]
    assert "ROC AUC 0.700 on the test part (0.650 to 0.750); model `d2`" in note
