"""Tables in an object store (a server of the test's own, no account), and every way not to get there."""

import os
import socket
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import boto3
import pandas as pd
import pyarrow.parquet as pq
import pytest
import s3fs
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from segmentation_model.drift_check.tables import source_table
from segmentation_model.drift_check.tables.source_table import open_table
from segmentation_model.errors import ConfigurationError, InputError

BUCKET = "tables"
SECRET = "dont-tell-anyone"
FRAME = pd.DataFrame({"x": [float(number) for number in range(500)], "zone": ["norte", "sur"] * 250})


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Address of a server with a bucket that has tables of both kinds."""
    started = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    address = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=address, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1"
    )
    client.create_bucket(Bucket=BUCKET)
    csv = FRAME.to_csv(index=False).encode()
    parquet = FRAME.to_parquet(index=False, row_group_size=100)
    for name, content in {
        "one.csv": csv,
        "one.parquet": parquet,
        "csv/month=1/a.csv": csv,
        "csv/month=2/b.csv": csv,
        "csv/": b"",
        "parquet/_SUCCESS": b"",
        "parquet/month=1/a.parquet": parquet,
        "parquet/month=2/b.parquet": parquet,
        "empty.csv": b"",
    }.items():
        client.put_object(Bucket=BUCKET, Key=name, Body=content)
    yield address
    started.stop()


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No account, no profile and no machine that has a role."""
    for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_CA_BUNDLE"]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "absent"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def stranger(endpoint: str) -> dict[str, object]:
    """Whoever the environment says; asked again each time."""
    return {"endpoint_url": endpoint, "skip_instance_cache": True}


def account(endpoint: str) -> dict[str, str]:
    return {"key": "AKIASOMEBODY", "secret": SECRET, "endpoint_url": endpoint}


def failure(address: str, fs_args: Mapping[str, object], error: type[Exception] = InputError) -> str:
    """What is said where a table cannot be opened; never a secret."""
    with pytest.raises(error) as caught:
        open_table(address, fs_args=fs_args)
    message = str(caught.value)
    assert message.startswith(address)
    assert SECRET not in message
    assert "AKIASOMEBODY" not in message
    assert "\n" not in message
    return message


