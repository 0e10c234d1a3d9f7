"""An S3 server of the test's own, for code that finds it as it finds AWS: by the variables of the environment."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem

BUCKET = "job"


@contextmanager
def object_store() -> Iterator[dict[str, str]]:
    """Start a server; it stands in for all of AWS that moto knows.

    Yields:
        The variables of the environment that lead there.
    """
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
    finally:
        server.stop()


@contextmanager
def empty_bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Start a server with one empty bucket and let the environment lead there, in this process and those it starts.

    Yields:
        The bucket, as boto3's resource.
    """
    with object_store() as variables:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        S3FileSystem.clear_instance_cache()  # a file system of an earlier test keeps that test's server
        try:
            yield boto3.resource("s3").create_bucket(Bucket=BUCKET)
        finally:
            S3FileSystem.clear_instance_cache()
