"""Calls of AWS that a role must be let to make, and those that it must not.

``test_deployed.py`` notes what the deploy command and a local run of the pipeline call, and compares. What nobody can
note here stands here alone: what SageMaker does as the execution role, and what a job asks of logs, the registry, the
key of its disk and managed MLflow.
"""

import json
from pathlib import Path
from typing import Any

from tests.deployment.policies import Call

ACCOUNT = "eu-west-1:123456789012"
SAGEMAKER = f"arn:aws:sagemaker:{ACCOUNT}"
OUTSIDE = "arn:aws:s3:::of-others"

CALLS_OF_THE_DEPLOY_COMMAND = (
    *(
        Call(f"sagemaker:{action}", f"{SAGEMAKER}:pipeline/segmentation-model")
        for action in ("CreatePipeline", "UpdatePipeline", "DescribePipeline", "StartPipelineExecution", "AddTags")
    ),
    Call("sagemaker:ListPipelines"),
)


def calls_of_the_pipeline(definition: Path, deployment: dict[str, Any]) -> list[Call]:
    """What SageMaker does as the execution role when it runs a compiled definition."""
    role = f"arn:aws:iam::123456789012:role/segmentation-{deployment['environment']}-execution"
    compiled = json.loads(definition.read_text())
    calls = [Call("iam:PassRole", role, {"iam:PassedToService": "sagemaker.amazonaws.com"})]
    calls += _calls_for_the_experiment() if "PipelineExperimentConfig" in compiled else []
    kinds = {"Processing": "ProcessingJob", "Training": "TrainingJob"}
    pending = compiled["Steps"]
    while pending:
        step = pending.pop()
        arguments = step["Arguments"]
        if step["Type"] in kinds:
            kind = kinds[step["Type"]]
            job = f"{SAGEMAKER}:{step['Type'].lower()}-job/pipelines-abcdefghijkl-{step['Name']}-0123456789"
            calls += [Call(f"sagemaker:{verb}{kind}", job) for verb in ("Create", "Describe", "Stop")]
            calls += [Call("sagemaker:AddTags", job)] if arguments.get("Tags") else []
        elif step["Type"] == "RegisterModel":
            group = arguments["ModelPackageGroupName"]
            calls.append(Call("sagemaker:CreateModelPackage", f"{SAGEMAKER}:model-package-group/{group}"))
            package = f"{SAGEMAKER}:model-package/{group}/1"
            calls += [Call("sagemaker:CreateModelPackage", package), Call("sagemaker:DescribeModelPackage", package)]
        elif step["Type"] == "Condition":
            pending += arguments["IfSteps"] + arguments["ElseSteps"]
        else:
            assert step["Type"] == "Fail"  # calls nothing
    return calls


def _calls_for_the_experiment() -> list[Call]:
    """What notes an execution as a trial of an experiment, and its jobs as components."""
    component = f"{SAGEMAKER}:experiment-trial-component/pipelines-abcdefghijkl-DriftCheck-0123456789-aws-job"
    resources = {
        "Experiment": f"{SAGEMAKER}:experiment/segmentation-model",
        "Trial": f"{SAGEMAKER}:experiment-trial/abcdefghijkl",
        "TrialComponent": component,
    }
    calls = [Call(f"sagemaker:{verb}{kind}", arn) for kind, arn in resources.items() for verb in ("Create", "Describe")]
    calls += [Call("sagemaker:AddTags", arn) for arn in resources.values()]
    calls += [Call("sagemaker:AssociateTrialComponent", arn) for arn in (resources["Trial"], component)]
    return [*calls, Call("sagemaker:UpdateTrialComponent", component)]


