"""Requests that the service takes and this runner does not: refused, because they would silently be something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any


def not_emulated(step_type: str, request: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a request that the service's model allows, one line a fault."""
    if step_type == "Processing":
        yield from _processing(request)
    if step_type == "Training":
        yield from _training(request)


def _processing(request: dict[str, Any]) -> Iterator[str]:
    for one in request.get("ProcessingInputs", ()):
        where = f"input {one['InputName']!r}"
        if "S3Input" not in one:
            yield f"{where}: an S3Input is needed here, no DatasetDefinition"
            continue
        yield from _plain(where, one["S3Input"], "S3InputMode", "S3CompressionType")
        yield from _inside(where, one["S3Input"])
    for one in request.get("ProcessingOutputConfig", {}).get("Outputs", ()):
        where = f"output {one['OutputName']!r}"
        if "S3Output" not in one:
            yield f"{where}: an S3Output is needed here, no FeatureStoreOutput"
            continue
        yield from _inside(where, one["S3Output"])


def _training(request: dict[str, Any]) -> Iterator[str]:
    for one in request.get("InputDataConfig", ()):
        where = f"channel {one['ChannelName']!r}"
        if "S3DataSource" not in one["DataSource"]:
            yield f"{where}: an S3DataSource is needed here"
            continue
        yield from _plain(where, {**one, **one["DataSource"]["S3DataSource"]}, "InputMode", "CompressionType")
    for one in request.get("AlgorithmSpecification", {}).get("MetricDefinitions", ()):
        try:
            groups = re.compile(one["Regex"]).groups
        except re.error as error:
            yield f"metric {one['Name']!r}: {one['Regex']!r} is no regular expression ({error})"
        else:
            if not groups:
                yield f"metric {one['Name']!r}: {one['Regex']!r} has no group that would find the value"


def _plain(where: str, source: dict[str, Any], mode: str, compression: str) -> Iterator[str]:
    allowed = {"S3DataType": ("S3Prefix",), mode: ("File", "FastFile"), compression: ("None",)}
    for key, values in allowed.items():
        if source.get(key, values[0]) not in values:
            yield f"{where}: {key} {source[key]!r} is not emulated here; {' or '.join(map(repr, values))} is"


def _inside(where: str, place: dict[str, Any]) -> Iterator[str]:
    path = place.get("LocalPath", "")
    if not path.startswith("/opt/ml/") or ".." in path.split("/"):
        yield f"{where}: LocalPath {path!r} is not below /opt/ml"
