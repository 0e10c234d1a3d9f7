"""A configuration in an object store: as an archive or as a folder, and every way in which it can be absent."""

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segmentation_model.config_loader import ConfigLoader
from segmentation_model.errors import ConfigurationError
from segmentation_model.logging.configuration import environment_logging
from segmentation_model.settings import CONFIG_LOADER_ARGS
from tests.object_store import BUCKET, empty_bucket
from tests.project_run import PROJECT

SOURCES = ["folder", "archive", "address of a folder", "address of an archive"]
LOGGING = "version: 1\nloggers: {segmentation_model: {level: DEBUG}}\n"


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    """The project's configuration as ``kedro package`` packs it, with logging of dev's own."""
    packed: Path = tmp_path_factory.mktemp("packed") / "conf.tar.gz"
    own = packed.with_name("logging.yml")
    own.write_text(LOGGING)
    with tarfile.open(packed, "w:gz") as opened:
        opened.add(PROJECT / "conf", arcname="conf-segmentation_model")
        opened.add(own, arcname="conf-segmentation_model/dev/logging.yml")
    return packed


@pytest.fixture
def bucket(monkeypatch) -> Iterator[Any]:
    with empty_bucket(monkeypatch) as made:
        yield made


@pytest.fixture(params=SOURCES)
def source(request, archive, bucket, tmp_path) -> str:
    """The same configuration in every form."""
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    folder = tmp_path / "conf-segmentation_model"
    if request.param == "folder":
        return str(folder)
    if request.param == "archive":
        return str(archive)
    if request.param == "address of an archive":
        bucket.upload_file(str(archive), "packed/conf.tar.gz")
        return f"s3://{BUCKET}/packed/conf.tar.gz"
    for file in folder.rglob("*.yml"):
        bucket.upload_file(str(file), f"conf/{file.relative_to(folder)}")
    return f"s3://{BUCKET}/conf/"


def loaded(source: str, env: str | None = "dev") -> ConfigLoader:
    return ConfigLoader(source, env, **CONFIG_LOADER_ARGS)


def refused(source: str) -> str:
    with pytest.raises(ConfigurationError, match=r"^--conf-source: s3://") as caught:
        loaded(source)
    assert caught.value.exit_code == 2
    assert "\n" not in caught.value.message
    return caught.value.message


def test_every_form_gives_the_same(source):
    found, expected = loaded(source), loaded(str(PROJECT / "conf"))
    assert found["globals"]["root"] == "data/dev"
    for kind in ("globals", "parameters", "catalog", "mlflow"):
        assert found[kind] == expected[kind]
    assert environment_logging(found)["loggers"]["segmentation_model"] == {"level": "DEBUG"}


def test_an_unknown_environment_is_named_with_those_that_are_there(source):
    with pytest.raises(
        ConfigurationError,
        match=r"^environment 'prd': there is no such folder in conf; there are 'base', 'dev', 'prod'",
    ):
        loaded(source, "prd")


@pytest.mark.parametrize("name", ["nothing/", "nothing.tar.gz"])
def test_an_address_where_nothing_is(bucket, name):
    assert "there is no such file or folder; a folder with base/ in it is needed" in refused(f"s3://{BUCKET}/{name}")


@pytest.mark.parametrize("name", ["conf/", "conf.tar.gz"])
def test_no_such_bucket(bucket, name):
    assert "there is no such bucket" in refused(f"s3://no-such-bucket/{name}")


@pytest.mark.parametrize("name", ["conf/", "conf.tar.gz"])
def test_no_credentials(bucket, name, monkeypatch, tmp_path):
    for variable in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"):
        monkeypatch.delenv(f"AWS_{variable}")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for variable in ("CONFIG_FILE", "SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(f"AWS_{variable}", str(tmp_path / "none"))
    assert "no AWS credentials were found; set AWS_PROFILE, or" in refused(f"s3://{BUCKET}/{name}")


def test_what_is_no_archive(bucket):
    bucket.put_object(Key="conf.tar.gz", Body=b"no archive")
    assert "cannot be read" in refused(f"s3://{BUCKET}/conf.tar.gz")


def test_a_damaged_archive(bucket, archive):
    bucket.put_object(Key="conf.tar.gz", Body=archive.read_bytes()[:2_000])
    assert "damaged" in refused(f"s3://{BUCKET}/conf.tar.gz")
