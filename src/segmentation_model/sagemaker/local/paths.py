"""Paths into a document, as SageMaker writes them: ``Outputs['report'].S3Output.S3Uri``, ``$.a[0].b``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from segmentation_model.errors import shorten

_TOKEN = re.compile(r"""(?:^|\.)(?P<name>[^.\[\]'"]+)|\[(?P<index>\d+)\]|\[(?P<quote>['"])(?P<key>.*?)(?P=quote)\]""")
# What tells the elements of the service's lists apart.
_NAMES = ("OutputName", "InputName", "ChannelName", "MetricName", "Name")


class PathError(ValueError):
    """A path cannot be read, or leads nowhere: the message names the part and what is there."""


def parse(path: str) -> list[str | int]:
    """The parts of a path: names and positions.

    >>> parse("Outputs['a report'].S3Output.S3Uri")
    ['Outputs', 'a report', 'S3Output', 'S3Uri']
    >>> parse("$.metrics[0].auc")
    ['metrics', 0, 'auc']

    Raises:
        PathError: It is no path.
    """
    rest = path.removeprefix("$")
    parts: list[str | int] = []
    at = 0
    while at < len(rest):
        token = _TOKEN.match(rest, at)
        if token is None:
            raise PathError(f"{path!r} cannot be read from {rest[at:]!r} on; allowed are a.b, a['b'] and a[0]")
        parts.append(int(token["index"]) if token["index"] else token["name"] or token["key"])
        at = token.end()
    if not parts:
        raise PathError(f"{path!r} names nothing")
    return parts


def follow(document: Any, path: str) -> Any:
    """What stands at a path.

    A name picks a key of a group, or the element of a list that has this name.

    Raises:
        PathError: There is nothing.
    """
    for part in parse(path):
        found = dict(_children(document))
        if part not in found:
            raise PathError(f"{path!r}: there is no {part!r}; there is {shorten(found) or 'nothing'}")
        document = found[part]
    return document


def _children(document: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(document, dict):
        yield from document.items()
    elif isinstance(document, list):
        yield from enumerate(document)
        for element in document:
            if isinstance(element, dict):
                yield from ((element[name], element) for name in _NAMES if isinstance(element.get(name), str))
