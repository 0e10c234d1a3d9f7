"""The business rules: from a customer's context and score to a risk category, a stratum class and one segment."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.columns.layout import Tariff
from segmentation_model.errors import ConfigurationError, shorten
from segmentation_model.model.risk_cutoffs import RiskCutoffs
from segmentation_model.segments import SegmentRules, is_new_customer, overdue_position


class Names(NamedTuple):
    """What some customers are called, one entry per row; None where nothing is said."""

    labels: NDArray[np.object_]
    codes: NDArray[np.object_]

    @classmethod
    def of_all(cls, rows: int, label: str | None, code: str | None) -> "Names":
        """One name for all rows."""
        return cls(np.full(rows, label, dtype=object), np.full(rows, code, dtype=object))

    def put(self, rows: NDArray[np.bool_], label: str | None, code: str | None) -> None:
        """Give some rows another name."""
        self.labels[rows] = label
        self.codes[rows] = code


def risk_categories(
    context: pd.DataFrame, margin: pd.Series, cutoffs: Mapping[Tariff, RiskCutoffs | None], rules: SegmentRules
) -> Names:
    """Category of every customer: overdue first, then new, then the model's category by its frozen cut-offs.

    Args:
        context: One row per customer: tariff, tenure_months, overdue_invoices, overdue_balance.
        margin: Raw margin of the tariff's model, same rows; NaN where there is no model.
        cutoffs: Frozen cut-offs per tariff; None where the tariff has no model.
        rules: The business rules.

    Returns:
        One name per row; that of ``rules.not_scored`` for who has no margin and is neither overdue nor new.
    """
    categories = Names.of_all(len(context), rules.not_scored.label, rules.not_scored.code)
    for tariff, frozen in cutoffs.items():
        if frozen is None:
            continue
        of_tariff = (context["tariff"] == tariff).to_numpy(dtype=bool)
        positions = frozen.positions(margin)
        for position, (label, code) in enumerate(zip(frozen.labels, frozen.codes, strict=True)):
            categories.put(of_tariff & (positions == position), label, code)
    new = is_new_customer(context["tenure_months"], rules)
    categories.put(new, rules.new_customer.label, rules.new_customer.code)
    ages = overdue_position(context["overdue_invoices"], context["overdue_balance"], rules)
    for position, age in enumerate(rules.overdue):
        categories.put(ages == position, age.label, age.code)
    return categories


def stratum_classes(context: pd.DataFrame, rules: SegmentRules) -> Names:
    """Stratum class of every customer.

    Args:
        context: One row per customer: tariff, stratum (1 to 6, NaN where it is not known).
        rules: The business rules.

    Returns:
        One name per row: that of ``rules.no_stratum`` for a stratum in no class; None for Industrial customers, who
        have none.
    """
    stratum = context["stratum"].to_numpy(dtype=np.float64)
    classes = Names.of_all(len(context), rules.no_stratum.label, rules.no_stratum.code)
    for group in rules.strata:
        classes.put(np.isin(stratum, group.strata), group.label, group.code)
    classes.put((context["tariff"] == "Industrial").to_numpy(dtype=bool), None, None)
    return classes


def segment_names(tariff: pd.Series, stratum: Names, category: Names, rules: SegmentRules) -> Names:
    """Segment of every customer: tariff, stratum class (where there is one) and risk category, e.g. ``D-B-RA``."""
    parts = pd.MultiIndex.from_arrays([tariff.to_numpy(dtype=object), *stratum, *category])
    positions, distinct = pd.factorize(parts)
    labels, codes = [], []
    for name, stratum_label, stratum_code, category_label, category_code in distinct:
        words = rules.tariffs[name]
        has_class = isinstance(stratum_code, str)
        labels.append(" · ".join([words.label, *([stratum_label] if has_class else []), category_label]))
        codes.append("-".join([words.code, *([stratum_code] if has_class else []), category_code]))
    return Names(np.array(labels, dtype=object)[positions], np.array(codes, dtype=object)[positions])


def check_names_differ(cutoffs: Mapping[Tariff, RiskCutoffs | None], rules: SegmentRules) -> None:
    """Refuse rules whose categories could be taken for those of a model.

    Raises:
        ConfigurationError: A category of a model has the name of one that the rules give.
    """
    own = {word for name in rules.categories for word in (name.label, name.code)}
    for tariff, frozen in cutoffs.items():
        shared = [] if frozen is None else [word for word in (*frozen.labels, *frozen.codes) if word in own]
        if shared:
            raise ConfigurationError(
                f"clustering: {shorten(shared)} also names a risk category of the {tariff} model; the categories of "
                "the rules (overdue, new_customer, not_scored) need other labels and codes"
            )
