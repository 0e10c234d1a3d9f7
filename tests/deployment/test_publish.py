"""``.ci/publish``, with stand-ins for the registry and for what copies images: what gets a tag, and when."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
REPOSITORY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/segmentation-dev"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
MANIFEST = "the manifest"
DIGEST = "sha256:" + hashlib.sha256(MANIFEST.encode()).hexdigest()
TAGGED = f"docker://{REPOSITORY}:{COMMIT}"
ATTESTED = f"docker://{REPOSITORY}:{DIGEST.replace(':', '-')}.attested"

SKOPEO = f"""
for last; do :; done
if [[ $last == dir:* ]]; then printf '{MANIFEST}' > "${{last#dir:}}/manifest.json"; fi
"""
AWS = """
case "$2" in
    describe-images) [[ -e there ]] ;;
    describe-image-scan-findings)
        [[ -e asked ]] || { touch asked; exit 254; }
        cat findings ;;
    wait) [[ ! -e unscanned ]] || { echo "Waiter ImageScanComplete failed" >&2; exit 255; } ;;
esac
"""


@dataclass(frozen=True)
class Registry:
    """A folder with the stand-ins, what they are to answer and what they were asked."""

    folder: Path

    def publish(self) -> subprocess.CompletedProcess[str]:
        project = self.folder / "project"
        script = [str(project / ".ci" / "publish"), str(project / "image.tar"), REPOSITORY, COMMIT]
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        environment = {"PATH": path, "SCAN_POLL_SECONDS": "0"}
        return subprocess.run(script, env=environment, capture_output=True, text=True, timeout=60, check=False)

    def accept(self, text: str) -> None:
        (self.folder / "project" / "deployment" / "docker" / "accepted-vulnerabilities.txt").write_text(text)

    def answer(self, name: str, text: str = "") -> None:
        (self.folder / "project" / name).write_text(text)

    @property
    def pushed(self) -> list[str]:
        """Where to images went, in order."""
        lines = (self.folder / "skopeo.log").read_text().splitlines() if (self.folder / "skopeo.log").exists() else []
        return [line.split()[-1] for line in lines if "docker://" in line]


@pytest.fixture
def registry(tmp_path) -> Registry:
    made = Registry(tmp_path)
    for name in (".ci/publish", "deployment/docker/accepted-vulnerabilities.txt"):
        copy = tmp_path / "project" / name
        copy.parent.mkdir(parents=True)
        shutil.copy(PROJECT / name, copy)
    (tmp_path / "bin").mkdir()
    for name, body in (("skopeo", SKOPEO), ("aws", AWS)):
        program = tmp_path / "bin" / name
        program.write_text(f'#!/usr/bin/env bash\necho "$*" >> {tmp_path}/{name}.log\n{body}')
        program.chmod(0o755)
    made.answer("findings", "None\n")
    return made


def test_the_commit_is_the_last_tag_and_all_have_what_was_scanned(registry):
    result = registry.publish()
    assert result.returncode == 0, result.stderr
    assert registry.pushed == [f"docker://{REPOSITORY}@{DIGEST}", ATTESTED, TAGGED]
    assert result.stdout == f"{REPOSITORY}:{COMMIT} is {DIGEST}.\n"
    asked = (registry.folder / "aws.log").read_text()
    assert f"wait image-scan-complete --repository-name segmentation-dev --image-id imageDigest={DIGEST}" in asked


def test_the_image_gets_the_manifest_that_sagemaker_reads(registry):
    registry.publish()
    first = (registry.folder / "skopeo.log").read_text().splitlines()[0]
    assert "--format v2s2 oci-archive:" in first


def test_an_image_with_a_serious_finding_gets_no_tag(registry):
    registry.answer("findings", "CVE-2030-1\tHIGH\thttps://cve\nCVE-2030-2\tCRITICAL\thttps://cve\n")
    registry.accept("CVE-2030-2  # not called\n")
    result = registry.publish()
    assert result.returncode == 1
    assert result.stderr.startswith(f"CVE-2030-1\tHIGH\thttps://cve\n{DIGEST} gets no tag.")
    assert registry.pushed == [f"docker://{REPOSITORY}@{DIGEST}"]


def test_an_accepted_finding_is_no_reason(registry):
    registry.answer("findings", "CVE-2030-1\tHIGH\thttps://cve\n")
    registry.accept("# reasons\nCVE-2030-1  # not called; look again in 2030-06\n")
    assert registry.publish().returncode == 0


def test_accepting_one_accepts_no_other_that_begins_alike(registry):
    registry.answer("findings", "CVE-2030-12\tHIGH\thttps://cve\n")
    registry.accept("CVE-2030-1\n")
    assert registry.publish().returncode == 1


def test_an_image_that_cannot_be_scanned_gets_no_tag(registry):
    registry.answer("unscanned")
    result = registry.publish()
    assert result.returncode == 255
    assert "Waiter ImageScanComplete failed" in result.stderr
    assert registry.pushed == [f"docker://{REPOSITORY}@{DIGEST}"]


def test_a_commit_that_is_there_is_left_alone(registry):
    registry.answer("there")
    result = registry.publish()
    assert result.returncode == 0
    assert result.stdout == f"{REPOSITORY}:{COMMIT} is there already: tags don't move.\n"
    assert registry.pushed == []


def test_every_accepted_finding_has_a_reason():
    text = (PROJECT / "deployment" / "docker" / "accepted-vulnerabilities.txt").read_text()
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not line.partition("#")[2].strip()] == []
