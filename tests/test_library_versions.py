"""Which version of a library is at work."""

from importlib.metadata import PackageNotFoundError, version

import pytest

from segmentation_model import library_versions
from segmentation_model.library_versions import library_version


def test_is_that_of_the_distribution():
    assert library_version("numpy") == version("numpy")


def test_of_xgboost_is_that_of_xgboost_without_gpu_where_only_this_is_installed(monkeypatch):
    def installed(name: str) -> str:
        if name != "xgboost-cpu":
            raise PackageNotFoundError(name)
        return "3.2.0"

    monkeypatch.setattr(library_versions, "version", installed)
    assert library_version("xgboost") == "3.2.0"


def test_of_what_is_not_installed_is_an_error():
    with pytest.raises(PackageNotFoundError, match="no-such-library"):
        library_version("no-such-library")
