"""The state in a bucket: who holds it keeps others out. Which environment has which, ``test_terraform.py`` looks at."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.deployment.applied import STATE, access, client, served
from tests.deployment.terraform import FOLDER, Terraform, missing

pytestmark = pytest.mark.slow
LOCK = "segmentation/dev/terraform.tfstate.tflock"
VALUES = ("-var-file=environments/dev.tfvars", "-var=max_retries=1")
PATIENCE = 300  # seconds


@pytest.fixture
def endpoint(tmp_path) -> Iterator[str]:
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    with served(tmp_path / "calls.jsonl") as address:
        place = {"LocationConstraint": "eu-west-1"}
        client(address, "s3").create_bucket(Bucket=STATE, CreateBucketConfiguration=place)
        yield address


def keys(endpoint: str) -> list[str]:
    return [found["Key"] for found in client(endpoint, "s3").list_objects_v2(Bucket=STATE).get("Contents", [])]


def terraform(work: Path, endpoint: str) -> Terraform:
    work.mkdir()
    backend = ("-backend-config=environments/dev.s3.tfbackend", f"-backend-config=bucket={STATE}")
    return Terraform.initialise(work, backend=backend, access=access(endpoint, "person"))


def test_a_plan_while_somebody_applies_is_refused_and_says_who_does(endpoint, tmp_path):
    made = terraform(tmp_path / "one", endpoint)
    command = ["terraform", f"-chdir={FOLDER}", "apply", *VALUES]
    with subprocess.Popen(
        command, env=made.variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as applying:  # until somebody says yes
        assert applying.stdin is not None
        deadline = time.monotonic() + PATIENCE
        while LOCK not in keys(endpoint):
            assert applying.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
        holder = json.loads(client(endpoint, "s3").get_object(Bucket=STATE, Key=LOCK)["Body"].read())
        other = terraform(tmp_path / "other", endpoint)
        refused = other.run("plan", "-input=false", *VALUES)
        applying.communicate("no\n", timeout=PATIENCE)
    assert refused.returncode == 1
    assert "Error acquiring the state lock" in refused.stderr
    assert holder["Who"] in refused.stderr
    assert holder["Operation"] == "OperationTypeApply"
    with pytest.raises(ClientError, match="404"):
        client(endpoint, "s3").head_object(Bucket=STATE, Key=LOCK)
