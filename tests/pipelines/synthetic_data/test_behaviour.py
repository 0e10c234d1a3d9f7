"""That the customers behave: base rates, foresight, seasons, debts, young customers."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from segmentation_model.pipelines.synthetic_data.histories import World, simulate_history
from segmentation_model.pipelines.synthetic_data.params import SyntheticDataParams
from tests.pipelines.synthetic_data.raw_tables import is_industrial, make_tables


def numbers(table: pa.Table, column: str) -> np.ndarray:
    return table[column].to_numpy(zero_copy_only=False)


@pytest.fixture(scope="module")
def truth() -> dict[str, np.ndarray]:
    """Outcome and true probability of every bill after the warm-up in four blocks of customers."""
    world = World.of(SyntheticDataParams(rows=32_768))
    parts: dict[str, list[np.ndarray]] = {"industrial": [], "outcome": [], "probability": [], "billed": []}
    for block in range(4):
        history = simulate_history(world, block)
        shown = slice(world.months.labelled[0] - 12, None, 6)
        shape = history.consumption.billed[shown].shape
        parts["industrial"].append(np.broadcast_to(history.traits.industrial, shape).ravel())
        parts["outcome"].append(history.account.in_default[shown].ravel())
        parts["probability"].append(history.account.probability[shown].ravel())
        parts["billed"].append(history.consumption.billed[shown].ravel())
    joined = {name: np.concatenate(arrays) for name, arrays in parts.items()}
    return {name: values[joined["billed"]] for name, values in joined.items()}


@pytest.mark.parametrize(("industrial", "rate"), [(False, 0.08), (True, 0.05)])
def test_base_rates_and_foresight_are_those_promised(
    truth: dict[str, np.ndarray], industrial: bool, rate: float
) -> None:
    chosen = truth["industrial"] == industrial
    outcome, probability = truth["outcome"][chosen], truth["probability"][chosen]
    assert probability.mean() == pytest.approx(rate, abs=0.008)
    # Who knows the true probability is right on average, and reaches the ceiling that the documentation states.
    standard_error = np.sqrt(np.sum(probability * (1 - probability))) / len(probability)
    assert abs(outcome.mean() - probability.mean()) < 4 * standard_error
    assert roc_auc_score(outcome, probability) == pytest.approx(0.855, abs=0.02)


def test_the_true_probability_is_calibrated_in_every_tenth(truth: dict[str, np.ndarray]) -> None:
    order = np.argsort(truth["probability"])
    for tenth in np.array_split(order, 10):
        probability, outcome = truth["probability"][tenth], truth["outcome"][tenth]
        assert abs(outcome.sum() - probability.sum()) < 4.5 * np.sqrt(np.sum(probability * (1 - probability)))


def test_base_rates_show_in_the_table(labelled: pa.Table) -> None:
    industrial, target = is_industrial(labelled), numbers(labelled, "Incumple")
    assert 0.07 < target[~industrial].mean() < 0.09
    assert 0.03 < target[industrial].mean() < 0.07


def test_nine_in_ten_customers_are_domestic(current: pa.Table) -> None:
    assert is_industrial(current).mean() == pytest.approx(0.1, abs=0.015)


@pytest.mark.parametrize("share", [0, 1])
def test_one_tariff_alone_can_be_had(share: int) -> None:
    table = make_tables(rows=300, domestic_share=share, unusable_share=0).current
    assert is_industrial(table).mean() == 1 - share


def test_few_customers_are_overdue_and_some_have_many_overdue_bills(current: pa.Table) -> None:
    bills, balance = numbers(current, "Facturas_Vencidas"), numbers(current, "Saldo_Vencido")
    assert 0.05 < (bills >= 1).mean() < 0.08
    assert all((bills == count).any() for count in (1, 2, 3))
    assert (bills >= 4).any()
    assert ((bills > 0) == (balance > 0)).all()


def test_overdue_customers_default_far_more_often(labelled: pa.Table) -> None:
    target, overdue = numbers(labelled, "Incumple"), numbers(labelled, "Facturas_Vencidas") > 0
    assert target[overdue].mean() > 4 * target[~overdue].mean()


def test_what_is_overdue_is_part_of_what_is_unpaid(current: pa.Table) -> None:
    # A credit can be open only when nothing else is, or beside an older debt; it never makes the debt smaller.
    overdue, balance = numbers(current, "Saldo_Vencido"), numbers(current, "Saldo_01")
    assert (overdue[balance >= 0] <= balance[balance >= 0] + 1e-6).mean() > 0.999


@pytest.mark.parametrize("family", ["Importe_Factura", "Consumo_m3", "Saldo", "Dias_Mora", "Ajustes"])
def test_months_before_the_first_invoice_are_null_and_no_others(current: pa.Table, family: str) -> None:
    known = np.column_stack([current[f"{family}_{month:02d}"].is_valid() for month in range(1, 25)])
    tenure = numbers(current, "Cat_And")
    recorded = ~np.isnan(tenure)
    assert (known[recorded] == (np.arange(1, 25) <= tenure[recorded, None])).all()
    assert known[:, 0].all()


def test_months_as_a_customer_follow_from_the_start_of_the_contract(current: pa.Table) -> None:
    start = current["Fecha_Alta"].to_pandas()
    start = start.where(start.str[4:5] == "-", start.str[6:] + "-" + start.str[3:5] + "-" + start.str[:2])
    invoice = np.array(current["Fecha_Vencimiento"].to_pylist(), "datetime64[D]") - np.where(
        is_industrial(current), 21, 18
    ).astype("timedelta64[D]")
    known = start.notna().to_numpy() & current["Cat_And"].is_valid().to_numpy(zero_copy_only=False)
    begun = np.array(start[known].tolist(), "datetime64[D]")
    months = (invoice[known].astype("datetime64[M]") - begun.astype("datetime64[M]")).astype(int)
    day = (invoice[known] - invoice[known].astype("datetime64[M]")).astype(int)
    begun_day = (begun - begun.astype("datetime64[M]")).astype(int)
    assert (months - (begun_day > day) == numbers(current, "Cat_And")[known]).all()


def test_one_in_eight_customers_is_new(current: pa.Table) -> None:
    tenure = numbers(current, "Cat_And")
    assert (tenure[~np.isnan(tenure)] <= 12).mean() == pytest.approx(0.13, abs=0.02)
    assert {12, 13} <= set(tenure[~np.isnan(tenure)].astype(int))


def test_consumption_has_seasons_that_differ_between_regions(current: pa.Table) -> None:
    region = np.array(current["Region"].to_pylist(), dtype=object)
    tenure = np.nan_to_num(numbers(current, "Cat_And"))
    old = (tenure >= 24) & ~is_industrial(current)

    def summer_over_winter(name: str) -> float:
        chosen = old & (region == name)
        # From July (01) back: July is 01 and 13, January is 07 and 19.
        july, january = (
            np.concatenate([numbers(current, f"Consumo_m3_{m:02d}")[chosen] for m in pair])
            for pair in ((1, 13), (7, 19))
        )
        return float(np.median(july) / np.median(january))

    assert summer_over_winter("Norte") > 1.15
    assert summer_over_winter("Sierra") < 0.98


def test_a_surcharge_is_one_and_a_half_percent_of_what_is_unpaid(current: pa.Table) -> None:
    unpaid, surcharge = numbers(current, "Saldo_01"), numbers(current, "Recargos_01")
    assert (unpaid > 0).sum() > 300
    # An open credit lies within the balance, but earns nothing.
    expected = np.round(np.maximum(unpaid, 0) * 0.015, 2)
    assert (np.abs(surcharge - expected) < 0.0101).mean() > 0.999
    assert surcharge[unpaid > 1].min() > 0


def test_dates_do_not_lie_after_the_invoice(current: pa.Table) -> None:
    term = np.where(is_industrial(current), 21, 18).astype("timedelta64[D]")
    invoice = np.array(current["Fecha_Vencimiento"].to_pylist(), "datetime64[D]") - term
    for column in ("Fecha_Ultimo_Pago", "Fecha_Ultima_Lectura", "Fecha_Ultimo_Corte", "Fecha_Ultima_Reconexion"):
        dates = np.array(current[column].to_pylist(), "datetime64[D]")
        known = ~np.isnat(dates)
        assert known.any(), column
        assert (dates[known] <= invoice[known]).all(), column


def test_reconnections_are_rare_and_follow_a_cut(current: pa.Table) -> None:
    reconnection, cut = current["Fecha_Ultima_Reconexion"], current["Fecha_Ultimo_Corte"]
    assert reconnection.null_count / len(reconnection) > 0.95
    assert all(c is not None for r, c in zip(reconnection.to_pylist(), cut.to_pylist(), strict=True) if r is not None)


def test_days_billed_are_almost_always_30(current: pa.Table) -> None:
    days = numbers(current, "Dias_Facturados_01")
    assert (days == 30).mean() > 0.85
    assert days.min() >= 29
    assert days.max() <= 60
