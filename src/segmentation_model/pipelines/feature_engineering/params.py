"""Typed parameters of the feature engineering pipeline."""

import datetime as dt
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Share = Annotated[float, Field(ge=0, le=1)]


def _read_date(value: object) -> object:
    """Read ISO text; pydantic would take a number such as 20261001 for seconds since 1970."""
    if value is None or value == "":
        return None
    try:
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("an ISO date is allowed, for example 2026-10-01, or nothing") from None


ExecutionDate = Annotated[dt.date | None, BeforeValidator(_read_date)]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class IntakeSettings(_Group):
    """How a raw table is taken in."""

    execution_date: ExecutionDate = Field(
        None, description="Date of the run; null: the newest invoice date of the current table."
    )
    max_rejected_share: Share = Field(0.05, description="Share of unusable rows above which the table is refused.")


class SplitSettings(_Group):
    """Shares of the customers that go into the three parts."""

    train: Share = Field(0.6, gt=0, description="Share of the customers that the model is trained on.")
    calibration: Share = Field(0.2, gt=0, description="Share that calibrates the model and freezes its cut-offs.")
    test: Share = Field(0.2, gt=0, description="Share that is held out to measure the model.")
    seed: int = Field(42, ge=0, lt=2**32, description="Seed of the hash that puts a customer into a part.")

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        total = self.train + self.calibration + self.test
        if abs(total - 1) > 1e-9:
            raise ValueError(f"train + calibration + test must be 1, not {total:g}")
        return self


class SelectionSettings(_Group):
    """Bounds beyond which a column carries nothing and is left out of the model."""

    max_missing_share: Share = Field(0.99, description="A column with a larger share of missing values is left out.")
    max_constant_share: Share = Field(
        0.9995, gt=0.5, description="A column of which one value takes a larger share of the rows is left out."
    )
    max_categories: int = Field(200, ge=2, description="A categorical column with more categories is left out.")
