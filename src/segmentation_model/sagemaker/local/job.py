"""What processing and training jobs share: where they work, how their inputs arrive, and how they end."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from segmentation_model.sagemaker.local.container import Ended, Engine, Halt, Launch, run_containers
from segmentation_model.sagemaker.local.layout import Tree
from segmentation_model.sagemaker.local.object_store import ObjectStore, StoredObject

LOG = "log.txt"


class JobFailedError(Exception):
    """A job did not succeed; the message is its failure reason."""


class JobStoppedError(Exception):
    """A job was stopped because the execution ends."""


@dataclass(frozen=True)
class Site:
    """Where a job works.

    Attributes:
        engine: Runs its containers.
        store: Holds its inputs and outputs.
        halt: Ends it.
        region: The region that its name claims to be in.
        folder: Holds its log, and its trees while it runs.
    """

    engine: Engine
    store: ObjectStore
    halt: Halt
    region: str
    folder: Path

    @property
    def log(self) -> Path:
        """Everything that its containers said."""
        return self.folder / LOG


@dataclass(frozen=True)
class Source:
    """An input of a job.

    Attributes:
        name: What the definition calls it.
        address: Where its objects lie.
        container_path: Where the container finds them.
        sharded: Each instance gets its share of the objects, instead of all.
    """

    name: str
    address: str
    container_path: str
    sharded: bool


@dataclass(frozen=True)
class Result:
    """What a job that succeeded leaves.

    Attributes:
        properties: What other steps can ask of it, in the shape of the service's description of the job.
        outputs: Address by name.
        objects: All objects that it wrote.
    """

    properties: dict[str, Any]
    outputs: dict[str, str]
    objects: list[StoredObject]


class Found(NamedTuple):
    """An input, and the objects that it has now."""

    source: Source
    objects: list[StoredObject]


def find_sources(store: ObjectStore, sources: Iterable[Source]) -> list[Found]:
    """Look for the objects of each input.

    Raises:
        JobFailedError: One has none.
    """
    found = [Found(source, store.listing(source.address)) for source in sources]
    for source, objects in found:
        if not objects:
            raise JobFailedError(
                f'ClientError: No S3 objects found under S3 URL "{source.address}" given in input data source '
                f"{source.name!r}. Please ensure that the bucket exists and that objects exist under that S3 prefix."
            )
    return found


def fetch_sources(site: Site, trees: Sequence[Tree], found: Iterable[Found]) -> None:
    """Copy a job's inputs to each of its instances."""
    for source, objects in found:
        for number, tree in enumerate(trees):
            share = objects[number :: len(trees)] if source.sharded else objects
            site.store.download(share, tree.folder(source.container_path))


def run(
    site: Site,
    job: str,
    trees: Sequence[Tree],
    specification: Mapping[str, Any],
    environment: Mapping[str, str],
    limits: Mapping[str, Any],
    *,
    arguments: Sequence[str] = (),
    read_only: tuple[str, ...] = (),
    failure_file: str,
) -> None:
    """Run a job's containers.

    Args:
        site: Where.
        job: The job's name.
        trees: One an instance.
        specification: Holds ContainerEntrypoint and ContainerArguments, if any.
        environment: What the definition and the service tell the container.
        limits: The stopping condition.
        arguments: Of a container whose definition names none.
        read_only: What it must not write to.
        failure_file: Where it says why it failed.

    Raises:
        JobFailedError: One of them did not end with 0, or they took too long.
        JobStoppedError: The execution ends.
    """
    if site.halt:
        raise JobStoppedError
    entry = specification.get("ContainerEntrypoint")
    given = tuple(specification.get("ContainerArguments") or arguments)
    launches = [
        Launch(
            name=f"{job}-{tree.host}",
            tree=tree,
            arguments=given,
            entry_point=tuple(entry) if entry else None,
            environment={**_of_the_caller(site.region), **environment},
            read_only=read_only,
        )
        for tree in trees
    ]
    seconds = limits.get("MaxRuntimeInSeconds")
    _judge(run_containers(site.engine, launches, site.log, site.halt, seconds), trees, failure_file, seconds)
    if site.halt:
        raise JobStoppedError


def _judge(ended: Ended, trees: Sequence[Tree], failure_file: str, seconds: float | None) -> None:
    if ended.halted:
        raise JobStoppedError
    if ended.out_of_time:
        raise JobFailedError(
            f"MaxRuntimeExceeded: stopped after {seconds} s, its StoppingCondition.MaxRuntimeInSeconds"
        )
    failed = [(tree, code) for tree, code in zip(trees, ended.exit_codes, strict=True) if code]
    if failed:
        said = [(tree.text(failure_file), code) for tree, code in failed]
        text, code = next((one for one in said if one[0]), said[0])
        code = code if code > 0 else 128 - code  # as a shell says that a signal ended it
        raise JobFailedError(f"AlgorithmError: {text or 'see the log for more information'}, exit code: {code}")


def _of_the_caller(region: str) -> dict[str, str]:
    """How to reach AWS, as whoever started the execution does: all else of the environment stays here."""
    given = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    return {"AWS_REGION": region, "AWS_DEFAULT_REGION": region} | given
