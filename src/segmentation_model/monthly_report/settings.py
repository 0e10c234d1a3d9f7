"""How the monthly report speaks, and how much it lists: parts of the `reporting` section of the parameters."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from babel import localedata
from babel.numbers import list_currencies
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Language = Literal["es", "en"]
#: Rows of a worksheet below its heading.
MOST_SHEET_ROWS = 1_048_575


def _known_currency(code: str) -> str:
    if code not in list_currencies():
        raise ValueError(f"currency: {code!r} is no currency of ISO 4217, such as MXN or COP")
    return code


Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$"), AfterValidator(_known_currency)]


class CallListSettings(BaseModel):
    """Whom it is worth to call."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int = Field(
        5_000, ge=1, le=MOST_SHEET_ROWS, description="Customers of the call list at most; a worksheet ends there."
    )
    least_amount: float = Field(
        0, ge=0, allow_inf_nan=False, description="Expected unpaid amount that a call must exceed, in currency units."
    )
    on_page: int = Field(50, ge=1, le=500, description="The first of them, which the monthly report shows.")


class Speech(BaseModel):
    """Language of the monthly report and of the exports for people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Language = Field("es", description="Spanish or English.")
    region: str | None = Field(
        None, description="Country of ISO 3166 or area whose decimal signs and dates are used, such as MX; null: any."
    )
    currency: Currency | None = Field(None, description="Code of ISO 4217 beside amounts; null: none.")

    @model_validator(mode="after")
    def _region_is_known(self) -> Self:
        if self.region is not None and not localedata.exists(self.locale):
            known = sorted(name[3:] for name in localedata.locale_identifiers() if name[:3] == f"{self.language}_")
            raise ValueError(
                f"region: {self.region!r} is no region of the language {self.language!r}; allowed: {', '.join(known)}"
            )
        return self

    @property
    def locale(self) -> str:
        """As CLDR names it, such as ``es_MX``."""
        return self.language if self.region is None else f"{self.language}_{self.region}"
