"""The cloud on this machine: a bucket, the wheel's environment, a configuration, and executions of the pipeline."""

import json
import os
import re
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pandas as pd
from botocore.config import Config
from mlflow import MlflowClient
from mlflow.entities import Run

from tests.mlflow_database import new_database
from tests.project_run import ProjectRun, files_below, succeeded
from tests.wheel import build_wheel, install_wheel

BUCKET = "segmentation"
ROWS = 1500
#: The month has several parts of each tariff.
PART_ROWS = 250


@dataclass(frozen=True)
class Execution:
    """What an execution said of itself."""

    code: int
    summary: dict[str, Any]
    log: str

    @classmethod
    def of(cls, done: subprocess.CompletedProcess[str]) -> "Execution":
        """What ``sagemaker local --json`` printed."""
        assert done.stdout, done.stderr
        return cls(done.returncode, json.loads(done.stdout), done.stderr)

    def status(self) -> dict[str, str]:
        """Status by step, of the steps that ran or were reused."""
        return {name: step["status"] for name, step in self.steps().items() if step["status"] != "NotRun"}

    def steps(self) -> dict[str, dict[str, Any]]:
        return {step["name"]: step for step in self.summary["steps"]}


@dataclass(frozen=True)
class Desk:
    """A person's machine: a folder with configuration, tables and the wheel's environment.

    Attributes:
        folder: Holds ``conf``, ``conf.tar.gz``, ``raw``, ``job.json`` and ``scoring.json``.
        programs: The environment's programs.
    """

    folder: Path
    programs: Path

    @classmethod
    def create(cls, folder: Path) -> "Desk":
        project = ProjectRun.create(folder)
        globals_file = folder / "conf" / "base" / "globals.yml"
        text = globals_file.read_text()
        text = text.replace("max_trees: 300", "max_trees: 60")
        globals_file.write_text(text.replace("minimum_cases: 30 ", "minimum_cases: 8 "))
        section = folder / "conf" / "prod" / "sagemaker.yml"
        section.write_text(section.read_text().replace("part_rows: 500000 ", f"part_rows: {PART_ROWS} "))
        made = project.run("--pipelines", "synthetic_data", root=folder / "data", params=f"rows={ROWS}")
        succeeded(made)
        (folder / "data" / "01_raw").rename(folder / "raw")
        (folder / "wheel").mkdir()
        desk = cls(folder, install_wheel(build_wheel(folder / "wheel"), folder / "environment"))
        desk.pack(folder / "conf", "conf.tar.gz")
        for which in ("job", "scoring"):
            words = ["--conf-source", "conf", "--pipeline", which, "--output", f"{which}.json"]
            succeeded(desk.call("sagemaker", "compile", *words))
        return desk

    def pack(self, conf: Path, name: str) -> None:
        """Pack a configuration as ``kedro package`` does."""
        with tarfile.open(self.folder / name, "w:gz") as archive:
            archive.add(conf, arcname="conf-segmentation_model")

    def registry(self, name: str) -> str:
        """Address of an MLflow database, with the experiment in it, whose files lie beside it."""
        uri = new_database(self.folder / f"{name}.db")
        MlflowClient(uri).create_experiment("segmentation_model", f"{self.folder}/{name}-artifacts")
        return uri

    def call(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """A command of the wheel, in this folder; of the wheel it is also where PYTHONPATH leads to the sources."""
        command = [str(self.programs / "segmentation-model"), *arguments]
        return ProjectRun.call(command, self.folder, PYTHONPATH="", **variables)


class Cloud:
    """A bucket with the tables and the configuration, and what leads to it."""

    def __init__(self, desk: Desk, variables: dict[str, str], mlflow: str, work: str = "work") -> None:
        self.desk, self.variables, self.work = desk, variables, work
        self.parameters = {
            "LabelledUri": f"s3://{BUCKET}/raw/labelled",
            "CurrentUri": f"s3://{BUCKET}/raw/current/current_customers.parquet",
            "OutputUri": f"s3://{BUCKET}/out",
            "ConfigurationUri": f"s3://{BUCKET}/conf.tar.gz",
            "ImageUri": "none",
            "MlflowTrackingUri": mlflow,
            "BaselineFeaturesUri": "train",
        }
        self.client.create_bucket(Bucket=BUCKET)
        self.put("raw/labelled/labelled_customers.parquet", desk.folder / "raw" / "labelled_customers.parquet")
        self.put("raw/current/current_customers.parquet", desk.folder / "raw" / "current_customers.parquet")
        self.put("conf.tar.gz", desk.folder / "conf.tar.gz")

    @property
    def client(self) -> Any:
        lenient = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}
        return boto3.client(
            "s3",
            config=Config(**lenient),
            endpoint_url=self.variables["AWS_ENDPOINT_URL"],
            aws_access_key_id=self.variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.variables["AWS_SECRET_ACCESS_KEY"],
            region_name=self.variables["AWS_DEFAULT_REGION"],
        )

    def put(self, key: str, file: Path) -> str:
        self.client.upload_file(str(file), BUCKET, key)
        return f"s3://{BUCKET}/{key}"

    def command(self, definition: str = "job.json", *options: str, **parameters: str) -> list[str]:
        given = self.parameters | parameters
        declared = {one["Name"] for one in json.loads((self.desk.folder / definition).read_text())["Parameters"]}
        words = [
            word for name, value in given.items() if name in declared for word in ("--parameter", f"{name}={value}")
        ]
        program = str(self.desk.programs / "segmentation-model")
        return [program, "sagemaker", "local", definition, "--work-dir", self.work, "--json", *options, *words]

    def execute(self, definition: str = "job.json", *options: str, **parameters: str) -> Execution:
        """Run a definition as a person does."""
        command = self.command(definition, *options, **parameters)
        return Execution.of(ProjectRun.call(command, self.desk.folder, **self.variables))

    def tracked(self, execution: str) -> dict[str, Run]:
        """The MLflow runs of an execution, by what they are called after the date; there is one of each."""
        client = MlflowClient(self.parameters["MlflowTrackingUri"])
        experiment = client.get_experiment_by_name("segmentation_model").experiment_id
        (job,) = client.search_runs([experiment], f"tags.execution = '{execution}'")
        below = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{job.info.run_id}'")
        named = {run.info.run_name.partition(" · ")[2]: run for run in (job, *below)}
        assert len(named) == 1 + len(below)
        return named

    def results(self, folder: Path, prefix: str = "out") -> Path:
        """Fetch what was published; the files of a partition, named for their content there, as they are on disk."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{prefix}/"):
            for found in page.get("Contents", []):
                key = found["Key"].removeprefix(f"{prefix}/")
                if not key.startswith("executions/"):
                    path = folder / re.sub(r"part-[0-9a-f]{16}\.parquet$", "part-0.parquet", key)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    self.client.download_file(BUCKET, found["Key"], str(path))
        return folder


def run_locally(desk: Desk, root: Path, mlflow: str, *arguments: str, params: str = "baseline_profile=train") -> Path:
    """``segmentation-model run`` of the wheel on this machine's disk, in the same environment of the configuration."""
    (root / "01_raw").mkdir(parents=True, exist_ok=True)
    for table in (desk.folder / "raw").iterdir():
        if not (root / "01_raw" / table.name).exists():
            os.link(table, root / "01_raw" / table.name)
    words = ["run", "--conf-source", "conf", "--env", "prod", "--params", params, *arguments]
    succeeded(desk.call(*words, SEGMENTATION_ROOT=str(root), MLFLOW_TRACKING_URI=mlflow))
    return root


def results(root: Path) -> dict[str, Any]:
    """Content of all results by place; of the summary all but identity and durations of the run."""
    found: dict[str, Any] = {}
    for layer in ("06_models", "07_model_output", "08_reporting"):
        found |= {f"{layer}/{name}": content for name, content in files_below(root / layer).items()}
    summary = json.loads(found["08_reporting/run_summary.json"])
    found["08_reporting/run_summary.json"] = {
        key: value for key, value in summary.items() if key not in ("run_id", "seconds")
    }
    return found


def differing(found: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """Places of results that differ or are on one side only; the contents themselves are too long to be shown."""
    return sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))


def drifted(table: Path, file: Path) -> Path:
    """The month with invoices three times as high."""
    frame = pd.read_parquet(table)
    dear = [name for name in frame if name.startswith("Importe_Factura_")]
    frame[dear] = frame[dear] * 3
    frame.to_parquet(file)
    return file
