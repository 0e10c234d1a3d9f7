"""The business rules of the segments and their words: the `clustering` section of the parameters."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from segmentation_model.columns.layout import Tariff
from segmentation_model.columns.lists import IntegerList

Text = Annotated[str, Field(min_length=1)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+$")]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(_Group):
    """The words for one thing."""

    label: Text = Field(description="As people read it.")
    code: Code = Field(description="As part of a segment code: letters and digits.")


class OverdueAge(Named):
    """Customers that are not up to date, by the age of their debt."""

    from_invoices: int = Field(ge=1, description="Overdue bills from which on this age holds.")


class StratumClass(Named):
    """Strata that are treated alike."""

    strata: IntegerList = Field(min_length=1, description="Strata of the class.")


class SegmentRules(_Group):
    """The rules that put a customer into a segment, in the order in which they are asked."""

    overdue: tuple[OverdueAge, ...] = Field(min_length=1, description="Ages of debt, youngest first; first from 1.")
    overdue_label: Text = Field("Incorriente", description="Word for all customers that are not up to date.")
    new_customer_months: int = Field(12, ge=0, description="Up to this many months as a customer, one is new.")
    new_customer: Named = Field(description="New customers, whatever their score.")
    not_scored: Named = Field(description="Customers whose tariff has no model.")
    strata: tuple[StratumClass, ...] = Field(description="Classes of strata; Industrial customers have none.")
    no_stratum: Named = Field(description="Customers whose stratum is in no class.")
    tariffs: dict[Tariff, Named] = Field(description="Words for the two tariffs.")

    @model_validator(mode="after")
    def _rules_are_unambiguous(self) -> Self:
        bounds = [age.from_invoices for age in self.overdue]
        if bounds[0] != 1 or bounds != sorted(set(bounds)):
            raise ValueError(f"overdue: from_invoices must begin with 1 and ascend, not {bounds}")
        strata = [stratum for group in self.strata for stratum in group.strata]
        if len(strata) != len(set(strata)):
            raise ValueError(f"strata: each stratum belongs to one class, not {sorted(strata)}")
        if set(self.tariffs) != {"Domestic", "Industrial"}:
            raise ValueError(f"tariffs: words for Domestic and Industrial are needed, not {sorted(self.tariffs)}")
        for kind, names in (
            ("categories", self.categories),
            ("strata", (*self.strata, self.no_stratum)),
            ("tariffs", tuple(self.tariffs.values())),
        ):
            for words in ([name.label for name in names], [name.code for name in names]):
                if len(words) != len(set(words)):
                    raise ValueError(f"labels and codes of the {kind} must differ from each other, not {words}")
        return self

    @property
    def categories(self) -> tuple[Named, ...]:
        """The categories that no score decides."""
        return (*self.overdue, self.new_customer, self.not_scored)
