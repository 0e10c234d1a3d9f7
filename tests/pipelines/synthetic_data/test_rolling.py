"""That all months are views of one history, to the cent."""

import numpy as np
import pyarrow as pa
import pytest

from segmentation_model.pipelines.synthetic_data.layout import FAMILY_TYPES
from tests.pipelines.synthetic_data.raw_tables import RawTables, cents, in_month, make_tables


def side_by_side(newer: pa.Table, older: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The customers that both months have, in the same order."""
    common = set(newer["Id_Cliente"].to_pylist()) & set(older["Id_Cliente"].to_pylist())
    assert len(common) > 8_000
    return tuple(
        table.filter(pa.array([id_ in common for id_ in table["Id_Cliente"].to_pylist()])) for table in (newer, older)
    )


@pytest.fixture(scope="module")
def months(drifted: RawTables) -> tuple[pa.Table, pa.Table, pa.Table]:
    return in_month(drifted.labelled, "2026-05"), in_month(drifted.labelled, "2026-06"), drifted.current


@pytest.mark.parametrize(("newer", "older"), [(1, 0), (2, 1)], ids=["June and May", "July, which drifts, and June"])
@pytest.mark.parametrize("family", FAMILY_TYPES)
def test_a_month_ago_is_last_months_newest(months, newer: int, older: int, family: str) -> None:
    now, before = side_by_side(months[newer], months[older])
    assert now["Id_Cliente"].equals(before["Id_Cliente"])
    for month in range(1, 24):
        assert now[f"{family}_{month + 1:02d}"].equals(before[f"{family}_{month:02d}"])


def test_windows_roll_by_the_gap_when_the_current_month_comes_later() -> None:
    tables = make_tables(rows=8_500, months_until_current=3, unusable_share=0)
    now, before = side_by_side(tables.current, in_month(tables.labelled, "2026-06"))
    assert now["Importe_Factura_04"].equals(before["Importe_Factura_01"])


def test_balances_add_up_to_the_cent(current: pa.Table) -> None:
    for month in range(1, 24):
        previous = cents(current, f"Saldo_{month + 1:02d}") + cents(current, f"Importe_Factura_{month + 1:02d}")
        expected = previous - cents(current, f"Importe_Pagado_{month:02d}")
        known = ~np.isnan(expected)
        assert known.sum() > 6_000
        assert (cents(current, f"Saldo_{month:02d}")[known] == expected[known]).all()


def test_money_has_two_decimals(current: pa.Table) -> None:
    for family in ("Importe_Factura", "Importe_Pagado", "Saldo", "Recargos", "Ajustes"):
        values = current[f"{family}_05"].drop_null().to_numpy()
        assert (values == np.round(values, 2)).all()


def test_some_bills_are_credits_and_lower_the_next_payment(current: pa.Table) -> None:
    credit = cents(current, "Importe_Factura_02") < 0
    assert 0.001 < credit.mean() < 0.02
    assert (cents(current, "Ajustes_02")[credit] < 0).all()
    nothing_else = credit & (cents(current, "Saldo_02") == 0)
    assert nothing_else.any()
    assert (cents(current, "Importe_Pagado_01")[nothing_else] == 0).all()
    assert (cents(current, "Saldo_01") < 0)[nothing_else].all()


def test_the_outcome_shows_in_the_months_that_follow(months) -> None:
    # Incumple of May is about June's bill: when July's invoice is made, what is left of it is in the balance.
    july, may = side_by_side(months[2], months[0])
    bad = may["Incumple"].to_numpy() == 1
    assert (cents(july, "Saldo_01")[bad] > 0).mean() > 0.95
    assert (cents(july, "Saldo_01")[~bad] > 0).mean() < 0.2
