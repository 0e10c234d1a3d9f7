"""All parameters as one typed tree: an unknown key or a wrong type anywhere is refused by name before a run begins.

Kedro validates the groups that a pipeline's nodes ask for; ``--params`` accepts any key. Checking the whole tree
catches a misspelt key that no node would ever have looked at.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segmentation_model.columns import Columns
from segmentation_model.columns.tariff_choice import TariffChoice
from segmentation_model.errors import ConfigurationError
from segmentation_model.faults import explain, with_value
from segmentation_model.model.customer_parts import SplitSettings
from segmentation_model.model.feature_settings import FeatureSettings
from segmentation_model.pipelines.drift.params import DriftParameters, GateLevel
from segmentation_model.pipelines.feature_engineering.params import (
    ExecutionDate,
    IntakeSettings,
    LeakageSettings,
    SelectionSettings,
)
from segmentation_model.pipelines.modeling.params import ModelingParameters
from segmentation_model.pipelines.reporting.params import ReportingSettings
from segmentation_model.pipelines.synthetic_data.params import SyntheticDataParams
from segmentation_model.segments import SegmentRules

_MOST_FAULTS = 20


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FeatureEngineeringParameters(_Group):
    """From raw tables to feature tables."""

    intake: IntakeSettings
    features: FeatureSettings
    split: SplitSettings
    leakage: LeakageSettings
    selection: SelectionSettings


class Parameters(_Group):
    """Every parameter of the project: those that can be set at run time, then the groups."""

    root: Annotated[str, Field(min_length=1, description="Folder or address under which the data layers live.")]
    history: str | None = Field(description="Folder or address of what keeps every date; null: root.")
    execution_date: ExecutionDate = Field(description="Date of the run; null: the current table's newest invoice.")
    labelled_path: str | None = Field(description="Labelled table; null: 01_raw/labelled_customers.parquet.")
    current_path: str | None = Field(description="Current table; null: 01_raw/current_customers.parquet, if there.")
    baseline_profile: str | None = Field(
        description="`train`; an address of earlier models, of a profile, or of profiles by month; or empty: skip."
    )
    fail_on_drift: GateLevel = Field(description="Whether, or from which severity on, drift ends the run.")
    drift_threshold: float = Field(gt=0, le=10, description="PSI from which drift is high.")
    tariffs: TariffChoice = Field(description="Tariffs asked for; rows of the other are rejected, and say so.")
    models_path: str | None = Field(
        description="Folder or address of the models that scoring reads; null: of the root."
    )
    model_source: Literal["run", "champion"] = Field(
        description="Which models score in `scoring`: those in 06_models, or the registry's champions."
    )
    part_rows: int | None = Field(
        ge=1, description="Rows of a file of the month's features and scores; null: one file, not a folder of them."
    )
    seed: int = Field(ge=0, lt=2**32, description="Seed of everything random.")
    rows: int = Field(ge=1, description="Customers of the synthetic data.")

    columns: Columns
    feature_engineering: FeatureEngineeringParameters
    drift: DriftParameters
    modeling: ModelingParameters
    clustering: SegmentRules
    reporting: ReportingSettings
    synthetic_data: SyntheticDataParams


def check_parameters(parameters: dict[str, Any]) -> Parameters:
    """Check the whole tree.

    Args:
        parameters: As the configuration and ``--params`` give them.

    Returns:
        The typed tree.

    Raises:
        ConfigurationError: Names every key that is unknown or has a wrong value, and what is allowed.
    """
    try:
        typed = Parameters.model_validate(parameters)
    except ValidationError as error:
        raise _refusal([explain(fault, Parameters) for fault in error.errors(include_url=False)]) from None
    faults = list(_flags_for_numbers(parameters, typed))
    if faults:
        raise _refusal(faults)
    return typed


def _refusal(faults: list[str]) -> ConfigurationError:
    if len(faults) == 1:
        return ConfigurationError(f"parameters: {faults[0]}")
    shown = faults[:_MOST_FAULTS]
    if len(faults) > _MOST_FAULTS:
        shown.append(f"and {len(faults) - _MOST_FAULTS} more")
    return ConfigurationError("parameters:\n" + "\n".join(f"  {fault}" for fault in shown))


def _flags_for_numbers(given: object, typed: object, where: str = "") -> Iterator[str]:
    """Find ``true`` and ``false`` where a number is meant: pydantic takes them for 1 and 0."""
    if isinstance(given, bool) and isinstance(typed, int | float) and not isinstance(typed, bool):
        yield with_value(f"{where}: Input should be a number", given)
    pairs: Iterable[tuple[object, object, object]] = ()
    inner = dict(typed) if isinstance(typed, BaseModel) else typed
    if isinstance(given, Mapping) and isinstance(inner, Mapping):
        pairs = ((key, value, inner[key]) for key, value in given.items() if key in inner)
    elif isinstance(given, list | tuple) and isinstance(inner, tuple):
        pairs = ((position, *pair) for position, pair in enumerate(zip(given, inner, strict=True)))
    for key, value, read in pairs:
        yield from _flags_for_numbers(value, read, f"{where}.{key}" if where else str(key))
