"""Typed parameters of the feature engineering pipeline."""

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from segmentation_model.columns import Roles, StringList
from segmentation_model.columns.tariff_choice import TariffChoice
from segmentation_model.errors import shorten

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
    tariffs: TariffChoice = Field("both", description="Tariffs asked for; rows of the other are rejected, and say so.")
    max_rejected_share: Share = Field(0.05, description="Share of unusable rows above which the table is refused.")


class SelectionSettings(_Group):
    """Bounds beyond which a column carries nothing and is left out of the model."""

    max_missing_share: Share = Field(0.99, description="A column with a larger share of missing values is left out.")
    max_constant_share: Share = Field(
        0.9995, gt=0.5, description="A column of which one value takes a larger share of the rows is left out."
    )
    max_categories: int = Field(200, ge=2, description="A categorical column with more categories is left out.")


_DATE_ROLES = frozenset(name for name in Roles.model_fields if name.endswith("_date"))


class LeakageSettings(_Group):
    """Bounds beyond which a column knows the outcome and ends the run."""

    max_auc: float = Field(
        0.99, gt=0.5, le=1, description="AUC of a feature alone above which it leaks; 1: only copies of the target do."
    )
    confidence: float = Field(
        0.95, ge=0.5, lt=1, description="A feature leaks if its AUC is above the bound with this confidence."
    )
    min_cases: int = Field(
        20, ge=2, description="Cases of the rarer class under which no feature is judged by its AUC: chance is enough."
    )
    max_share_after_invoice: Share = Field(
        0.01, description="Share of a column's dates that may lie after the invoice date of their row."
    )
    min_dates_after_invoice: int = Field(
        5, ge=1, description="Dates after the invoice under which they are taken for slips, whatever their share."
    )
    roles_after_invoice: StringList = Field(
        ("due_date",), description="Date roles that lie after the invoice by nature."
    )

    @field_validator("roles_after_invoice")
    @classmethod
    def _are_date_roles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [role for role in value if role not in _DATE_ROLES]
        if unknown:
            raise ValueError(f"no date role {shorten(unknown)}; allowed: {shorten(sorted(_DATE_ROLES), 10)}")
        return value
