"""Which images stay in the registry: those of the last ten commits, with what is attested of them."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.deployment.lifecycle import Image, kept
from tests.deployment.terraform import FOLDER

POLICY = json.loads((FOLDER / "modules" / "registry" / "lifecycle.json").read_text())
NOW = datetime(2026, 12, 1, tzinfo=UTC)


def pushed(commit: int, *, refused: bool = False) -> list[Image]:
    """What ``.ci/publish`` leaves of a commit, newer for a higher one: image, index of what is attested, its parts."""
    at = NOW - timedelta(days=100 - commit)
    digest = f"sha256:{commit:064x}"
    if refused:
        return [Image(digest, at)]
    later = at + timedelta(minutes=5)
    parts = (f"sha256:parts-{commit}-image", f"sha256:parts-{commit}-provenance")
    index = Image(f"sha256:index-{commit}", later, (f"{digest.replace(':', '-')}.attested",), parts)
    return [Image(digest, at, (f"{commit:040x}",)), index, *(Image(part, later) for part in parts)]


def left(images: list[Image], policy: dict[str, Any] = POLICY) -> set[str]:
    mixed = random.Random(7).sample(images, len(images))
    return {image.digest for image in kept(policy, mixed, NOW)}


def digests(images: list[Image]) -> set[str]:
    return {image.digest for image in images}


def test_the_last_ten_commits_keep_their_image_and_what_is_attested_of_it():
    images = [image for commit in range(1, 26) for image in pushed(commit)]
    assert left(images) == digests([image for commit in range(16, 26) for image in pushed(commit)])


def test_ten_commits_and_fewer_lose_nothing():
    images = [image for commit in range(1, 11) for image in pushed(commit)]
    assert left(images) == digests(images)


def test_what_a_scan_refused_takes_no_commit_s_place_and_is_gone_after_a_week():
    images = [image for commit in range(80, 91) for image in pushed(commit)]
    old, new = pushed(92, refused=True), pushed(95, refused=True)
    assert left([*images, *old, *new]) == digests([*images, *new]) - digests(pushed(80))


def test_the_oldest_image_stays_however_old_it_is():
    assert left(pushed(-4000)) == digests(pushed(-4000))


def test_counted_together_attestations_would_take_the_place_of_images():
    selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10}
    together = {"rules": [{"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}]}
    images = [image for commit in range(1, 11) for image in pushed(commit)]
    assert len(left(images, together) & {f"sha256:{commit:064x}" for commit in range(1, 11)}) < 10


class TestThePolicy:
    def test_is_one_that_ecr_takes(self):
        priorities = [rule["rulePriority"] for rule in POLICY["rules"]]
        assert priorities == sorted(set(priorities))
        for rule in POLICY["rules"]:
            assert set(rule) == {"rulePriority", "description", "selection", "action"}
            assert len(rule["description"]) <= 256
            assert rule["action"] == {"type": "expire"}
            patterns = rule["selection"].get("tagPatternList")
            assert (patterns is None) == (rule["selection"]["tagStatus"] == "untagged")
            assert all(pattern.count("*") <= 4 for pattern in patterns or [])

    def test_knows_attestations_by_the_tag_that_publish_gives_them(self):
        assert POLICY["rules"][0]["selection"]["tagPatternList"] == ["sha256-*.attested"]
        script = (FOLDER.parents[1] / ".ci" / "publish").read_text()
        assert '"docker://$repository:${digest/:/-}.attested"' in script
