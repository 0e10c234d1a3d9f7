"""MLflow's local database: a file that MLflow makes on first use, in a folder that it does not make."""

from pathlib import Path

_SQLITE = "sqlite:///"


def make_folder_of(uri: str) -> None:
    """Make the folder of a local database; other addresses are left alone."""
    if uri.startswith(_SQLITE):
        Path(uri.removeprefix(_SQLITE)).parent.mkdir(parents=True, exist_ok=True)


def database_is_absent(uri: str) -> bool:
    """Whether the address is a local database that nobody has written to yet: asking MLflow would make it."""
    return uri.startswith(_SQLITE) and not Path(uri.removeprefix(_SQLITE)).exists()
