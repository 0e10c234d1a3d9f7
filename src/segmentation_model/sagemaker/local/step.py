"""Runs one step of an execution, whatever its type."""

from __future__ import annotations

import json
import secrets
import shutil
import string
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from segmentation_model.sagemaker.local import processing, training
from segmentation_model.sagemaker.local.cache import Cache, cache_key
from segmentation_model.sagemaker.local.definition import ConditionStep, FailStep, JobStep, RegisterStep, Step
from segmentation_model.sagemaker.local.durations import parse_duration
from segmentation_model.sagemaker.local.expressions import ExpressionError, Scope, resolve
from segmentation_model.sagemaker.local.job import Result, Site, list_sources
from segmentation_model.sagemaker.local.object_store import ObjectStore
from segmentation_model.sagemaker.local.paths import follow
from segmentation_model.sagemaker.local.preview import find_property_file
from segmentation_model.sagemaker.local.requests import arn, build_request, job_name
from segmentation_model.sagemaker.local.summary import StepRecord

_JOBS = {
    "Processing": (processing.sources, processing.run_processing, "ProcessingJobName"),
    "Training": (training.sources, training.run_training, "TrainingJobName"),
}
_LETTERS = string.ascii_lowercase + string.digits


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

    def run(self, step: Step, record: StepRecord) -> None:
        """Run a step, and note what came of it.

        Raises:
            JobStoppedError: The execution ends.
            JobFailedError: It did not succeed; an expression, a request or the object store have errors of their own.
        """
        match step:
            case ConditionStep():
                asked = [one.holds(lambda value: resolve(value, self.scope)) for one in step.arguments.conditions]
                holds = all(asked)
                record.status, record.reason = "Succeeded", f"the conditions {'hold' if holds else 'do not hold'}"
                self.finished.add(step.name, {"Outcome": str(holds)})
            case FailStep():
                record.status, record.reason = "Failed", str(resolve(step.arguments.error_message, self.scope))
            case RegisterStep():
                self._register(step, record)
            case JobStep():
                self._run_job(step, record)

    def _register(self, step: RegisterStep, record: StepRecord) -> None:
        request = build_request(step.type, resolve(step.arguments, self.scope), "")
        folder = self.site.folder / step.name
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "model_package.json"
        file.write_text(json.dumps(request, indent=2) + "\n", encoding="utf-8")
        name = request.get("ModelPackageGroupName") or request.get("ModelPackageName") or step.name
        self.finished.add(step.name, {**request, "ModelPackageArn": arn("model-package", name, self.site.region)})
        record.outputs = {"model_package": str(file)}
        record.status, record.reason = "Succeeded", "recorded, not registered: there is no model registry here"

    def _run_job(self, step: JobStep, record: StepRecord) -> None:
        list_inputs, run, name_key = _JOBS[step.type]
        suffix = "".join(secrets.choice(_LETTERS) for _ in range(10))
        name = job_name(self.scope.variables["PipelineExecutionId"], step.name, suffix)
        scope = self.scope.with_variables(**{name_key: name})
        request = build_request(step.type, resolve(step.arguments, scope), name)
        key = None
        if step.cache_config.enabled and step.cache_config.expire_after:
            found = list_sources(self.site.store, list_inputs(request))
            objects = [one for group in found.values() for one in group]
            pipeline, code = scope.variables["PipelineName"], self.site.engine.identity()
            key = cache_key(pipeline, step.name, step.type, request, objects, code)
            expire_after = parse_duration(step.cache_config.expire_after)
            hit = self.cache.find(key, expire_after, self.site.store) if self.use_cache else None
            if hit is not None:
                record.status, record.reason = "Cached", f"result of execution {hit.execution}"
                self._done(step, hit.result, record, str(hit.result.properties[name_key]))
                return
        site = replace(self.site, folder=self.site.folder / step.name)
        site.folder.mkdir(parents=True)
        record.log, record.job_name = str(site.log), name
        result = run(site, request)
        record.status = "Succeeded"
        self._done(step, result, record, name)
        if key is not None:
            self.cache.record(key, scope.variables["PipelineExecutionId"], result)
        if not self.keep:
            _remove(site.folder / "opt_ml")

    def _done(self, step: JobStep, result: Result, record: StepRecord, name: str) -> None:
        record.job_name, record.outputs = name, result.outputs
        self.finished.add(step.name, result.properties)


def _remove(folder: Path) -> None:
    """Delete a job's files; what a container made unreadable stays, and harms nobody."""
    shutil.rmtree(folder, ignore_errors=True)
