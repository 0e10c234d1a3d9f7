"""Configuration that cannot be read ends with one line that says where and why."""

import tarfile
import zipfile
from pathlib import Path

import pytest

from segmentation_model.config_loader import ConfigLoader
from segmentation_model.errors import ConfigurationError
from segmentation_model.settings import CONFIG_LOADER_ARGS


def loader(folder: Path, **files: str) -> ConfigLoader:
    for name, text in files.items():
        path = folder / "base" / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return ConfigLoader(conf_source=str(folder), **CONFIG_LOADER_ARGS)


def test_a_variable_that_is_not_set_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("NOT_SET_HERE", raising=False)
    with pytest.raises(ConfigurationError, match=r"^configuration of 'base', globals: .*'NOT_SET_HERE' not found"):
        loader(tmp_path, globals="root: ${oc.env:NOT_SET_HERE}")


def test_a_variable_that_is_set_is_read(tmp_path, monkeypatch):
    monkeypatch.setenv("SET_HERE", "/somewhere")
    assert loader(tmp_path, globals="root: ${oc.env:SET_HERE}")["globals"] == {"root": "/somewhere"}


@pytest.mark.parametrize(("given", "found"), [("null", "b"), ('""', "b"), ("a", "a")])
def test_the_first_value_that_is_given_is_taken(tmp_path, given, found):
    used = loader(
        tmp_path, globals=f"a: {given}", parameters="x: ${first_set:${globals:a},b}\ny: ${is_unset:${globals:a}}"
    )
    assert used["parameters"] == {"x": found, "y": found == "b"}


@pytest.mark.parametrize(
    ("root", "given", "place"),
    [
        ("s3://bucket/segmentation/", {}, "s3://bucket/segmentation/01_raw"),
        ("elsewhere", {"root": "s3://bucket/segmentation//"}, "s3://bucket/segmentation/01_raw"),
        ("/", {}, "//01_raw"),
        ("data", {}, "data/01_raw"),
    ],
)
def test_a_root_may_end_with_a_slash(tmp_path, root, given, place):
    loader(tmp_path, globals=f"root: {root}", parameters="x: ${runtime_params:root,${globals:root}}/01_raw")
    used = ConfigLoader(conf_source=str(tmp_path), runtime_params=given, **CONFIG_LOADER_ARGS)
    assert used["parameters"]["x"] == place


def test_a_file_that_is_no_yaml_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match=r"parameters\.yml"):
        loader(tmp_path, globals="a: 1", parameters="x: [1")["parameters"]


def test_a_folder_without_any_environment_says_so(tmp_path):
    with pytest.raises(ConfigurationError, match="environment 'base': there is no such folder in conf; there is no"):
        ConfigLoader(conf_source=str(tmp_path), **CONFIG_LOADER_ARGS)


def test_an_environment_that_is_not_there_is_named_with_those_that_are(tmp_path):
    (tmp_path / "prod").mkdir()
    with pytest.raises(
        ConfigurationError, match="environment 'prd': there is no such folder in conf; there are 'prod'"
    ):
        ConfigLoader(conf_source=str(tmp_path), env="prd", **CONFIG_LOADER_ARGS)


@pytest.mark.parametrize("mode", ["tar.gz", "zip"])
def test_an_empty_archive_is_refused(tmp_path, mode):
    archive = tmp_path / f"conf.{mode}"
    tarfile.open(archive, "w:gz").close() if mode == "tar.gz" else zipfile.ZipFile(archive, "w").close()
    with pytest.raises(ConfigurationError, match=rf"^--conf-source: .*conf\.{mode}: empty; a folder with base/ in it"):
        ConfigLoader(conf_source=str(archive), **CONFIG_LOADER_ARGS)
