"""Settings of the synthetic tables: the parameter group ``synthetic_data``."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from segmentation_model.errors import shorten
from segmentation_model.pipelines.synthetic_data.layout import DRIFTING_NUMBERS, DRIFTING_TEXTS

InvoiceDay = Annotated[int, Field(ge=1, le=28)]


class NumberShift(BaseModel):
    """How a number column of the current month drifts: ``value * scale + add``, for a share of its rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scale: float = Field(default=1.0, gt=0, le=10, description="Factor, without unit.")
    add: float = Field(default=0.0, ge=-1e6, le=1e6, description="Summand, in the column's unit.")
    share: float = Field(default=1.0, gt=0, le=1, description="Share of the rows that drift, drawn at random.")


class TextShift(BaseModel):
    """How a text column of the current month drifts: a share of its rows takes one value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    to: str = Field(min_length=1, description="The value they take.")
    share: float = Field(gt=0, le=1, description="Share of the rows that take it, drawn at random.")


class SyntheticDataParams(BaseModel):
    """What synthetic tables to make."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int = Field(
        default=20_000, ge=1, le=10_000_000, description="Customers, and so the rows of the current month."
    )
    seed: int = Field(default=42, ge=0, lt=2**63, description="Same seed, same customers.")
    first_month: date = Field(default=date(2026, 5, 1), description="First day of the first labelled invoice month.")
    months_until_current: int = Field(
        default=1,
        ge=1,
        le=6,
        description="Months from the second labelled month to the current one. An outcome is known about three months "
        "after its row was made: 3 is what a live export has, 1 gives windows that overlap as much as they can.",
    )
    invoice_days: tuple[InvoiceDay, ...] = Field(
        default=(5, 12, 19, 26), min_length=1, description="Days of the month on which the billing cycles close."
    )
    domestic_share: float = Field(
        default=0.9, ge=0, le=1, description="Probability that a customer is Domestic; the others are Industrial."
    )
    unusable_share: float = Field(
        default=0.001,
        ge=0,
        le=0.2,
        description="Share of rows no one can use, in equal parts: missing id, repeated row, unreadable invoice date, "
        "unknown tariff.",
    )
    drift: Mapping[str, NumberShift | TextShift] = Field(
        default_factory=dict, description="Columns of the current month that drift, by raw name, and how; empty: none."
    )
    chunk_rows: int = Field(
        default=65_536, ge=1, le=1_000_000, description="Rows a record batch. The tables do not depend on it."
    )
    threads: int = Field(
        default=2, ge=1, le=64, description="Blocks made side by side. The tables do not depend on it."
    )

    @field_validator("first_month")
    @classmethod
    def _is_first_day(cls, value: date) -> date:
        if value.day != 1:
            raise ValueError(f"must be the first day of a month, got {value.isoformat()!r}")
        if not 1975 <= value.year <= 2200:
            raise ValueError(f"must be within the years 1975 to 2200, got {value.isoformat()!r}")
        return value

    @model_validator(mode="after")
    def _drift_fits_the_columns(self) -> Self:
        for column, shift in self.drift.items():
            allowed = DRIFTING_NUMBERS if isinstance(shift, NumberShift) else DRIFTING_TEXTS
            if column not in allowed:
                kind = "number" if isinstance(shift, NumberShift) else "text"
                raise ValueError(
                    f"drift: column {column!r} cannot drift as {kind}; allowed: {shorten(sorted(allowed), 20)}"
                )
        return self
