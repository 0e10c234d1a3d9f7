"""The state in a bucket: each environment has its own, and who holds it keeps others out."""

import json
import os

import pytest

from tests.deployment.terraform import ENVIRONMENTS, Terraform, missing
from tests.object_store import BUCKET, empty_bucket

pytestmark = pytest.mark.slow
LOCK = {
    "ID": "11111111-2222-3333-4444-555555555555",
    "Operation": "OperationTypeApply",
    "Who": "somebody@elsewhere",
    "Version": "1.11.0",
    "Created": "2026-11-26T00:00:00Z",
}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_plan_while_somebody_applies_is_refused_and_says_who_does(environment, tmp_path, monkeypatch):
    lacking = missing()
    if lacking:
        pytest.skip(lacking)
    key = f"segmentation/{environment}/terraform.tfstate"
    with empty_bucket(monkeypatch) as bucket:
        access = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        backend = (f"environments/{environment}.s3.tfbackend", f"bucket={BUCKET}", "region=us-east-1")
        words = tuple(f"-backend-config={word}" for word in backend)
        terraform = Terraform.initialise(tmp_path, backend=words, access=access)
        bucket.put_object(Key=f"{key}.tflock", Body=json.dumps(LOCK).encode())
        done = terraform.run("plan", "-input=false", f"-var-file=environments/{environment}.tfvars")
        assert key not in [found.key for found in bucket.objects.all()]
    assert done.returncode == 1
    assert "Error acquiring the state lock" in done.stderr
    assert "somebody@elsewhere" in done.stderr
