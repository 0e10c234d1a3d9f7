"""What the catalog says of MLflow: which entries go there, whose they are, and what they are called there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from kedro.io import DataCatalog
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from segmentation_model.columns.layout import TARIFFS
from segmentation_model.errors import ConfigurationError
from segmentation_model.faults import explain

_LAYER = re.compile(r"\d\d_\w+")


class _Wanted(BaseModel):
    """``metadata: {mlflow: …}`` of an entry; ``[metrics, artifact]`` is short for both with the usual names."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    metrics: str | bool = Field(False, description="The numbers in it; text: what their names begin with instead.")
    artifact: bool = Field(False, description="Its content, as a file.")
    only: tuple[str, ...] | None = Field(None, description="Keys of the content whose numbers are wanted; null: all.")

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, value: Any) -> Any:
        if isinstance(value, list):
            return dict.fromkeys(value, True)
        if isinstance(value, dict) and isinstance(value.get("only"), list):
            return {**value, "only": tuple(value["only"])}
        return value


@dataclass(frozen=True)
class Entry:
    """An entry of the catalog that is tracked.

    Attributes:
        tariff: Whose it is; None: the portfolio's.
        prefix: What the names of its numbers begin with; None: its numbers are not wanted.
        only: Keys of the content whose numbers are wanted; None: all.
        path: Where its content lies, if it is wanted as a file; several lie in a folder, this. None: not wanted.
    """

    tariff: str | None
    prefix: str | None
    only: tuple[str, ...] | None
    path: str | None


def tracked_entry(catalog: DataCatalog, name: str) -> Entry | None:
    """What is wanted of an entry; None: nothing.

    Raises:
        ConfigurationError: Its metadata asks for something that there is not.
    """
    dataset: Any = catalog.get(name)
    said = (getattr(dataset, "metadata", None) or {}).get("mlflow")
    if not said:
        return None
    try:
        wanted = _Wanted.model_validate(said)
    except ValidationError as error:
        faults = "; ".join(explain(fault, _Wanted) for fault in error.errors(include_url=False))
        raise ConfigurationError(f"catalog: {name}: metadata.mlflow: {faults}") from None
    tariff = tariff_of(name)
    prefix = wanted.metrics if isinstance(wanted.metrics, str) else without_tariff(name) if wanted.metrics else None
    path = str(dataset._describe()["filepath"]) if wanted.artifact else None
    return Entry(tariff, prefix, wanted.only, path)


def tariff_of(name: str) -> str | None:
    """The tariff that the name of a dataset, a file or a namespace ends with.

    >>> tariff_of("evaluation_domestic"), tariff_of("modeling.industrial"), tariff_of("run_summary")
    ('Domestic', 'Industrial', None)
    """
    last = re.split(r"[._]", name)[-1].lower()
    return next((tariff for tariff in TARIFFS if tariff.lower() == last), None)


def without_tariff(name: str) -> str:
    """The name of a dataset or a file without the tariff that it ends with; nothing is left of a tariff's own name.

    >>> without_tariff("evaluation_domestic"), without_tariff("domestic")
    ('evaluation', '')
    """
    tariff = tariff_of(name)
    return name if tariff is None else name[: -len(tariff) - 1]


def place_of(path: str) -> str:
    """A file's place among the files of its run: as below its layer, without the tariff's name.

    >>> place_of("/data/08_reporting/figures/domestic/roc_curve_domestic.png")
    'figures/roc_curve.png'
    """
    whole = PurePosixPath(path)
    layers = [number for number, part in enumerate(whole.parts[:-1]) if _LAYER.fullmatch(part)]
    folders = whole.parts[layers[-1] + 1 : -1] if layers else ()
    name = f"{without_tariff(whole.stem)}{whole.suffix}"
    return str(PurePosixPath(*(folder for folder in folders if without_tariff(folder)), name))
