"""Which version of a library is at work."""

from importlib.metadata import PackageNotFoundError, version

#: The same module under another name on the package index: the container image has XGBoost without its GPU parts.
_ALSO_CALLED = {"xgboost": "xgboost-cpu"}


def library_version(name: str) -> str:
    """Version of an installed library.

    Args:
        name: Its usual name on the package index.

    Returns:
        The version, of whichever distribution brought the module.

    Raises:
        importlib.metadata.PackageNotFoundError: The library is not installed.
    """
    try:
        return version(name)
    except PackageNotFoundError:
        return version(_ALSO_CALLED.get(name, name))
