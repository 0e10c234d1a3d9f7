"""What MLflow keeps of a dataset as a file: from memory where that is cheap, else as it was saved."""

import json
from typing import Any

import pandas as pd


def is_plain(data: Any) -> bool:
    """Whether a file can be made of it in memory; else only its dataset knows how to write it."""
    return isinstance(data, dict | str | pd.DataFrame)


def as_bytes(data: Any) -> bytes:
    """Plain content as a file.

    >>> as_bytes("día").decode()
    'día'
    """
    if isinstance(data, dict):
        return json.dumps(data, indent=2, ensure_ascii=False).encode()
    return (data.to_csv(index=False) if isinstance(data, pd.DataFrame) else str(data)).encode()


def saved_bytes(dataset: Any) -> bytes:
    """The file that a dataset has saved, wherever it lies."""
    content: bytes = dataset._fs.cat_file(str(dataset._filepath))
    return content
