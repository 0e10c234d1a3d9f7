"""Typed parameters of the reporting pipeline."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

#: Columns that name the partitions of the segments: they stand in the path, under names that others rely on.
PARTITIONS = ("execution_date", "tariff")


class ReportingSettings(BaseModel):
    """How the reports look."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    output_columns: dict[str, Annotated[str, Field(min_length=1)]] = Field(
        default_factory=dict,
        description="Column of the segments: its name for the business, in the order wanted; empty: all, as they are. "
        "The partition columns are always there.",
    )

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
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
