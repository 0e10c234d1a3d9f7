"""A processing job: inputs in, containers, outputs out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segmentation_model.sagemaker.local.job import Found, Result, Site, Source, fetch_sources, run
from segmentation_model.sagemaker.local.layout import make_trees, resource_config
from segmentation_model.sagemaker.local.names import arn

_MESSAGE = "/opt/ml/output/message"


def sources(request: dict[str, Any]) -> list[Source]:
    """The inputs of a job."""
    return [
        Source(
            name=one["InputName"],
            address=one["S3Input"]["S3Uri"],
            container_path=one["S3Input"]["LocalPath"],
            sharded=one["S3Input"].get("S3DataDistributionType") == "ShardedByS3Key",
        )
        for one in request.get("ProcessingInputs", ())
    ]


def run_processing(site: Site, request: dict[str, Any], found: Sequence[Found]) -> Result:
    """Run a job.

    Args:
        site: Where it works.
        request: What CreateProcessingJob would get.
        found: Its inputs, which exist.

    Returns:
        What it leaves; its outputs have been uploaded.

    Raises:
        JobFailedError: It did not succeed, and nothing has been uploaded.
        JobStoppedError: The execution ends.
        ObjectStoreError: Inputs cannot be read, or outputs not be written.
    """
    name = request["ProcessingJobName"]
    job_arn = arn("processing-job", name, site.region)
    cluster = request["ProcessingResources"].get("ClusterConfig", {})
    outputs = request.get("ProcessingOutputConfig", {}).get("Outputs", [])
    trees = make_trees(site.folder, cluster.get("InstanceCount", 1))
    fetch_sources(site, trees, found)
    for tree in trees:
        for one in outputs:
            tree.folder(one["S3Output"]["LocalPath"])
        tree.write_json("/opt/ml/config/processingjobconfig.json", {"ProcessingJobArn": job_arn, **request})
        tree.write_json(
            "/opt/ml/config/resourceconfig.json", resource_config(tree, [each.host for each in trees], cluster)
        )
    environment = {"PROCESSING_JOB_NAME": name, "PROCESSING_JOB_ARN": job_arn, **request.get("Environment", {})}
    run(
        site,
        name,
        trees,
        request["AppSpecification"],
        environment,
        request.get("StoppingCondition", {}),
        failure_file=_MESSAGE,
    )
    written = [
        stored
        for one in outputs
        for tree in trees
        for stored in site.store.upload(tree.at(one["S3Output"]["LocalPath"]), one["S3Output"]["S3Uri"])
    ]
    messages = [text for tree in trees if (text := tree.text(_MESSAGE))]
    return Result(
        properties={
            **request,
            "ProcessingJobArn": job_arn,
            "ProcessingJobStatus": "Completed",
            **({"ExitMessage": messages[0]} if messages else {}),
        },
        outputs={one["OutputName"]: one["S3Output"]["S3Uri"] for one in outputs},
        objects=written,
    )
