"""The folder that MLflow keeps of a model: our artifact, the code that reads it, signature, example, requirements."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

import segmentation_model
from segmentation_model.datasets.folders import write_folder
from segmentation_model.datasets.storage import Storage
from segmentation_model.drift.reference.column_profile import CategoricalProfile, ColumnProfile
from segmentation_model.library_versions import library_version
from segmentation_model.model.artifact import ModelArtifact

if TYPE_CHECKING:
    from mlflow.models import Model, ModelSignature

#: Where the artifact's files lie in MLflow's folder.
ARTIFACT_FOLDER = "artifacts/model"
_PACKAGE = Path(segmentation_model.__file__).parent
#: The part of the package that scores with an artifact, and so what a served model needs of it.
_CODE = ("__init__.py", "errors.py", "columns", "model", "drift/__init__.py", "drift/settings.py", "drift/reference")
#: What that part imports.
_LIBRARIES = ("click", "mlflow", "numpy", "pandas", "pyarrow", "pydantic", "scikit-learn", "scipy", "xgboost")


def write_served_folder(artifact: ModelArtifact, folder: Path, about: Model) -> None:
    """Write a model so that plain MLflow loads and serves it; no pickle is among the files.

    Args:
        artifact: An artifact with a model.
        folder: Where to; it is made.
        about: What MLflow knows of the model; completed here.
    """
    import mlflow.pyfunc

    beside = folder.with_name(f"{folder.name}-parts")
    write_folder(Storage(str(beside / "model")), artifact.files)
    with warnings.catch_warnings():
        # MLflow 3 compares a frame's columns with a range, which pandas 4 will read differently.
        warnings.filterwarnings("ignore", "Operation with range is deprecated")
        mlflow.pyfunc.save_model(
            path=str(folder),
            mlflow_model=about,
            python_model=str(_PACKAGE / "registry" / "served_model.py"),
            artifacts={"model": str(beside / "model")},
            code_paths=[str(_copy_code(beside))],
            signature=_signature(artifact),
            input_example=typical_row(artifact),
            pip_requirements=[f"{library}=={library_version(library)}" for library in _LIBRARIES],
        )


def typical_row(artifact: ModelArtifact) -> pd.DataFrame:
    """A row that shows what the model wants: of each feature the median or the most frequent value in training.

    It is put together feature by feature from the reference profile, and is no customer's row.

    Args:
        artifact: An artifact with a model.

    Returns:
        One row; missing where the training part had no value.
    """
    columns = artifact.profile.columns
    return pd.DataFrame(
        {
            feature.name: pd.Series(
                [_typical_value(columns[feature.name]) if feature.name in columns else None],
                dtype="float64" if feature.kind == "numeric" else "object",
            )
            for feature in artifact.features.features
        }
    )


def _typical_value(column: ColumnProfile) -> float | str | None:
    if isinstance(column, CategoricalProfile):
        known = column.counts[: len(column.bins.categories)]
        return column.bins.categories[int(known.argmax())] if len(known) else None
    grid = column.grid
    if not len(grid.points):
        return None
    return float(grid.points[int((2 * grid.at_or_below >= grid.at_or_below[-1]).argmax())])


def _signature(artifact: ModelArtifact) -> ModelSignature:
    """Every feature must be there, and may be null."""
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    kinds = {"numeric": "double", "categorical": "string"}
    return ModelSignature(
        inputs=Schema([ColSpec(kinds[feature.kind], feature.name) for feature in artifact.features.features]),
        outputs=Schema([ColSpec("double", "probability"), ColSpec("string", "risk_category")]),
    )


def _copy_code(folder: Path) -> Path:
    target = folder / _PACKAGE.name
    for name in _CODE:
        source = _PACKAGE / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target / name)
    return target
