"""What MLflow keeps of a dataset as a file: from memory where that is cheap, else as it was saved."""

import json
from typing import Any

import pandas as pd
from matplotlib.figure import Figure


def is_plain(data: Any) -> bool:
    """Whether a file can be made of it in memory; else only its dataset knows how to write it: one file, or several.

    >>> is_plain({"rows": 3}), is_plain({"deciles": pd.DataFrame()}), is_plain(b"PNG")
    (True, False, False)
    """
    if isinstance(data, dict):
        return not any(isinstance(value, pd.DataFrame | Figure) for value in data.values())
    return isinstance(data, str | pd.DataFrame)


def as_bytes(data: Any) -> bytes:
    """Plain content as a file.

    >>> as_bytes("día").decode()
    'día'
    """
    if isinstance(data, dict):
        return json.dumps(data, indent=2, ensure_ascii=False).encode()
    return (data.to_csv(index=False) if isinstance(data, pd.DataFrame) else str(data)).encode()


def saved_files(dataset: Any) -> dict[str, bytes]:
    """What a dataset has saved, wherever it lies: content by path; of a folder, all files in it."""
    if hasattr(dataset, "files"):
        files: dict[str, bytes] = dataset.files()
        return files
    path = str(dataset._filepath)
    return {path: dataset._fs.cat_file(path)}