def calls_of_the_jobs(deployment: dict[str, Any]) -> list[Call]:
    """What the jobs do as the execution role."""
    data, artifacts = (f"arn:aws:s3:::{deployment[f'{name}_bucket']}" for name in ("data", "artifacts"))
    results = deployment["output_uri"].replace("s3://", "arn:aws:s3:::")
    tracking = deployment["mlflow_tracking_arn"]
    registry = f"arn:aws:ecr:{ACCOUNT}:repository/segmentation-{deployment['environment']}"
    logs = f"arn:aws:logs:{ACCOUNT}:log-group:/aws/sagemaker/TrainingJobs:log-stream:"
    return [
        Call("s3:ListBucket", data),
        Call("s3:GetObject", deployment["configuration_uri"].replace("s3://", "arn:aws:s3:::")),
        Call("s3:GetObject", f"{data}/raw/2026-11/current_customers.parquet"),
        Call("s3:PutObject", f"{results}/executions/abc/PreprocessSplit/DriftCheck/a.parquet"),
        Call("s3:DeleteObject", f"{results}/08_reporting/segments/part-0.parquet"),
        Call("s3:ListBucket", artifacts),
        *(Call(f"s3:{action}", f"{artifacts}/mlflow/1/artifacts/model.json") for action in ("GetObject", "PutObject")),
        # Where a file is too large for one request, and the network breaks.
        Call("s3:AbortMultipartUpload", f"{results}/08_reporting/segments/part-0.parquet"),
        Call("s3:AbortMultipartUpload", f"{artifacts}/mlflow/1/artifacts/model.json"),
        *(Call(f"kms:{action}", deployment["kms_key_arn"]) for action in ("GenerateDataKey", "Decrypt", "DescribeKey")),
        Call("kms:CreateGrant", deployment["kms_key_arn"], {"kms:GrantIsForAWSResource": "true"}),  # for its disk
        Call("ecr:GetAuthorizationToken"),
        *(
            Call(f"ecr:{action}", registry)
            for action in ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")
        ),
        Call("logs:DescribeLogStreams", logs),
        *(Call(f"logs:{action}", f"{logs}job/algo-1") for action in ("CreateLogStream", "PutLogEvents")),
        Call("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "/aws/sagemaker/TrainingJobs"}),
        *(
            Call(f"sagemaker-mlflow:{action}", tracking)
            for action in (
                "GetExperimentByName", "CreateExperiment", "CreateRun", "LogBatch", "LogInputs", "LogMetric",
                "LogParam", "SetTag", "GetRun", "SearchRuns", "UpdateRun", "CreateRegisteredModel",
                "CreateModelVersion", "SetRegisteredModelAlias",
                "SetModelVersionTag", "DeleteModelVersionTag", "DeleteRegisteredModelTag", "GetModelVersionByAlias",
                "SearchModelVersions", "GetDownloadURIForModelVersionArtifacts", "CreateLoggedModel",
                "FinalizeLoggedModel",
            )
        ),
    ]  # fmt: skip


def calls_that_nobody_needs(deployment: dict[str, Any]) -> list[Call]:
    """What neither the pipeline nor a job has to do."""
    data, artifacts = (f"arn:aws:s3:::{deployment[f'{name}_bucket']}" for name in ("data", "artifacts"))
    role = f"arn:aws:iam::123456789012:role/segmentation-{deployment['environment']}"
    return [
        Call("s3:GetObject", f"{OUTSIDE}/table.parquet"),
        Call("s3:ListBucket", OUTSIDE),
        Call("s3:ListAllMyBuckets"),
        Call("s3:PutObject", f"{data}/raw/2026-11/current_customers.parquet"),
        Call("s3:DeleteObject", f"{data}/raw/2026-11/current_customers.parquet"),
        Call("s3:PutObject", f"{data}/conf/0/conf.tar.gz"),
        Call("s3:DeleteObject", f"{artifacts}/mlflow/1/artifacts/model.json"),
        Call("s3:DeleteObjectVersion", f"{data}/segmentation/08_reporting/benchmark.csv"),
        Call("s3:PutBucketPolicy", data),
        Call("s3:GetBucketPolicy", data),
        Call("s3:PutLifecycleConfiguration", data),
        Call("kms:Decrypt", f"arn:aws:kms:{ACCOUNT}:key/of-others"),
        Call("kms:ScheduleKeyDeletion", deployment["kms_key_arn"]),
        Call("kms:CreateGrant", deployment["kms_key_arn"], {"kms:GrantIsForAWSResource": "false"}),
        Call("ecr:PutImage", f"arn:aws:ecr:{ACCOUNT}:repository/segmentation-{deployment['environment']}"),
        Call("ecr:BatchGetImage", f"arn:aws:ecr:{ACCOUNT}:repository/of-others"),
        Call("logs:PutLogEvents", f"arn:aws:logs:{ACCOUNT}:log-group:/of/others:log-stream:1"),
        Call("logs:GetLogEvents", f"arn:aws:logs:{ACCOUNT}:log-group:/aws/sagemaker/TrainingJobs:log-stream:1"),
        Call("cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "Billing"}),
        Call("sagemaker:CreateTrainingJob", f"{SAGEMAKER}:training-job/of-others"),
        Call("sagemaker:UpdatePipeline", f"{SAGEMAKER}:pipeline/segmentation-model"),
        Call("sagemaker:UpdateModelPackage", f"{SAGEMAKER}:model-package/segmentation-model-domestic/1"),
        Call("sagemaker:CreateModelPackage", f"{SAGEMAKER}:model-package/of-others/1"),
        Call("sagemaker:AddTags", f"{SAGEMAKER}:model-package/segmentation-model-domestic/1"),
        Call("sagemaker:CreateEndpoint", f"{SAGEMAKER}:endpoint/one"),
        Call("sagemaker-mlflow:DeleteExperiment", deployment["mlflow_tracking_arn"]),
        Call("sagemaker-mlflow:DeleteRegisteredModel", deployment["mlflow_tracking_arn"]),
        Call("sagemaker-mlflow:CreateRun", f"{SAGEMAKER}:mlflow-tracking-server/of-others"),
        Call("iam:PassRole", f"{role}-execution", {"iam:PassedToService": "lambda.amazonaws.com"}),
        Call("iam:PassRole", f"{role}-studio", {"iam:PassedToService": "sagemaker.amazonaws.com"}),
        Call("iam:PutRolePolicy", f"{role}-execution"),
        Call("sts:AssumeRole", f"{role}-deploy-infrastructure"),
    ]
