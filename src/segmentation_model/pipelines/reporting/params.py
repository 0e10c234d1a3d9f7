"""Typed parameters of the reporting pipeline."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from segmentation_model.errors import shorten
from segmentation_model.model.label_free import LabelFreeSettings
from segmentation_model.monthly_report.settings import CallListSettings, Speech
from segmentation_model.segments.columns import PARTITIONS, SEGMENT_COLUMNS


class LabelDriftSettings(BaseModel):
    """What the share of unpaid bills is compared with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    newest_months: int = Field(
        1, ge=1, le=120, description="Newest labelled months, set against all those before them."
    )


class ReportingSettings(Speech):
    """How the reports look, and in which language those for people speak."""

    output_columns: dict[str, Annotated[str, Field(min_length=1)]] = Field(
        default_factory=dict,
        description="Column of the segments: its name for the business, in the order wanted; empty: all, as they are. "
        "The partition columns are always there.",
    )
    call_list: CallListSettings = Field(
        default_factory=CallListSettings, description="Customers whom it is worth to call."
    )
    performance: LabelFreeSettings = Field(
        default_factory=LabelFreeSettings, description="Performance that the month's scores promise."
    )
    label_drift: LabelDriftSettings = Field(
        default_factory=LabelDriftSettings, description="Newest labels against earlier ones."
    )

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        unknown = [name for name in self.output_columns if name not in SEGMENT_COLUMNS]
        if unknown:
            raise ValueError(
                f"output_columns: the segments have no column {shorten(unknown)}; they have "
                f"{shorten(SEGMENT_COLUMNS, len(SEGMENT_COLUMNS))}"
            )
        names = list(self.output_columns.values())
        if len(names) != len(set(names)):
            raise ValueError(f"output_columns: the names must differ, not {names}")
        for column, name in self.output_columns.items():
            if column != name and (column in PARTITIONS or name in PARTITIONS):
                raise ValueError(
                    f"output_columns: {column!r} cannot be called {name!r}; {PARTITIONS} name the partitions and keep "
                    "their names"
                )
        return self
