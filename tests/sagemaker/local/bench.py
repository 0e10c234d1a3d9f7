"""Toy pipelines: builders for steps whose containers are one-line programs, and a bench to run them on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from click.testing import CliRunner, Result

from segmentation_model.sagemaker.local.command import local

BUCKET = "toys"
OUT = "/opt/ml/processing/output"


def at(key: str) -> str:
    return f"s3://{BUCKET}/{key}"


def python(code: str) -> list[str]:
    """An entry point that runs this program."""
    return ["python", "-c", f"import json, os, pathlib, sys, time\n{code}"]


def processing(
    name: str,
    code: str = "",
    *,
    inputs: dict[str, Any] | None = None,
    outputs: dict[str, Any] | None = None,
    instances: int = 1,
    sharded: bool = False,
    arguments: dict[str, Any] | None = None,
    **step: Any,
) -> dict[str, Any]:
    """A processing step; an input lies at /opt/ml/processing/<name>, an output at /opt/ml/processing/output/<name>."""
    distribution = "ShardedByS3Key" if sharded else "FullyReplicated"
    return {
        "Name": name,
        "Type": "Processing",
        "Arguments": {
            "ProcessingResources": {
                "ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": instances, "VolumeSizeInGB": 5}
            },
            "AppSpecification": {"ImageUri": "toy:1", "ContainerEntrypoint": python(code)},
            "ProcessingInputs": [
                {
                    "InputName": one,
                    "S3Input": {
                        "S3Uri": uri,
                        "LocalPath": f"/opt/ml/processing/{one}",
                        "S3DataType": "S3Prefix",
                        "S3InputMode": "File",
                        "S3DataDistributionType": distribution,
                    },
                }
                for one, uri in (inputs or {}).items()
            ],
            "ProcessingOutputConfig": {
                "Outputs": [
                    {
                        "OutputName": one,
                        "S3Output": {"S3Uri": uri, "LocalPath": f"{OUT}/{one}", "S3UploadMode": "EndOfJob"},
                    }
                    for one, uri in (outputs or {}).items()
                ]
            },
            **(arguments or {}),
        },
        **step,
    }


def writes(name: str, text: str, *, output: str = "data", file: str = "it.txt", **more: Any) -> dict[str, Any]:
    """A processing step that writes a text to one output."""
    outputs = {output: at(f"{name}/{output}")}
    return processing(name, f"pathlib.Path('{OUT}/{output}/{file}').write_text({text!r})", outputs=outputs, **more)


def channel(name: str, uri: Any) -> dict[str, Any]:
    return {"ChannelName": name, "DataSource": {"S3DataSource": {"S3Uri": uri, "S3DataType": "S3Prefix"}}}


def training(
    name: str,
    code: str = "",
    *,
    channels: dict[str, Any] | None = None,
    arguments: dict[str, Any] | None = None,
    **step,
) -> dict[str, Any]:
    return {
        "Name": name,
        "Type": "Training",
        "Arguments": {
            "AlgorithmSpecification": {
                "TrainingImage": "toy:1",
                "TrainingInputMode": "File",
                "ContainerEntrypoint": python(code),
            },
            "OutputDataConfig": {"S3OutputPath": at("models")},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
            **({"InputDataConfig": [channel(*one) for one in channels.items()]} if channels else {}),
            **(arguments or {}),
        },
        **step,
    }


def condition(
    name: str, *conditions: dict[str, Any], if_steps: Sequence[Any] = (), else_steps: Sequence[Any] = (), **step: Any
) -> dict[str, Any]:
    arguments = {"Conditions": list(conditions), "IfSteps": list(if_steps), "ElseSteps": list(else_steps)}
    return {"Name": name, "Type": "Condition", "Arguments": arguments, **step}


def fail(name: str, message: Any) -> dict[str, Any]:
    return {"Name": name, "Type": "Fail", "Arguments": {"ErrorMessage": message}}


def equals(left: Any, right: Any) -> dict[str, Any]:
    return {"Type": "Equals", "LeftValue": left, "RightValue": right}


def get(name: str) -> dict[str, str]:
    return {"Get": name}


def output_of(step: str, output: str = "data") -> dict[str, str]:
    return get(f"Steps.{step}.ProcessingOutputConfig.Outputs['{output}'].S3Output.S3Uri")


def join(*values: Any, on: str = "") -> dict[str, Any]:
    return {"Std:Join": {"On": on, "Values": list(values)}}


def json_get(step: str, path: str, file: str = "report") -> dict[str, Any]:
    return {"Std:JsonGet": {"PropertyFile": get(f"Steps.{step}.PropertyFiles.{file}"), "Path": path}}


def report(name: str, content: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A processing step with a property file ``report``."""
    files = [{"PropertyFileName": "report", "OutputName": "data", "FilePath": "report.json"}]
    return writes(name, json.dumps(content), file="report.json", PropertyFiles=files, **more)


def parameter(name: str, kind: str, default: Any = None, **more: Any) -> dict[str, Any]:
    return {"Name": name, "Type": kind, **({} if default is None else {"DefaultValue": default}), **more}


def cached(expire_after: str = "P30D") -> dict[str, Any]:
    return {"CacheConfig": {"Enabled": True, "ExpireAfter": expire_after}}


def definition(*steps: dict[str, Any], parameters: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    return {
        "Version": "2020-12-01",
        "Metadata": {},
        "Parameters": list(parameters),
        "PipelineExperimentConfig": {"ExperimentName": get("Execution.PipelineName")},
        "Steps": list(steps),
    }


@dataclass(frozen=True)
class Ran:
    """What a run of the command gave."""

    result: Result
    summary: dict[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> int:
        return self.result.exit_code

    def step(self, name: str) -> dict[str, Any]:
        return next(one for one in self.summary["steps"] if one["name"] == name)

    def statuses(self) -> dict[str, str]:
        return {one["name"]: one["status"] for one in self.summary["steps"]}


@dataclass(frozen=True)
class Bench:
    """A folder, and a bucket."""

    folder: Path
    client: Any

    def put(self, key: str, text: str = "x") -> str:
        self.client.put_object(Bucket=BUCKET, Key=key, Body=text.encode())
        return at(key)

    def text(self, key: str) -> str:
        return self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()

    def bytes(self, address: str) -> bytes:
        key = address.removeprefix(f"s3://{BUCKET}/")
        return self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def keys(self) -> set[str]:
        return {one["Key"] for one in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])}

    def write(self, *steps: dict[str, Any], parameters: Sequence[dict[str, Any]] = ()) -> Path:
        path = self.folder / "toy.json"
        path.write_text(json.dumps(definition(*steps, parameters=parameters)))
        return path

    def run(
        self, *steps: dict[str, Any], parameters: Sequence[dict[str, Any]] = (), options: Sequence[str] = ()
    ) -> Ran:
        """Run a definition of these steps; the answer is JSON unless nothing has run."""
        path = self.write(*steps, parameters=parameters)
        given = [str(path), "--work-dir", str(self.folder / "work"), "--json", *options]
        result = CliRunner().invoke(local, given, prog_name="local")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Ran(result, json.loads(result.stdout) if result.stdout.startswith("{") else {})

    def execution_folder(self, ran: Ran) -> Path:
        return self.folder / "work" / "executions" / ran.summary["execution_id"]


def make_bench(folder: Path, endpoint: str) -> Bench:
    return Bench(folder, boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1"))
