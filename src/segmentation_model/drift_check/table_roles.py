"""Which columns of a table are compared, and what the others are for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from segmentation_model.columns import Layout, Roles, normalise_text
from segmentation_model.columns.layout import TARIFFS, Tariff
from segmentation_model.drift.judgement.families import families_by_name

_DATES = tuple(name for name in Roles.model_fields if name.endswith("_date"))
#: Roles that say who, when and what came of it, and nothing about the population.
_NOT_COMPARED = ("customer_id", "target", "tariff", *_DATES)
_OWN_COLUMNS = (*_NOT_COMPARED, "execution_date")


@dataclass(frozen=True)
class TableRoles:
    """What the columns of the tables mean, by a columns file or by their names alone.

    Attributes:
        layout: The columns file; None without one.
    """

    layout: Layout | None

    @property
    def numeric(self) -> tuple[str, ...]:
        """Columns that the file wants to be read as numbers, whatever they look like."""
        return self.layout.numeric if self.layout is not None else ()

    @property
    def categorical(self) -> tuple[str, ...]:
        """Columns that are read as categories, whatever they look like: those of the file, and codes of all kinds."""
        table = self.layout.table() if self.layout is not None else ()
        return tuple(column.raw for column in table if column.kind in ("category", "tariff", "key"))

    @property
    def tariff_codes(self) -> Mapping[str, Tariff]:
        """Normalised value of the tariff column: the tariff that it means."""
        given = self.layout.tariff_codes() if self.layout is not None else {}
        return {normalise_text(tariff): tariff for tariff in TARIFFS} | given

    @property
    def windows(self) -> Mapping[str, tuple[str, ...]]:
        """Columns of the monthly families, newest month first; names alone do not say where the newest month is."""
        if self.layout is None:
            return {}
        return {family: columns.raw_columns() for family, columns in self.layout.monthly.items()}

    def column_of(self, role: str, names: Iterable[str]) -> str | None:
        """The column of a table that has a role: by the columns file, else by its canonical name."""
        mapped = getattr(self.layout.roles, role) if self.layout is not None else None
        known = set(names)
        return next((name for name in (mapped, role) if name in known), None)

    def compared(self, names: Iterable[str]) -> list[str]:
        """The columns of a table that are compared, in the table's order."""
        apart = set(_OWN_COLUMNS)
        if self.layout is not None:
            apart.update(self.layout.ignore)
            apart.update(raw for role in _NOT_COMPARED if (raw := getattr(self.layout.roles, role)) is not None)
        return [name for name in names if name not in apart]

    def families(self, names: Iterable[str]) -> dict[str, str]:
        """Monthly family of each column that belongs to one: raw columns of the file, or features made of them."""
        if self.layout is None:
            return families_by_name(names)
        raw = {column.raw: column.family for column in self.layout.table() if column.family is not None}
        found = {name: raw.get(name) or self.layout.family_of(name) for name in names}
        return {name: family for name, family in found.items() if family is not None}
