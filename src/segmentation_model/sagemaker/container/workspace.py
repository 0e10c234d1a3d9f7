"""The job's own disk: what comes in by channels is laid where the catalog looks for it, what goes out is collected."""

from __future__ import annotations

import os
import shutil
import tarfile
from collections.abc import Iterable
from pathlib import Path

from kedro.io import DataCatalog

from segmentation_model.datasets.models import ModelArtifactDataset
from segmentation_model.errors import InputError
from segmentation_model.sagemaker.channels import Channel, Traffic
from segmentation_model.sagemaker.contract import (
    MODEL,
    MODEL_ARCHIVE,
    MODEL_CHANNEL,
    OUTPUT_ARCHIVE,
    PROCESSING_OUTPUT,
    RESULTS,
    ROOT,
    TRAINING_OUTPUT,
)
from segmentation_model.sagemaker.steps import Step


def bring_in(channels: Iterable[Channel], inputs: Path, catalog: DataCatalog) -> None:
    """Lay what other steps made below the root.

    Args:
        channels: Those that end here.
        inputs: Folder with a folder per channel.
        catalog: The catalog of the job.

    Raises:
        InputError: A channel lacks a file, or an archive holds what it should not.
        ArtifactError: A model is damaged.
    """
    for channel in channels:
        folder = inputs / channel.source
        if (folder / OUTPUT_ARCHIVE).is_file():
            folder = _unpack(folder / OUTPUT_ARCHIVE, into=ROOT.with_name("unpacked") / channel.source)
        for name, place in channel.files.items():
            if not (folder / place).exists():
                raise InputError(f"channel {channel.source}: {name} should be there, as {place}")
            _link(folder / place, ROOT / place)
        if channel.model is not None:
            stem = MODEL_ARCHIVE.removesuffix(".tar.gz")
            packed = inputs / f"{channel.source}{MODEL_CHANNEL}" / stem
            catalog.save(channel.model, ModelArtifactDataset(filepath=str(packed)).load())


def table_in(channel: Path) -> str:
    """The table that came by a channel: its file, or the folder where there are several.

    Args:
        channel: Folder of the channel.

    Raises:
        InputError: It is empty.
    """
    files = [path for path in sorted(channel.rglob("*")) if path.is_file() and not path.name.startswith((".", "_"))]
    if not files:
        raise InputError(f"channel {channel.name}: no file came by it; a Parquet file or a folder of them is needed")
    return str(files[0] if len(files) == 1 else channel)


def take_out(step: Step, traffic: Traffic) -> None:
    """Collect what the step hands on and publishes, where SageMaker looks for it.

    Args:
        step: The step that has run.
        traffic: What goes between the steps.

    Raises:
        InputError: A dataset that others wait for was not written.
    """
    for channel in traffic.out_of(step.name):
        if step.kind == "training":
            _collect(channel.files.values(), TRAINING_OUTPUT)
        else:
            _collect(channel.files.values(), PROCESSING_OUTPUT / channel.target)
        if channel.model is not None:
            for file in sorted((ROOT / channel.model_place).iterdir()):
                _copy(file, MODEL / file.name)
    if step.name == traffic.publisher:
        _collect(traffic.results.values(), PROCESSING_OUTPUT / RESULTS)


def _collect(places: Iterable[str], target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for place in places:
        if not (ROOT / place).exists():
            raise InputError(f"{place}: the step should have written it, but it is not there")
        _copy(ROOT / place, target / place)
        packed = f"{place}.tar.gz"  # a model lies in a folder, and in an archive beside it
        if (ROOT / packed).is_file():
            _copy(ROOT / packed, target / packed)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(source, target_is_directory=source.is_dir())


def _copy(source: Path, target: Path) -> None:
    """Copy a file or a folder; on one disk that is a second name for the same content."""
    if source.is_dir():
        for inner in sorted(source.iterdir()):
            _copy(inner, target / inner.name)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source.resolve(), target)
    except OSError:  # another disk
        shutil.copyfile(source, target)


def _unpack(archive: Path, into: Path) -> Path:
    """Unpack what a training job left beside its model; only plain files and folders below the target are allowed."""
    with tarfile.open(archive, "r:gz") as packed:
        for member in packed:
            target = into / member.name
            if ".." in Path(member.name).parts or Path(member.name).is_absolute():
                raise InputError(f"{archive}: refused for its member {member.name!r}, which lies outside")
            if member.isdir():
                continue
            content = packed.extractfile(member) if member.isreg() else None
            if content is None:
                raise InputError(f"{archive}: refused for its member {member.name!r}; plain files are allowed")
            target.parent.mkdir(parents=True, exist_ok=True)
            with content, target.open("wb") as written:
                shutil.copyfileobj(content, written)
    return into
