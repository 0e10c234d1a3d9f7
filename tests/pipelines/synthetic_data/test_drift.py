"""Drift of the current month: the named columns, and nothing else."""

import numpy as np
import pytest

from tests.pipelines.synthetic_data.raw_tables import DRIFT, RawTables, make_tables


def test_only_the_named_columns_differ(clean: RawTables, drifted: RawTables) -> None:
    differing = {name for name in clean.current.schema.names if not clean.current[name].equals(drifted.current[name])}
    assert differing == set(DRIFT)
    assert clean.labelled.equals(drifted.labelled)


def test_numbers_are_scaled_and_keep_their_nulls(clean: RawTables, drifted: RawTables) -> None:
    before, after = (tables.current["Consumo_m3_01"].to_numpy() for tables in (clean, drifted))
    np.testing.assert_allclose(after, before * 1.1, atol=0.005)


def test_a_share_of_counts_rises_by_the_summand(clean: RawTables, drifted: RawTables) -> None:
    before, after = (tables.current["Quejas_12m"].to_numpy() for tables in (clean, drifted))
    assert set(np.unique(after - before)) == {0, 1}
    assert (after - before).mean() == pytest.approx(0.2, abs=0.02)


def test_a_share_of_texts_takes_the_value(clean: RawTables, drifted: RawTables) -> None:
    before, after = (tables.current["Canal_Pago"].to_pandas() for tables in (clean, drifted))
    others = before != "App"
    assert (after[others] == "App").mean() == pytest.approx(0.1, abs=0.012)
    moved = after.fillna("-") != before.fillna("-")
    assert (after[moved] == "App").all()


def test_columns_drift_independently_of_one_another(drifted: RawTables) -> None:
    alone = make_tables(rows=9_000, unusable_share=0, drift={"Canal_Pago": DRIFT["Canal_Pago"]})
    assert alone.current["Canal_Pago"].equals(drifted.current["Canal_Pago"])
