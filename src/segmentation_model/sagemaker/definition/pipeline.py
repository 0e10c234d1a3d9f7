"""From steps, channels and settings to a definition: the jobs, the gates between them, and why an execution fails."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from kedro.pipeline import Pipeline as KedroPipeline
from sagemaker.core.workflow.conditions import (
    Condition,
    ConditionEquals,
    ConditionGreaterThanOrEqualTo,
    ConditionLessThan,
    ConditionOr,
)
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.steps import Step as SageMakerStep
from sagemaker.mlops.workflow.steps import StepTypeEnum

from segmentation_model.sagemaker.channels import Channel, Traffic, plan_traffic
from segmentation_model.sagemaker.contract import MEASURED, MODEL_CHANNEL, OUTPUT_ARCHIVE, RAW_TABLES, RESULTS
from segmentation_model.sagemaker.definition.job import JobStep
from segmentation_model.sagemaker.definition.parameters import BELOW, RUNTIME_PARAMETERS, pipeline_parameters
from segmentation_model.sagemaker.definition.requests import Requests, Source, Words
from segmentation_model.sagemaker.places import JobConfiguration, place_of
from segmentation_model.sagemaker.settings import SageMakerSettings
from segmentation_model.sagemaker.steps import Step, cut_into_steps, cuts_of

_DRIFT_SUMMARY = "drift_summary"
_DRIFT_TEXT = "drift_text"
_MODEL = "model_"
_AUC = "roc_auc"


@dataclass(frozen=True)
class Plan:
    """What is compiled.

    Attributes:
        name: Name of the registered Kedro pipeline.
        title: Name of the pipeline on SageMaker.
        environment: Environment of the configuration.
        steps: The Kedro pipeline, cut.
        traffic: What goes between the steps.
        reach: The steps that each run-time parameter reaches.
        never_reused: The steps whose result depends on more than their arguments and inputs.
    """

    name: str
    title: str
    environment: str
    steps: tuple[Step, ...]
    traffic: Traffic
    reach: dict[str, frozenset[str]]
    never_reused: frozenset[str]


def plan(name: str, title: str, environment: str, pipeline: KedroPipeline, configuration: JobConfiguration) -> Plan:
    """Derive what is compiled from a registered pipeline and the catalog."""
    steps = cut_into_steps(pipeline, cuts_of(name))
    traffic = plan_traffic(steps, lambda dataset: place_of(dataset, configuration.catalog))
    reach = configuration.reach(RUNTIME_PARAMETERS, steps)
    never_reused = {traffic.publisher} | {step.name for step in steps if configuration.reads_champions(step)}
    return Plan(name, title, environment, steps, traffic, reach, frozenset(never_reused))


def compile_definition(plan: Plan, settings: SageMakerSettings) -> dict[str, Any]:
    """Build the definition; nothing is sent anywhere.

    Args:
        plan: What is compiled.
        settings: The section ``sagemaker``, and what goes before it.

    Returns:
        The definition, schema 2020-12-01.
    """
    compiler = _Compiler(plan, settings)
    pipeline = Pipeline(
        plan.title, list(compiler.parameters.values()), steps=compiler.steps(), sagemaker_session=PipelineSession()
    )
    definition: dict[str, Any] = json.loads(pipeline.definition())
    return definition


class _Compiler:
    def __init__(self, plan: Plan, settings: SageMakerSettings) -> None:
        self._plan, self._settings = plan, settings
        self.parameters = pipeline_parameters(settings.defaults, without=_unused(plan))
        self._requests = Requests(settings, self.parameters)
        self._jobs: dict[str, JobStep] = {}

    def steps(self) -> list[SageMakerStep]:
        """The steps as far as the drift gate, and the gate, behind which the others wait."""
        jobs = [self._job(step) for step in self._plan.steps]
        drift = self._plan.traffic.channel_with(_DRIFT_SUMMARY).source
        judged = [step.name for step in self._plan.steps].index(drift) + 1
        return [*jobs[:judged], self._drift_gate(drift, self._behind_drift_gate(jobs[judged:]))]

    def _behind_drift_gate(self, jobs: list[JobStep]) -> list[SageMakerStep]:
        training = [job for job in jobs if job.step_type is StepTypeEnum.TRAINING]
        rest = [job for job in jobs if job not in training]
        return [*training, self._quality_gate(training, rest)] if training else rest

    # The jobs.

    def _job(self, step: Step) -> JobStep:
        traffic = self._plan.traffic
        words, sources = self._words(step), [*self._tables(step), *self._sources(traffic.into(step.name))]
        targets = [channel.target for channel in traffic.out_of(step.name)]
        is_last = step.name == traffic.publisher
        if step.kind == "training":
            request, kind = self._requests.training(step.name, words, sources), StepTypeEnum.TRAINING
        else:
            outputs = [*targets, RESULTS] if is_last else targets
            instances = self.parameters["scoring_instance_count"] if step.shards else 1
            request = self._requests.processing(step.name, words, sources, outputs, instances)
            kind = StepTypeEnum.PROCESSING
        self._jobs[step.name] = JobStep(
            step.name,
            kind,
            request,
            description=_describe(step),
            retry=self._settings.retry,
            cache=None if step.name in self._plan.never_reused else self._settings.cache,
            property_files=[self._drift_file()] if _DRIFT_SUMMARY in step.nodes.all_outputs() else (),
        )
        return self._jobs[step.name]

    def _words(self, step: Step) -> Words:
        """What the container is told: its nodes, its configuration, and the parameters that reach it."""
        words: dict[str, Any] = {
            "step": step.name,
            "pipeline": self._plan.name,
            "env": self._plan.environment,
            "conf_source": self.parameters["configuration_uri"],
        }
        for runtime, name in RUNTIME_PARAMETERS.items():
            if step.name in self._plan.reach[runtime]:
                value = self.parameters[name]
                words[runtime] = Join("/", [value, BELOW[runtime]]) if runtime in BELOW else value
        if step.shards or any(channel.sharded for channel in self._plan.traffic.out_of(step.name)):
            words["part_rows"] = str(self._settings.part_rows)
        return words

    def _tables(self, step: Step) -> list[Source]:
        read = step.nodes.inputs()
        return [Source(table.dataset, self.parameters[table.address]) for table in RAW_TABLES if table.dataset in read]

    def _sources(self, channels: tuple[Channel, ...]) -> list[Source]:
        return [source for channel in channels for source in self._channel(channel)]

    def _channel(self, channel: Channel) -> list[Source]:
        job = self._jobs[channel.source].properties
        if self._jobs[channel.source].step_type is StepTypeEnum.PROCESSING:
            address = job.ProcessingOutputConfig.Outputs[channel.target].S3Output.S3Uri
            return [Source(channel.source, address, channel.sharded)]
        archive = Join("/", [job.OutputDataConfig.S3OutputPath, job.TrainingJobName, "output", OUTPUT_ARCHIVE])
        model = [Source(f"{channel.source}{MODEL_CHANNEL}", job.ModelArtifacts.S3ModelArtifacts)]
        return [Source(channel.source, archive), *(model if channel.model else [])]

    # The gates.

    def _drift_file(self) -> PropertyFile:
        channel = self._plan.traffic.channel_with(_DRIFT_SUMMARY)
        return PropertyFile("DriftSummary", output_name=channel.target, path=channel.files[_DRIFT_SUMMARY])

    def _drift_gate(self, drift: str, behind: list[SageMakerStep]) -> ConditionStep:
        channel = self._plan.traffic.channel_with(_DRIFT_TEXT)
        report = self._jobs[drift].properties.ProcessingOutputConfig.Outputs[channel.target].S3Output.S3Uri
        said = [self._drift_summary(drift, "message"), "; see ", report, "/", channel.files[_DRIFT_TEXT]]
        return ConditionStep(
            "DriftGate",
            description="Stops the execution where the drift gate tripped.",
            conditions=[ConditionEquals(self._drift_summary(drift, "status"), "tripped")],
            if_steps=[FailStep("StopForDrift", Join("", ["Nothing was trained or scored: ", *said]))],
            else_steps=behind,
        )

    def _drift_summary(self, step: str, key: str) -> JsonGet:
        return JsonGet(step_name=step, property_file=self._drift_file(), json_path=key)

    def _quality_gate(self, training: list[JobStep], behind: list[JobStep]) -> ConditionStep:
        least = self.parameters["minimum_auc"]
        told: list[Any] = ["Nothing was scored: the ROC AUC on the test part must be at least ", least]
        for job in training:
            told += [f"; {job.name}: ", _metric(job, _AUC)]
        conditions: list[Condition] = [
            ConditionOr(
                [
                    ConditionLessThan(_metric(job, MEASURED), 1.0),  # a tariff without a model has no quality to lack
                    ConditionGreaterThanOrEqualTo(_metric(job, _AUC), least),
                ]
            )
            for job in training
        ]
        return ConditionStep(
            "QualityGate",
            description="Stops the execution where a model is worse than MinimumAuc.",
            conditions=conditions,
            if_steps=[*behind, *(self._registration(job) for job in training)],
            else_steps=[FailStep("StopForQuality", Join("", told))],
        )

    def _registration(self, job: JobStep) -> ConditionStep:
        (channel,) = (channel for channel in self._plan.traffic.out_of(job.name) if channel.model)
        tariff = str(channel.model).removeprefix(_MODEL)
        request = self._requests.model_package(
            tariff, job.properties.ModelArtifacts.S3ModelArtifacts, {_AUC: _metric(job, _AUC)}
        )
        return ConditionStep(
            f"Measured{tariff.capitalize()}",
            description="A tariff that got no model has none to register.",
            conditions=[ConditionGreaterThanOrEqualTo(_metric(job, MEASURED), 1.0)],
            if_steps=[
                JobStep(
                    f"Register{tariff.capitalize()}",
                    StepTypeEnum.REGISTER_MODEL,
                    request,
                    description=f"Registers the {tariff} model for approval.",
                    retry=self._settings.retry,
                )
            ],
        )


def _metric(job: JobStep, name: str) -> Any:
    return job.properties.FinalMetricDataList[name].Value


def _describe(step: Step) -> str:
    boxes = dict.fromkeys(".".join(str(node.namespace).split(".")[:2]) for node in step.nodes.nodes)
    return f"{len(step.nodes.nodes)} nodes of {', '.join(boxes)}."


def _unused(plan: Plan) -> frozenset[str]:
    """Parameters that no step of the plan has a use for."""
    read = {name for step in plan.steps for name in step.nodes.inputs()}
    unused = {table.address for table in RAW_TABLES if table.dataset not in read}
    unused |= set(RUNTIME_PARAMETERS.values()) - {
        RUNTIME_PARAMETERS[name] for name, steps in plan.reach.items() if steps
    }
    if not any(step.kind == "training" for step in plan.steps):
        unused |= {"training_instance_type", "minimum_auc"}
    if not any(step.shards for step in plan.steps):
        unused.add("scoring_instance_count")
    return frozenset(unused - {"output_uri"})
