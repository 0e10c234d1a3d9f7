"""From what was typed to a finished execution: everything is checked, then everything is run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from segmentation_model.errors import ConfigurationError
from segmentation_model.sagemaker.local.cache import Cache
from segmentation_model.sagemaker.local.container import Engine, Halt
from segmentation_model.sagemaker.local.definition import JobStep, Step, read_definition
from segmentation_model.sagemaker.local.execution import Execution
from segmentation_model.sagemaker.local.expressions import Scope
from segmentation_model.sagemaker.local.graph import build_graph
from segmentation_model.sagemaker.local.image import Image
from segmentation_model.sagemaker.local.job import Site
from segmentation_model.sagemaker.local.mount_namespace import MountNamespace
from segmentation_model.sagemaker.local.names import arn, execution_id
from segmentation_model.sagemaker.local.object_store import ObjectStore
from segmentation_model.sagemaker.local.parameters import resolve_parameters
from segmentation_model.sagemaker.local.preview import Preview, check_steps
from segmentation_model.sagemaker.local.progress import Progress
from segmentation_model.sagemaker.local.step import Finished, StepRunner
from segmentation_model.sagemaker.local.summary import StepRecord, Summary


@dataclass(frozen=True)
class Options:
    """What was typed.

    Attributes:
        definition: The pipeline's JSON.
        parameters: ``Name=Value``.
        work_dir: Holds executions and cache.
        name: The pipeline's name; None: the definition's file name.
        python: Interpreter whose environment runs the steps.
        image: Runs them instead.
        engine: podman or docker; None: what is there.
        jobs: How many steps at a time.
        use_cache: Use earlier results where a step allows it.
        keep: Keep the files of jobs that succeeded.
    """

    definition: Path
    parameters: Sequence[str]
    work_dir: Path
    name: str | None
    python: Path
    image: str | None
    engine: str | None
    jobs: int
    use_cache: bool
    keep: bool


def run_definition(options: Options) -> tuple[Summary, Path]:
    """Run a pipeline.

    Returns:
        What came of it, and the folder of the execution.

    Raises:
        ConfigurationError: It cannot be run; nothing has run.
    """
    definition = read_definition(options.definition)
    parameters = resolve_parameters(definition, options.parameters)
    nodes = build_graph(definition)
    steps = {name: node.step for name, node in nodes.items()}
    name = options.name or options.definition.stem
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    begun = datetime.now(UTC)
    execution = execution_id(begun)
    variables = _variables(name, execution, begun, region)
    check_steps(steps, Preview(steps, parameters, variables))
    engine = _engine(options, steps)
    folder = _make_folder(options.work_dir.absolute(), execution)
    store = ObjectStore()
    finished = Finished(steps, store)
    runner = StepRunner(
        site=Site(engine, store, Halt(), region, folder),
        scope=Scope(parameters, variables, finished),
        finished=finished,
        cache=Cache(options.work_dir.absolute() / "cache"),
        use_cache=options.use_cache,
        keep=options.keep,
    )
    summary = Summary(
        execution_id=execution,
        pipeline=name,
        definition=str(options.definition),
        parameters=parameters,
        started=variables["StartDateTime"],
        steps=[StepRecord(step.name, step.type) for step in steps.values()],
    )
    progress = Progress(max(len(step) for step in (*steps, name)))
    progress.say(name, "started", f"execution {execution}, {folder}")
    Execution(nodes, runner, finished, summary, progress).run(options.jobs)
    return summary, folder


def _variables(name: str, execution: str, begun: datetime, region: str) -> dict[str, str]:
    moment = begun.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "PipelineName": name,
        "PipelineArn": arn("pipeline", name, region),
        "PipelineExecutionId": execution,
        "PipelineExecutionArn": arn("pipeline", f"{name}/execution/{execution}", region),
        "StartDateTime": moment,
        "CurrentDateTime": moment,
    }


def _engine(options: Options, steps: dict[str, Step]) -> Engine:
    if options.image:
        image = Image(options.image, options.engine)
        image.check()
        return image
    namespace = MountNamespace(options.python)
    namespace.check(entry_point_needed=any(_lacks_entry_point(step) for step in steps.values()))
    return namespace


def _lacks_entry_point(step: Step) -> bool:
    if not isinstance(step, JobStep):
        return False
    specification = "AppSpecification" if step.type == "Processing" else "AlgorithmSpecification"
    return not step.arguments.get(specification, {}).get("ContainerEntrypoint")


def _make_folder(work_dir: Path, execution: str) -> Path:
    folder = work_dir / "executions" / execution
    try:
        folder.mkdir(parents=True)
        (work_dir / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"--work-dir: {folder} cannot be made ({error.strerror})") from error
    return folder
