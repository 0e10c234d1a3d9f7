"""The dirt that is harmless, and the rows that no one can use."""

import numpy as np
import pyarrow as pa
import pytest

from segmentation_model.pipelines.synthetic_data.dirt import TARIFF_TEXTS, UNKNOWN_TARIFFS, UNREADABLE_DATES
from tests.pipelines.synthetic_data.raw_tables import RawTables, make_tables

DATE = r"^(\d{4}-\d{2}-\d{2}|\d{2}/\d{2}/\d{4})$"


def test_tariffs_are_spelt_in_many_ways(current: pa.Table) -> None:
    found = set(current["Tarifa"].to_pylist())
    assert found == set(TARIFF_TEXTS) - set(UNKNOWN_TARIFFS)
    assert {" DOMESTICA", "domestic ", "Doméstica", "D", "Industrial", "industrial", "I"} <= found


def test_municipalities_are_spelt_in_many_ways_that_clean_up_to_few(current: pa.Table) -> None:
    raw = current["Municipio"].drop_null().to_pandas()
    assert raw.nunique() > 80
    assert raw.str.split().str.join(" ").str.casefold().nunique() == 19


@pytest.mark.parametrize(
    ("column", "code"), [("Canal_Pago", "ZZ"), ("Tipo_Medidor", "00"), ("Region", "N/D"), ("Giro", "999")]
)
def test_codes_are_unknown_or_missing_for_some(current: pa.Table, column: str, code: str) -> None:
    values = current[column].to_pandas()
    assert 0 < (values == code).mean() < 0.03
    assert values.isna().any()


def test_strata_are_known_for_most_domestic_customers_and_no_industrial_one(current: pa.Table) -> None:
    frame = current.select(["Tarifa", "Estrato"]).to_pandas()
    industrial = frame["Tarifa"].str.strip().str.lower().str.startswith("i")
    assert frame.loc[industrial, "Estrato"].isna().all()
    domestic = frame.loc[~industrial, "Estrato"]
    assert domestic.isin(range(1, 7)).mean() > 0.95
    assert domestic.isna().any()
    assert (domestic == 0).any()


def test_dates_are_text_in_two_formats(clean: RawTables) -> None:
    for table in clean:
        for column in ("Fecha_Factura", "Fecha_Alta"):
            text = table[column].to_pandas().dropna()
            assert text.str.match(DATE).all()
            assert 0.05 < text.str.contains("/").mean() < 0.2


def test_some_tenures_and_starts_are_missing(current: pa.Table) -> None:
    for column in ("Cat_And", "Fecha_Alta"):
        assert 0 < current[column].null_count / len(current) < 0.02


def test_households_have_a_nearly_constant_capacity_and_no_line_of_business(current: pa.Table) -> None:
    frame = current.select(["Tarifa", "Capacidad_Contratada", "Giro"]).to_pandas()
    household = ~frame["Tarifa"].str.strip().str.lower().str.startswith("i")
    assert (frame.loc[household, "Capacidad_Contratada"] == 2.5).mean() > 0.99
    assert frame.loc[household, "Giro"].isna().all()


def unusable(table: pa.Table) -> dict[str, np.ndarray]:
    frame = table.select(["Id_Cliente", "Fecha_Factura", "Tarifa"]).to_pandas()
    missing = frame["Id_Cliente"].isna() | (frame["Id_Cliente"].str.strip() == "")
    repeated = np.zeros(len(frame), bool)
    for column in ("Id_Cliente", "Importe_Factura_01", "Fecha_Alta"):
        values = table[column].to_pandas()
        same = (values == values.shift()) | (values.isna() & values.shift().isna())
        repeated = same.to_numpy() if column == "Id_Cliente" else repeated & same.to_numpy()
    return {
        "missing id": missing.to_numpy(),
        "repeated row": repeated & ~missing.to_numpy(),
        "unreadable date": frame["Fecha_Factura"].isin(UNREADABLE_DATES).to_numpy(),
        "unknown tariff": frame["Tarifa"].isin(UNKNOWN_TARIFFS).to_numpy(),
    }


def test_every_kind_of_unusable_row_has_its_share(dirty: RawTables) -> None:
    for table in dirty:
        kinds = unusable(table)
        for kind, rows in kinds.items():
            assert rows.mean() == pytest.approx(0.02 / 4, abs=0.0025), kind
        assert (np.sum(list(kinds.values()), axis=0) <= 1).all()


def test_missing_ids_are_null_or_blank(dirty: RawTables) -> None:
    ids = dirty.current["Id_Cliente"].to_pandas()
    assert ids.isna().any()
    assert (ids.str.strip() == "").any()


def test_no_row_is_unusable_at_share_0(clean: RawTables) -> None:
    for table in clean:
        assert not any(rows.any() for rows in unusable(table).values())
        ids = table["Id_Cliente"].to_pandas()
        assert ids.str.fullmatch(r"C\d{7}").all()
        assert table.select(["Id_Cliente", "Fecha_Vencimiento"]).to_pandas().duplicated().sum() == 0


def test_sound_rows_are_the_same_with_and_without_unusable_ones(clean: RawTables, dirty: RawTables) -> None:
    sound = ~np.any(list(unusable(dirty.current).values()), axis=0)
    assert dirty.current.filter(pa.array(sound)).equals(clean.current.filter(pa.array(sound)))


def test_by_default_about_one_row_in_a_thousand_is_unusable() -> None:
    table = make_tables(rows=32_768).labelled
    share = np.sum([rows.sum() for rows in unusable(table).values()]) / table.num_rows
    assert share == pytest.approx(0.001, abs=0.0006)
