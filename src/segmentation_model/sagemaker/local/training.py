"""A training job: channels in, containers, a model out."""

from __future__ import annotations

import gzip
import re
import tarfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from segmentation_model.sagemaker.local.job import Found, Result, Site, Source, fetch_sources, run
from segmentation_model.sagemaker.local.layout import Tree, make_trees, resource_config
from segmentation_model.sagemaker.local.names import arn

_CHANNELS = "/opt/ml/input/data"
_MODEL = "/opt/ml/model"
_OUTPUT = "/opt/ml/output/data"


def sources(request: dict[str, Any]) -> list[Source]:
    """The channels of a job."""
    return [
        Source(
            name=one["ChannelName"],
            address=one["DataSource"]["S3DataSource"]["S3Uri"],
            container_path=f"{_CHANNELS}/{one['ChannelName']}",
            sharded=one["DataSource"]["S3DataSource"].get("S3DataDistributionType") == "ShardedByS3Key",
        )
        for one in request.get("InputDataConfig", ())
    ]


def run_training(site: Site, request: dict[str, Any], found: Sequence[Found]) -> Result:
    """Run a job.

    Args:
        site: Where it works.
        request: What CreateTrainingJob would get.
        found: Its inputs, which exist.

    Returns:
        What it leaves; its model has been uploaded.

    Raises:
        JobFailedError: It did not succeed, and nothing has been uploaded.
        JobStoppedError: The execution ends.
        ObjectStoreError: Channels cannot be read, or the model not be written.
    """
    name, algorithm = request["TrainingJobName"], request.get("AlgorithmSpecification", {})
    job_arn = arn("training-job", name, site.region)
    trees = make_trees(site.folder, request.get("ResourceConfig", {}).get("InstanceCount", 1))
    fetch_sources(site, trees, found)
    for tree in trees:
        _prepare(tree, trees, request)
    run(
        site,
        name,
        trees,
        algorithm,
        {"TRAINING_JOB_NAME": name, "TRAINING_JOB_ARN": job_arn, **request.get("Environment", {})},
        request.get("StoppingCondition", {}),
        arguments=("train",),
        read_only=tuple(source.container_path for source in sources(request)),
        failure_file="/opt/ml/output/failure",
    )
    base = f"{request['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{name}/output"
    outputs = {"model": _upload_archive(site, trees, _MODEL, f"{base}/model.tar.gz")}
    if any(any(tree.at(_OUTPUT).iterdir()) for tree in trees):
        outputs["output"] = _upload_archive(site, trees, _OUTPUT, f"{base}/output.tar.gz")
    return Result(
        properties={
            **request,
            "TrainingJobArn": job_arn,
            "TrainingJobStatus": "Completed",
            "ModelArtifacts": {"S3ModelArtifacts": outputs["model"]},
            "FinalMetricDataList": _metrics(algorithm.get("MetricDefinitions", ()), site.log),
        },
        outputs=outputs,
        objects=[stored for address in outputs.values() for stored in site.store.listing(address)],
    )


def _prepare(tree: Tree, trees: Sequence[Tree], request: dict[str, Any]) -> None:
    for folder in (_MODEL, _OUTPUT):
        tree.folder(folder)
    mode = request.get("AlgorithmSpecification", {}).get("TrainingInputMode", "File")
    channels = {
        one["ChannelName"]: {
            "TrainingInputMode": one.get("InputMode", mode),
            "S3DistributionType": one["DataSource"]["S3DataSource"].get("S3DataDistributionType", "FullyReplicated"),
            "RecordWrapperType": one.get("RecordWrapperType", "None"),
            **({"ContentType": one["ContentType"]} if "ContentType" in one else {}),
        }
        for one in request.get("InputDataConfig", ())
    }
    hosts = [each.host for each in trees]
    tree.write_json("/opt/ml/input/config/hyperparameters.json", request.get("HyperParameters", {}))
    tree.write_json("/opt/ml/input/config/inputdataconfig.json", channels)
    tree.write_json(
        "/opt/ml/input/config/resourceconfig.json", resource_config(tree, hosts, request.get("ResourceConfig", {}))
    )


def _upload_archive(site: Site, trees: Sequence[Tree], container_path: str, address: str) -> str:
    """Pack a folder of all instances into one archive, and upload it; equal files give equal bytes."""
    packed = site.folder / f"{Path(container_path).name}.tar.gz"
    with (
        packed.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as zipped,
        tarfile.open(fileobj=zipped, mode="w") as archive,
    ):
        for tree in trees:
            folder = tree.at(container_path)
            for path in sorted(folder.rglob("*")):
                archive.add(path, path.relative_to(folder).as_posix(), recursive=False, filter=_plain)
    site.store.upload_file(packed, address)
    packed.unlink()
    return address


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.mtime, member.uid, member.gid, member.uname, member.gname = 0, 0, 0, "", ""
    return member


def _metrics(definitions: Sequence[dict[str, str]], log: Path) -> list[dict[str, Any]]:
    """The last value of each metric in the log."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    values = {one["Name"]: _last_number(re.compile(one["Regex"]), lines) for one in definitions}
    return [{"MetricName": name, "Value": value} for name, value in values.items() if value is not None]


def _last_number(pattern: re.Pattern[str], lines: Sequence[str]) -> float | None:
    for line in reversed(lines):
        for found in reversed([match[1] for match in pattern.finditer(line)]):
            with suppress(ValueError, TypeError):  # what was found is no number
                return float(found)
    return None
