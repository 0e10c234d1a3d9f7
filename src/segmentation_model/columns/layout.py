"""The typed, immutable layout of a raw table: roles, monthly families, further columns, value codes."""

import re
from collections import Counter
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from segmentation_model.columns.lists import StringList
from segmentation_model.columns.text import normalise_text
from segmentation_model.columns.values import TARIFFS as TARIFFS
from segmentation_model.columns.values import Tariff as Tariff
from segmentation_model.columns.values import Values
from segmentation_model.errors import shorten

Kind = Literal["key", "date", "number", "ordinal", "category", "tariff", "target"]

_FAMILY_NAME = re.compile(r"^[a-z][a-z0-9_]*$")
_NOT_WORD = re.compile(r"\W+")


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Roles(_Section):
    """Canonical role: raw column. A role that the table lacks is left out."""

    customer_id: str = Field(description="Identifies the customer; one row per customer and reference invoice.")
    invoice_date: str | None = Field(None, description="Date of the reference invoice.")
    due_date: str | None = Field(None, description="Date until which the reference invoice can be paid.")
    contract_start_date: str | None = Field(None, description="Date since which the customer is one.")
    last_payment_date: str | None = Field(None, description="Date of the last payment.")
    last_reading_date: str | None = Field(None, description="Date of the last meter reading.")
    last_disconnection_date: str | None = Field(None, description="Date of the last disconnection.")
    last_reconnection_date: str | None = Field(None, description="Date of the last reconnection.")
    tariff: str | None = Field(None, description="Tariff; its raw values are named in `values.tariff`.")
    stratum: str | None = Field(None, description="Socio-economic stratum, 1 to 6.")
    tenure_months: str | None = Field(None, description="Months as a customer.")
    municipality: str | None = Field(None, description="Municipality of the supply point.")
    region: str | None = Field(None, description="Sales or network region.")
    payment_channel: str | None = Field(None, description="How the customer pays.")
    delivery_channel: str | None = Field(None, description="How the bill reaches the customer.")
    meter_type: str | None = Field(None, description="Type of the meter.")
    business_activity: str | None = Field(None, description="Line of business.")
    direct_debit: str | None = Field(None, description="Whether the bill is debited from an account.")
    overdue_balance: str | None = Field(None, description="Money overdue at the invoice, in currency units.")
    overdue_invoices: str | None = Field(None, description="Number of bills overdue at the invoice.")
    deposit: str | None = Field(None, description="Guarantee deposit, in currency units.")
    contracted_capacity: str | None = Field(None, description="Contracted capacity.")
    payment_agreement: str | None = Field(None, description="Whether a payment agreement is running.")
    complaints_12m: str | None = Field(None, description="Complaints in the last 12 months.")
    target: str | None = Field(
        None,
        description="1 the next bill stayed unpaid, 0 it did not, null not known yet; other codes: `values.target`.",
    )


_KINDS: dict[str, Kind] = {
    "customer_id": "key",
    "tariff": "tariff",
    "target": "target",
    "stratum": "ordinal",
    **dict.fromkeys((name for name in Roles.model_fields if name.endswith("_date")), "date"),
    **dict.fromkeys(
        ("tenure_months", "overdue_balance", "overdue_invoices", "deposit", "contracted_capacity", "complaints_12m"),
        "number",
    ),
}


#: The groups of columns beyond roles and families.
_FURTHER = ("numeric", "categorical")
#: Names that mean something in the tables after the first node.
_RESERVED = frozenset({*Roles.model_fields, "tenure_known", "execution_date"})


class MonthlyFamily(_Section):
    """The columns of one monthly figure, newest month first: a pattern and a number of months, or a list."""

    pattern: str | None = Field(None, description="Column name with the month, e.g. 'Importe_{m:02d}'; 1 = newest.")
    months: Annotated[int, Field(ge=1, le=120)] | None = Field(None, description="Months that the pattern covers.")
    columns: StringList | None = Field(None, description="Instead of a pattern: the columns, newest first.")

    @model_validator(mode="after")
    def _one_way_of_naming(self) -> Self:
        if (self.columns is None) == (self.pattern is None) or (self.pattern is None) != (self.months is None):
            raise ValueError("give either `pattern` and `months`, or `columns`")
        if self.pattern is not None:
            try:
                names = {self.pattern.format(m=month) for month in (1, 2)}
            except (LookupError, ValueError, TypeError, AttributeError) as error:
                raise ValueError(f"pattern {self.pattern!r}: the month is written {{m}} or {{m:02d}}") from error
            if len(names) < 2:
                raise ValueError(f"pattern {self.pattern!r} names no month: write {{m}} or {{m:02d}}")
        return self

    def raw_columns(self) -> tuple[str, ...]:
        """The raw columns, newest month first.

        >>> MonthlyFamily(pattern="Saldo_{m:02d}", months=2).raw_columns()
        ('Saldo_01', 'Saldo_02')
        """
        if self.columns is not None:
            return self.columns
        assert self.pattern is not None
        assert self.months is not None
        return tuple(self.pattern.format(m=month) for month in range(1, self.months + 1))


