"""Nodes of the feature engineering pipeline."""

import datetime as dt
import logging
from typing import Any

import numpy as np
import pandas as pd

from segmentation_model.columns import Columns, Roles
from segmentation_model.columns.keys import KEYS
from segmentation_model.columns.layout import TARIFFS, Tariff
from segmentation_model.columns.tariff_choice import not_asked_for
from segmentation_model.errors import ConfigurationError, InputError
from segmentation_model.model.customer_parts import PARTS, SplitSettings, assign_parts
from segmentation_model.model.feature_settings import FeatureSettings
from segmentation_model.pages.wording import plural
from segmentation_model.pipelines.feature_engineering.context import build_context, context_sources
from segmentation_model.pipelines.feature_engineering.features import build_features
from segmentation_model.pipelines.feature_engineering.intake import (
    name_with_source,
    take_in,
    take_in_batches,
)
from segmentation_model.pipelines.feature_engineering.params import (
    IntakeSettings,
)
from segmentation_model.pipelines.feature_engineering.rejection import rejected_rows
from segmentation_model.pipelines.feature_engineering.row_split import require_months, split_rows
from segmentation_model.table_batches import TableBatches

logger = logging.getLogger(__name__)

#: What a table without the role cannot do.
_DEGRADATIONS = {
    "tariff": "one tariff for all, every customer is Domestic",
    "stratum": "no customer has a stratum class",
    "tenure_months": "no customer is new",
    "overdue_invoices": "who owes is known by the overdue balance only, and the age of a debt is not",
    "overdue_balance": "who owes is known by the overdue bills only",
}


