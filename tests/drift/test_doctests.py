"""The examples in the docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import segmentation_model.drift as package

MODULES = [module.name for module in pkgutil.iter_modules(package.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name: str) -> None:
    module = importlib.import_module(f"{package.__name__}.{name}")
    assert doctest.testmod(module, optionflags=doctest.ELLIPSIS).failed == 0


def test_there_are_examples() -> None:
    modules = [importlib.import_module(f"{package.__name__}.{name}") for name in MODULES]
    assert sum(doctest.testmod(module, optionflags=doctest.ELLIPSIS).attempted for module in modules) > 15
