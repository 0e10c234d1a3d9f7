"""MLflow's address, as it may be shown."""

import re

_USER = re.compile(r"(?<=://)[^/\s]+@")


def without_password(text: str) -> str:
    """An address, or a message with addresses in it, without users and passwords.

    >>> without_password("GET https://user:secret@mlflow.example/x failed")
    'GET https://mlflow.example/x failed'
    >>> without_password("sqlite:///data/mlflow.db")
    'sqlite:///data/mlflow.db'
    """
    return _USER.sub("", text)
