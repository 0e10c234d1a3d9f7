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
def empty_bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Start a server with one empty bucket and let the environment lead there, in this process and those it starts.

    Yields:
        The bucket, as boto3's resource.
    """
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "ENDPOINT_URL": f"http://{host}:{port}", "ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test",
        "DEFAULT_REGION": "us-east-1",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"AWS_{name}", value)
    S3FileSystem.clear_instance_cache()  # a file system of an earlier test keeps that test's server
    try:
        yield boto3.resource("s3").create_bucket(Bucket=BUCKET)
    finally:
        S3FileSystem.clear_instance_cache()
        server.stop()