@pytest.mark.parametrize("kind", ["csv", "parquet"])
class TestReading:
    def test_a_file(self, server: str, kind: str):
        table = open_table(f"s3://{BUCKET}/one.{kind}", fs_args=account(server))
        pd.testing.assert_frame_equal(table.read().astype({"zone": "str"}), FRAME)
        assert (table.address, table.rows) == (f"s3://{BUCKET}/one.{kind}", 500)

    def test_a_folder(self, server: str, kind: str):
        frame = open_table(f"s3://{BUCKET}/{kind}", fs_args=account(server)).read()
        both = pd.concat([FRAME.assign(month=1.0), FRAME.assign(month=2.0)], ignore_index=True)
        pd.testing.assert_frame_equal(frame.astype({"zone": "str"}), both)

    def test_slices(self, server: str, kind: str, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(source_table, "_BATCH_ROWS", 250)
        slices = list(open_table(f"s3://{BUCKET}/one.{kind}", fs_args=account(server)).batches(["x"]))
        assert [len(one) for one in slices] == [250, 250]
        pd.testing.assert_frame_equal(pd.concat(slices, ignore_index=True), FRAME[["x"]])

    def test_the_environment_names_account_and_server(self, server: str, kind: str, monkeypatch: pytest.MonkeyPatch):
        for name, value in (("ACCESS_KEY_ID", "a"), ("SECRET_ACCESS_KEY", "b"), ("ENDPOINT_URL", server)):
            monkeypatch.setenv(f"AWS_{name}", value)
        assert open_table(f"s3://{BUCKET}/one.{kind}", fs_args={"skip_instance_cache": True}).rows == 500


def test_only_the_row_groups_of_a_slice_are_in_memory(server: str, monkeypatch: pytest.MonkeyPatch):
    """A store is asked for as many row groups at once as make a slice, and for no more."""
    monkeypatch.setattr(source_table, "_BATCH_ROWS", 200)
    asked: list[list[int]] = []
    original = pq.ParquetFile.iter_batches

    def listen(self: pq.ParquetFile, *arguments: object, row_groups: list[int], **others: object) -> object:
        asked.append(row_groups)
        return original(self, *arguments, row_groups=row_groups, **others)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", listen)
    table = open_table(f"s3://{BUCKET}/one.parquet", fs_args=account(server))
    assert sum(len(one) for one in table.batches()) == 500
    assert asked == [[0, 1], [2, 3], [4]]


class TestNotReading:
    def test_no_credentials(self, server: str):
        message = failure(f"s3://{BUCKET}/one.csv", stranger(server))
        assert "no AWS credentials were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID" in message

    def test_half_of_the_credentials(self, server: str, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIASOMEBODY")
        assert "the AWS credentials are incomplete; set" in failure(f"s3://{BUCKET}/x", stranger(server))

    def test_an_unknown_profile(self, server: str):
        message = failure(f"s3://{BUCKET}/x", {**stranger(server), "profile": "nobody"})
        assert "the AWS profile is not configured" in message

    @pytest.mark.parametrize("place", ["one.csv", "csv"])
    def test_an_account_that_the_store_does_not_know(self, server: str, place: str):
        def authenticate(after: str) -> None:
            kind = {"Content-Type": "text/plain"}
            urllib.request.urlopen(urllib.request.Request(f"{server}/moto-api/reset-auth", after.encode(), kind))

        authenticate("0")
        try:
            message = failure(f"s3://{BUCKET}/{place}", account(server))
        finally:
            authenticate("inf")
        assert "no permission to read it, or it is not there; the credentials need s3:ListBucket" in message

    def test_an_unknown_bucket(self, server: str):
        message = failure("s3://nobodys-tables/x.csv", account(server))
        assert "there is no such bucket; check its name, the region and the endpoint" in message

    def test_no_valid_bucket(self, server: str):
        assert "no valid name of a bucket" in failure("s3://no bucket!/x.csv", account(server))

    @pytest.mark.parametrize("place", ["absent.csv", "absent/", "cs"])
    def test_nothing_there(self, server: str, place: str):
        message = failure(f"s3://{BUCKET}/{place}", account(server), ConfigurationError)
        assert "there is no such file or folder; a Parquet or CSV file" in message

    def test_a_bucket_as_a_folder_that_is_not_there(self, server: str):
        message = failure("s3://nobodys-tables", account(server), ConfigurationError)
        assert "there is no such file or folder; a Parquet or CSV file" in message

    def test_an_answer_that_nobody_foresaw(self, server: str, monkeypatch: pytest.MonkeyPatch):
        async def fail(*_: object, **__: object) -> None:
            raise ClientError({"Error": {"Code": "Strange", "Message": SECRET}}, "HeadObject")

        monkeypatch.setattr(s3fs.S3FileSystem, "_call_s3", fail)
        message = failure(f"s3://{BUCKET}/one.csv", account(server))
        assert message.endswith(
            ": the server did not do what was asked; check the address, the region and the permissions"
        )

    def test_an_empty_object(self, server: str):
        assert "the file is empty" in failure(f"s3://{BUCKET}/empty.csv", account(server))

    @pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
    def test_no_connection(self, host: str):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        message = failure(f"s3://{BUCKET}/one.csv", account(f"http://{host}:{port}"))
        assert "no connection; check the network, the proxy, the region and the endpoint" in message

    def test_a_connection_that_breaks_while_a_table_is_read(self, server: str, monkeypatch: pytest.MonkeyPatch):
        table = open_table(f"s3://{BUCKET}/one.parquet", fs_args=account(server))

        class EndpointConnectionError(Exception):
            """Named like botocore's."""

        def fail(*_: object, **__: object) -> bytes:
            raise EndpointConnectionError(f"http://{SECRET}@host")

        monkeypatch.setattr(s3fs.S3File, "_fetch_range", fail)
        with pytest.raises(InputError, match=r"one\.parquet: no connection; check the network") as caught:
            table.read()
        assert SECRET not in str(caught.value)
