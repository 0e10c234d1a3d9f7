"""Tables, profiles and reports in an object store (a server of the test's own, no account)."""

import json
from collections.abc import Iterator

import boto3
import pytest

from segmentation_model.datasets.storage import Storage
from segmentation_model.drift_check import check as check_module
from tests.drift_check.months import DATE, REPORTS, Checked, Desk, month
from tests.object_store import object_store

BUCKET = "drift"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Address of the server."""
    with object_store() as variables:
        yield variables["AWS_ENDPOINT_URL"]


@pytest.fixture
def store(server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The server with an empty bucket, and credentials for it."""
    for name, value in (("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test"), ("DEFAULT_REGION", "us-east-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    bucket = boto3.resource("s3", endpoint_url=server).create_bucket(Bucket=BUCKET)
    yield server
    bucket.objects.all().delete()
    bucket.delete()


def put(store: str, name: str, path: str) -> str:
    boto3.client("s3", endpoint_url=store).upload_file(path, BUCKET, name)
    return f"s3://{BUCKET}/{name}"


def names(store: str) -> set[str]:
    found = boto3.client("s3", endpoint_url=store).list_objects_v2(Bucket=BUCKET)
    return {one["Key"] for one in found.get("Contents", [])}


def check(desk: Desk, store: str, reference: str, current: str, *options: str) -> Checked:
    """Both sides and the output in the store."""
    given = ["--reference-path", reference, "--current-path", current, "--execution-date", DATE]
    return desk.call([*given, "--output-path", f"s3://{BUCKET}/out", "--endpoint-url", store, "--json", *options])


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_both_sides_and_the_output_may_lie_there(desk: Desk, store: str, kind: str):
    june, july = desk.put(f"june.{kind}", month()), desk.put(f"july.{kind}", month(seed=2, shift=1))
    local = desk.check(june, july)
    checked = check(desk, store, put(store, f"raw/june.{kind}", june), put(store, f"raw/july.{kind}", july))
    assert checked.code == 0, checked.result.stderr
    assert {f"out/{name}" for name in REPORTS} <= names(store)
    assert json.loads(checked.result.stdout) == local.summary
    report = boto3.client("s3", endpoint_url=store).get_object(Bucket=BUCKET, Key="out/drift_report.json")
    assert json.loads(report["Body"].read()) == local.report


def test_profiles_may_lie_there(desk: Desk, store: str):
    june, july = desk.put("june.parquet", month()), desk.put("july.parquet", month(seed=2, shift=1))
    first = check(desk, store, june, july, "--profile-path", f"s3://{BUCKET}/profiles")
    assert "profiles/domestic/reference_profile.json" in names(store)
    checked = check(desk, store, f"s3://{BUCKET}/profiles", july)
    assert json.loads(checked.result.stdout)["max_psi"] == json.loads(first.result.stdout)["max_psi"]


def test_a_bucket_that_is_not_there_is_said(desk: Desk, store: str):
    july = desk.put("july.parquet", month(100))
    checked = desk.check("s3://nowhere/june.parquet", july, "--endpoint-url", store)
    assert checked.code == 3
    assert "s3://nowhere/june.parquet: there is no such bucket" in checked.message
    assert checked.complete()


def test_an_output_bucket_that_is_not_there_is_2_before_any_work(
    desk: Desk, store: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(check_module, "open_table", None)
    june = desk.put("june.parquet", month(100))
    given = ["--reference-path", june, "--current-path", june, "--execution-date", DATE, "--endpoint-url", store]
    checked = desk.call([*given, "--output-path", "s3://nowhere/out"])
    assert checked.code == 2
    assert checked.result.stderr == "Error: --output-path: s3://nowhere/out: there is no bucket 'nowhere'\n"


def test_no_credentials_is_said_with_what_to_do(desk: Desk, store: str, monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    Storage("s3://x").fs.clear_instance_cache()
    checked = desk.check(f"s3://{BUCKET}/june.parquet", desk.put("july.parquet", month(100)), "--endpoint-url", store)
    assert checked.code == 3
    assert "AWS" in checked.message
    assert "AWS_ACCESS_KEY_ID" in checked.message
    assert checked.complete()
    assert "Traceback" not in checked.result.stderr
