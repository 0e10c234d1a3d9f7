"""Runs one step of an execution, whatever its type."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from segmentation_model.sagemaker.local import processing, training
from segmentation_model.sagemaker.local.cache import Cache, Hit, cache_key
from segmentation_model.sagemaker.local.definition import ConditionStep, FailStep, JobStep, RegisterStep, Step
from segmentation_model.sagemaker.local.durations import parse_duration
from segmentation_model.sagemaker.local.expressions import ExpressionError, Scope, resolve
from segmentation_model.sagemaker.local.job import Found, Result, Site, find_sources
from segmentation_model.sagemaker.local.names import arn, job_name, random_text
from segmentation_model.sagemaker.local.object_store import ObjectStore
from segmentation_model.sagemaker.local.paths import follow
from segmentation_model.sagemaker.local.preview import find_property_file
from segmentation_model.sagemaker.local.requests import build_request
from segmentation_model.sagemaker.local.summary import StepRecord, StepStatus

_JOBS = {
    "Processing": (processing.sources, processing.run_processing, "ProcessingJobName"),
    "Training": (training.sources, training.run_training, "TrainingJobName"),
}


class Finished:
    """What the steps that have succeeded can be asked for."""

    def __init__(self, steps: Mapping[str, Step], store: ObjectStore) -> None:
        """None of them has succeeded yet."""
        self._steps, self._store = steps, store
        self._properties: dict[str, dict[str, Any]] = {}

    def add(self, step: str, properties: dict[str, Any]) -> None:
        """A step has succeeded."""
        self._properties[step] = properties

    def property(self, step: str, path: str) -> Any:
        """A property."""
        return follow(self._of(step), path)

    def property_file(self, step: str, name: str, path: str) -> Any:
        """A value in a property file."""
        output, file = find_property_file(self._steps[step], name)
        folder = follow(self._of(step), f"ProcessingOutputConfig.Outputs['{output}'].S3Output.S3Uri")
        return self._store.value(f"{folder.rstrip('/')}/{file}", path)

    def _of(self, step: str) -> dict[str, Any]:
        if step not in self._properties:
            raise ExpressionError(f"step {step!r} did not run")
        return self._properties[step]


@dataclass(frozen=True)
class StepRunner:
    """What a step needs to run.

    Attributes:
        site: Where jobs work; its folder is the execution's.
        scope: What expressions stand for.
        finished: Takes what a step leaves.
        cache: Earlier results.
        use_cache: Look for them.
        keep: Keep a job's files after it has succeeded.
    """

    site: Site
    scope: Scope
    finished: Finished
    cache: Cache
    use_cache: bool
    keep: bool

    def run(self, step: Step, record: StepRecord) -> StepStatus:
        """Run a step.

        Args:
            step: The step.
            record: Takes what came of it, but for the status.

        Returns:
            The status. Whoever notes it in the record lets the steps start that wait for this one.

        Raises:
            JobStoppedError: The execution ends.
            JobFailedError: It did not succeed; an expression, a request or the object store have errors of their own.
        """
        match step:
            case ConditionStep():
                asked = [one.holds(lambda value: resolve(value, self.scope)) for one in step.arguments.conditions]
                record.reason = f"the conditions {'hold' if all(asked) else 'do not hold'}"
                self.finished.add(step.name, {"Outcome": str(all(asked))})
                return "Succeeded"
            case FailStep():
                record.reason = str(resolve(step.arguments.error_message, self.scope))
                return "Failed"
            case RegisterStep():
                return self._register(step, record)
            case JobStep():
                return self._run_job(step, record)

    def _register(self, step: RegisterStep, record: StepRecord) -> StepStatus:
        request = build_request(step.type, resolve(step.arguments, self.scope), "")
        folder = self.site.folder / step.name
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "model_package.json"
        file.write_text(json.dumps(request, indent=2) + "\n", encoding="utf-8")
        name = request.get("ModelPackageGroupName") or request.get("ModelPackageName") or step.name
        self.finished.add(step.name, {**request, "ModelPackageArn": arn("model-package", name, self.site.region)})
        record.outputs = {"model_package": str(file)}
        record.reason = "recorded, not registered: there is no model registry here"
        return "Succeeded"

    def _run_job(self, step: JobStep, record: StepRecord) -> StepStatus:
        list_sources, run, name_key = _JOBS[step.type]
        name = job_name(self.scope.variables["PipelineExecutionId"], step.name, random_text(10))
        request = build_request(step.type, resolve(step.arguments, self.scope.with_variables(**{name_key: name})), name)
        found = find_sources(self.site.store, list_sources(request))
        key = self._cache_key(step, request, found) if step.cache_config.enabled else None
        hit = self._cached(step, key)
        if hit is not None:
            record.reason = f"result of execution {hit.execution}"
            self._done(step, hit.result, record, hit.result.properties[name_key])
            return "Cached"
        site = replace(self.site, folder=self.site.folder / step.name)
        site.folder.mkdir(parents=True)
        record.log, record.job_name = str(site.log), name
        result = run(site, request, found)
        if key is not None:
            self.cache.record(key, self.scope.variables["PipelineExecutionId"], result)
        if not self.keep:
            shutil.rmtree(site.folder / "opt_ml", ignore_errors=True)  # what a container made undeletable stays
        self._done(step, result, record, name)
        return "Succeeded"

    def _cache_key(self, step: JobStep, request: dict[str, Any], found: list[Found]) -> str:
        objects = [one for _, objects in found for one in objects]
        pipeline, code = self.scope.variables["PipelineName"], self.site.engine.identity()
        return cache_key(pipeline, step.name, step.type, request, objects, code)

    def _cached(self, step: JobStep, key: str | None) -> Hit | None:
        if key is None or not self.use_cache or step.cache_config.expire_after is None:
            return None
        return self.cache.find(key, parse_duration(step.cache_config.expire_after), self.site.store)

    def _done(self, step: JobStep, result: Result, record: StepRecord, name: str) -> None:
        record.job_name, record.outputs = name, result.outputs
        self.finished.add(step.name, result.properties)
