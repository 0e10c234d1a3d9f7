"""Which images ECR deletes by a lifecycle policy: an evaluator of our own, by the rules that AWS writes down.

Rules go by priority, the lowest number first. An image that a rule selects is never expired by a later one, whether or
not this one expires it. An image whose tags match all patterns of a rule is selected by it. Counted is from the newest
push. What an index refers to goes with the index only.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True)
class Image:
    """An image or an index in a repository.

    Attributes:
        digest: Its name without tag.
        pushed: When it came.
        tags: What points to it.
        parts: Digests that it refers to, if it is an index.
    """

    digest: str
    pushed: datetime
    tags: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


def kept(policy: Mapping[str, Any], images: Iterable[Image], now: datetime) -> list[Image]:
    """What is left once the policy has been applied, the newest first."""
    there = sorted(images, key=lambda image: image.pushed, reverse=True)
    while True:
        expired = _expired(policy, there, now)
        held = {part for image in there for part in image.parts}
        left = [image for image in there if image.digest not in expired or image.digest in held]
        if left == there:
            return left
        there = left


def _expired(policy: Mapping[str, Any], images: list[Image], now: datetime) -> set[str]:
    expired: set[str] = set()
    free = images
    for rule in sorted(policy["rules"], key=lambda rule: rule["rulePriority"]):
        selection = rule["selection"]
        selected = [image for image in free if _selects(selection, image)]
        free = [image for image in free if image not in selected]
        number = selection["countNumber"]
        if selection["countType"] == "imageCountMoreThan":
            expired |= {image.digest for image in selected[number:]}
        else:
            assert (selection["countType"], selection["countUnit"]) == ("sinceImagePushed", "days")
            expired |= {image.digest for image in selected if image.pushed < now - timedelta(days=number)}
    return expired


def _selects(selection: Mapping[str, Any], image: Image) -> bool:
    if selection["tagStatus"] == "untagged":
        return not image.tags
    if selection["tagStatus"] == "any":
        return True
    patterns = [re.escape(pattern).replace(r"\*", ".*") for pattern in selection["tagPatternList"]]
    return bool(image.tags) and all(any(re.fullmatch(pattern, tag) for tag in image.tags) for pattern in patterns)