class MappedColumn(_Section):
    """One column of a raw table and what it becomes.

    Attributes:
        name: Canonical name.
        raw: Name in the file.
        kind: How its values are read.
        source: The key of the parameters that names it, for messages.
        family: The monthly family that it belongs to, if any.
    """

    name: str
    raw: str
    kind: Kind
    source: str
    family: str | None = None


class Layout(_Section):
    """One utility's table. Columns of the file that nothing names are reported once and left out."""

    roles: Roles
    values: Values = Values()
    monthly: dict[str, MonthlyFamily] = Field(default_factory=dict, description="Monthly family: its columns.")
    numeric: StringList = Field((), description="Further numeric columns, used as they are.")
    categorical: StringList = Field((), description="Further categorical columns, used as they are.")
    ignore: StringList = Field((), description="Columns that are known and not used.")
    date_formats: StringList = Field(
        ("%Y-%m-%d", "%d/%m/%Y"), min_length=1, description="Formats of dates that are stored as text, tried in order."
    )

    @model_validator(mode="after")
    def _names_are_unambiguous(self) -> Self:
        for family in self.monthly:
            if not _FAMILY_NAME.match(family):
                raise ValueError(f"monthly family {family!r}: lower-case letters, digits and underscores are allowed")
        table = self.table()
        for column in table:
            if column.source in _FURTHER and (not column.name or column.name in _RESERVED):
                raise ValueError(
                    f"{column.source}: column {column.raw!r} would be called {column.name!r}, which has a meaning "
                    "of its own; map it under roles, or put it under ignore"
                )
        for what, names in (
            ("columns", [column.raw for column in table] + list(self.ignore)),
            ("canonical names", [column.name for column in table]),
        ):
            doubled = sorted(name for name, count in Counter(names).items() if count > 1)
            if doubled:
                raise ValueError(f"{what} named more than once: {shorten(doubled)}; each column has one role")
        return self

    @model_validator(mode="after")
    def _tariffs_are_unambiguous(self) -> Self:
        if self.roles.tariff is not None and not self.values.tariff:
            raise ValueError("roles.tariff is mapped, so values.tariff must say which values mean Domestic, Industrial")
        codes = self.tariff_codes()
        for tariff, texts in self.values.tariff.items():
            for text in (tariff, *texts):
                if codes[normalise_text(text)] != tariff:
                    raise ValueError(f"values.tariff: {text!r} means more than one tariff; each value means one")
        return self

    def table(self) -> tuple[MappedColumn, ...]:
        """Every named column, roles first, then the monthly families, then the further ones."""
        roles = [
            MappedColumn(name=name, raw=raw, kind=_KINDS.get(name, "category"), source=f"roles.{name}")
            for name in Roles.model_fields
            if (raw := getattr(self.roles, name)) is not None
        ]
        monthly = [
            MappedColumn(
                name=f"{family}_{month:02d}", raw=raw, kind="number", source=f"monthly.{family}", family=family
            )
            for family, columns in self.monthly.items()
            for month, raw in enumerate(columns.raw_columns(), start=1)
        ]
        further = [
            MappedColumn(name=_NOT_WORD.sub("_", raw).strip("_").lower(), raw=raw, kind=kind, source=source)
            for kind, source, names in (
                ("number", "numeric", self.numeric),
                ("category", "categorical", self.categorical),
            )
            for raw in names
        ]
        return (*roles, *monthly, *further)

    def tariff_codes(self) -> dict[str, Tariff]:
        """Normalised raw value: the tariff it means. A tariff's own name always means it.

        >>> Layout(roles={"customer_id": "ID"}, values={"tariff": {"Domestic": ["Doméstica"]}}).tariff_codes()
        {'domestic': 'Domestic', 'domestica': 'Domestic'}
        """
        given = {normalise_text(text): tariff for tariff, texts in self.values.tariff.items() for text in texts}
        return {normalise_text(tariff): tariff for tariff in self.values.tariff} | given

    def target_codes(self) -> dict[str, int]:
        """Normalised raw value: the target that it means; empty where the target is 0 and 1 already."""
        return self.values.target_codes()

    def has(self, role: str) -> bool:
        """Whether the table has the role."""
        return getattr(self.roles, role) is not None

    def family_columns(self) -> dict[str, list[str]]:
        """Canonical columns of each monthly family, newest month first."""
        families: dict[str, list[str]] = {}
        for column in self.table():
            if column.family is not None:
                families.setdefault(column.family, []).append(column.name)
        return families

    def family_of(self, feature: str) -> str | None:
        """The monthly family that a feature is built from, if any: its name begins with the family's."""
        found = [family for family in self.monthly if feature.startswith(f"{family}_")]
        return max(found, key=len, default=None)


class Columns(_Section):
    """The layouts that are known and the one in use; a layout is chosen whole, by name."""

    use: str = Field(description="Name of the layout in use.")
    layouts: dict[str, Layout] = Field(description="Layouts by name.")

    @model_validator(mode="after")
    def _used_layout_exists(self) -> Self:
        if self.use not in self.layouts:
            raise ValueError(f"use: {self.use!r} is no layout; allowed: {shorten(sorted(self.layouts))}")
        return self

    @property
    def layout(self) -> Layout:
        """The layout in use."""
        return self.layouts[self.use]
