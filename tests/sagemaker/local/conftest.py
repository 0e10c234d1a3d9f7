"""An object store of the tests' own, with an empty bucket for each."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from segmentation_model.sagemaker.local import run
from segmentation_model.sagemaker.local.object_store import ObjectStore
from tests.object_store import object_store
from tests.sagemaker.local.bench import BUCKET, Bench, make_bench


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of the server."""
    with object_store() as variables:
        yield variables["AWS_ENDPOINT_URL"]


@pytest.fixture(scope="session")
def store() -> ObjectStore:
    """One connection for all tests of this process: to open it takes as long as to run a step."""
    return ObjectStore()


@pytest.fixture
def bench(server: str, store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A bench whose store everything finds by the environment."""
    given = {
        "ACCESS_KEY_ID": "test",
        "SECRET_ACCESS_KEY": "test",
        "DEFAULT_REGION": "us-east-1",
        "ENDPOINT_URL": server,
    }
    for name, value in given.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    bucket = boto3.resource("s3", endpoint_url=server).create_bucket(Bucket=BUCKET)
    monkeypatch.setattr(run, "ObjectStore", lambda: store)
    yield make_bench(tmp_path, server)
    bucket.objects.all().delete()
    bucket.delete()