def map_labelled(
    labelled_customers: pd.DataFrame, columns: Columns, settings: IntakeSettings
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    """Take in the labelled table.

    Args:
        labelled_customers: Raw table, one row per customer and invoice month.
        columns: Layouts and the one in use.
        settings: Bounds of the intake.

    Returns:
        Canonical rows, rejected rows, and the record of the intake.
    """
    intake = take_in(labelled_customers, columns.layout, "labelled_customers", settings)
    target = intake.accepted["target"]
    found = sorted(target.dropna().unique().tolist())
    if len(found) < 2:
        values = f"only {found[0]:g}" if found else "no value at all"
        table = name_with_source(labelled_customers, "labelled_customers")
        column = columns.layout.roles.target
        raise InputError(
            f"{table}: column {column!r} (roles.target) holds {values}; both 0 (paid) and 1 (unpaid) are needed"
        )
    unknown = int(target.isna().sum())
    if unknown:
        rows = plural(unknown, "row has no outcome yet and trains", "rows have no outcome yet and train")
        logger.info("labelled_customers: %s nothing", rows)
    return intake.accepted, intake.rejected, {**intake.record, "without_outcome": unknown}


def map_current(
    current_customers: TableBatches | None, columns: Columns, settings: IntakeSettings
) -> tuple[TableBatches, pd.DataFrame, dict[str, Any]]:
    """Take in the month to score, a table of any size; its target, if there is one, is ignored.

    Every run takes this node, so it is the one that says what the layout lacks.

    Args:
        current_customers: Raw table, one row per customer; None: there is no such table.
        columns: Layouts and the one in use.
        settings: Bounds of the intake.

    Returns:
        Canonical rows, rejected rows (both empty without a table), and the record of the intake.
    """
    for role, consequence in _DEGRADATIONS.items():
        if columns.layout.has(role):
            continue
        if role == "tenure_months" and columns.layout.has("contract_start_date"):
            logger.info("The layout %r maps no %s: it is counted from contract_start_date", columns.use, role)
        else:
            logger.warning("The layout %r maps no %s: %s", columns.use, role, consequence)
    if "invoice_amount" not in columns.layout.monthly:
        logger.warning("The layout %r maps no invoice_amount: all amounts count as nothing", columns.use)
    if current_customers is None:
        logger.warning("There is no current table: the held-out test rows of the labelled table are scored")
        nothing = pd.DataFrame()
        no_rejected = rejected_rows(nothing, np.empty(0, dtype=np.intp), [])
        return (
            TableBatches.of(nothing),
            no_rejected,
            {"present": False, "rows": 0, "rejected": 0, "tariffs": settings.tariffs, "hash": None},
        )
    accepted, rejected, record = take_in_batches(current_customers, columns.layout, "current_customers", settings)
    return accepted, rejected, {"present": True, **record}


def hold_out_test_rows(
    labelled_canonical: pd.DataFrame, current_intake: dict[str, Any], settings: SplitSettings
) -> pd.DataFrame:
    """Keep the newest row of every test customer, to be scored where there is no current table.

    Args:
        labelled_canonical: Canonical labelled rows.
        current_intake: Record of the current table's intake.
        settings: Shares and seed of the parts.

    Returns:
        Canonical rows with their target; none where there is a current table.
    """
    if current_intake["present"]:
        return labelled_canonical.iloc[:0]
    parts = assign_parts(labelled_canonical["customer_id"], settings)
    tests: pd.DataFrame = labelled_canonical[parts == PARTS.index("test")]
    if "invoice_date" in tests:
        tests = tests.sort_values("invoice_date", kind="stable", na_position="first")
    return tests.drop_duplicates("customer_id", keep="last").sort_index().reset_index(drop=True)


def build_labelled_features(
    labelled_canonical: pd.DataFrame, columns: Columns, features: FeatureSettings, intake: IntakeSettings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Build the features of the labelled rows whose outcome is known.

    Args:
        labelled_canonical: Canonical labelled rows.
        columns: Layouts and the one in use.
        features: Windows, the date strategy, and what the risk may follow one way only.
        intake: Holds the execution date, needed where the table has no invoice date.

    Returns:
        Features (keys, tariff and target in front), and the context of the same rows.
    """
    mapped = {column.family or column.name for column in columns.layout.table()}
    for name in sorted(features.signs.keys() - mapped - Roles.model_fields.keys()):
        logger.warning(
            "feature_engineering.features.monotone: the layout %r has no %r, nothing is constrained", columns.use, name
        )
    known = labelled_canonical["target"].notna()
    rows = labelled_canonical if known.all() else labelled_canonical[known].reset_index(drop=True)
    execution_date = _execution_date(rows.get("invoice_date"), intake, "labelled_customers")
    return _features(rows, columns, features, execution_date), build_context(rows, execution_date)


def build_current_context(
    current_canonical: TableBatches,
    held_out: pd.DataFrame | None,
    current_intake: dict[str, Any],
    intake: IntakeSettings,
) -> tuple[TableBatches, str]:
    """Find the date of the run, and what decides the segments of the rows to score.

    These are the current table's rows, or the held-out ones without one.

    Args:
        current_canonical: Canonical current rows; empty without a current table.
        held_out: Canonical held-out rows, used only without a current table.
        current_intake: Record of the current table's intake.
        intake: Holds the execution date; null: the newest invoice date of these rows.

    Returns:
        The context of every row, in the order of the table, and the execution date in ISO text.

    Raises:
        InputError: There is no row to score.
        ConfigurationError: No execution date is given, and the table has no invoice date.
    """
    rows = _rows_to_score(current_canonical, held_out, current_intake)
    if not rows.has_rows:
        why = "every one is rejected" if current_intake["present"] else "neither such a table nor held-out test rows"
        raise InputError(f"current_customers: there is no row to score: {why}")
    known = rows.columns
    dates = rows.select(["invoice_date"]).read()["invoice_date"] if "invoice_date" in known else None
    execution_date = _execution_date(dates, intake, "current_customers")
    context = rows.select([name for name in context_sources() if name in known])
    return context.map(lambda batch: build_context(batch, execution_date)), execution_date.isoformat()


def build_current_features(
    current_canonical: TableBatches,
    held_out: pd.DataFrame | None,
    current_intake: dict[str, Any],
    execution_date: str,
    columns: Columns,
    features: FeatureSettings,
) -> tuple[TableBatches, TableBatches]:
    """Build the features of the rows to score: the current table's, or the held-out ones without one.

    Args:
        current_canonical: Canonical current rows; empty without a current table.
        held_out: Canonical held-out rows, used only without a current table.
        current_intake: Record of the current table's intake.
        execution_date: Date of the run in ISO text; stands in for the invoice date where the table has none.
        columns: Layouts and the one in use.
        features: Windows and the date strategy.

    Returns:
        Keys and features of the Domestic rows and of the Industrial ones, each in the order of the table.
    """
    rows = _rows_to_score(current_canonical, held_out, current_intake)
    date = dt.date.fromisoformat(execution_date)

    def of_tariff(tariff: Tariff) -> TableBatches:
        def build(batch: pd.DataFrame) -> pd.DataFrame:
            members = batch[(batch["tariff"] == tariff).to_numpy()].reset_index(drop=True)
            return _features(members, columns, features, date).drop(columns=["tariff", "target"], errors="ignore")

        return rows.map(build)

    return of_tariff("Domestic"), of_tariff("Industrial")


def split_labelled(
    labelled_features: pd.DataFrame, labelled_intake: dict[str, Any], settings: SplitSettings
) -> dict[str, pd.DataFrame | dict[str, Any]]:
    """Split the labelled features per tariff and part; a customer is in one part only.

    Args:
        labelled_features: Features with keys, tariff and target.
        labelled_intake: Record of the labelled table's intake: the tariffs that the run is asked for.
        settings: Method, shares and seed.

    Returns:
        ``<part>_<tariff>`` for the three parts and both tariffs: keys, target and features; and
        ``split_record_<tariff>``, a ``SplitRecord`` as JSON.
    """
    require_months(labelled_features["invoice_date"], settings)
    outputs: dict[str, pd.DataFrame | dict[str, Any]] = {}
    for tariff in TARIFFS:
        of_tariff = (labelled_features["tariff"] == tariff).to_numpy()
        keys = labelled_features.loc[of_tariff, KEYS]
        used, record = split_rows(keys["customer_id"], keys["invoice_date"], settings)
        if (reason := not_asked_for(tariff, labelled_intake["tariffs"])) is not None:
            record = record.model_copy(update={"unused": {reason: labelled_intake["not_asked_for"]}})
        for part, rows in used.items():
            wanted = of_tariff.copy()
            wanted[of_tariff] = rows
            outputs[f"{part}_{tariff.lower()}"] = _rows_of(labelled_features, wanted)
        outputs[f"split_record_{tariff.lower()}"] = record.model_dump(mode="json")
        if record.unused:
            counts = ", ".join(f"{reason} {count}" for reason, count in record.unused.items())
            logger.info("%s: rows that no part uses: %s", tariff, counts)
    return outputs


def _rows_to_score(
    current_canonical: TableBatches, held_out: pd.DataFrame | None, current_intake: dict[str, Any]
) -> TableBatches:
    if current_intake["present"]:
        return current_canonical
    return TableBatches.of(pd.DataFrame() if held_out is None else held_out)


def _features(rows: pd.DataFrame, columns: Columns, features: FeatureSettings, execution_date: dt.date) -> pd.DataFrame:
    built = build_features(rows, columns.layout.family_columns(), features, pd.Timestamp(execution_date))
    no_date = np.full(len(rows), np.datetime64("NaT", "s"))
    leading = {"customer_id": rows["customer_id"], "invoice_date": rows.get("invoice_date", no_date)}
    leading |= {name: rows[name] for name in ("tariff", "target") if name in rows}
    return pd.concat([pd.DataFrame(leading), built], axis=1)


def _execution_date(invoice_dates: pd.Series | None, intake: IntakeSettings, table: str) -> dt.date:
    if intake.execution_date is not None:
        return intake.execution_date
    newest = pd.NaT if invoice_dates is None else invoice_dates.max()
    if pd.isna(newest):
        raise ConfigurationError(
            f"{table}: the table has no invoice date, so the run needs its own: --params execution_date=YYYY-MM-DD"
        )
    return newest.date()  # type: ignore[no-any-return]


def _rows_of(table: pd.DataFrame, wanted: np.ndarray[Any, np.dtype[np.bool_]]) -> pd.DataFrame:
    return table.drop(columns="tariff")[wanted].reset_index(drop=True)
