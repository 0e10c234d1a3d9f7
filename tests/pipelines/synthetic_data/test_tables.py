"""Shape of the tables, and what they do and do not depend on."""

import threading

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segmentation_model.pipelines.synthetic_data.layout import RAW_SCHEMA
from segmentation_model.pipelines.synthetic_data.nodes import make_current_customers, make_labelled_customers
from segmentation_model.pipelines.synthetic_data.params import SyntheticDataParams
from tests.pipelines.synthetic_data.raw_tables import DRIFT, RawTables, make_tables, reference_month

FAMILIES = (
    "Importe_Factura",
    "Consumo_m3",
    "Importe_Pagado",
    "Dias_Mora",
    "Saldo",
    "Dias_Facturados",
    "Lectura_Estimada",
    "Recargos",
    "Ajustes",
)
CUSTOMER = (
    "Id_Cliente",
    "Fecha_Factura",
    "Fecha_Vencimiento",
    "Fecha_Alta",
    "Fecha_Ultimo_Pago",
    "Fecha_Ultima_Lectura",
    "Fecha_Ultimo_Corte",
    "Fecha_Ultima_Reconexion",
    "Tarifa",
    "Estrato",
    "Cat_And",
    "Municipio",
    "Region",
    "Canal_Pago",
    "Canal_Envio",
    "Tipo_Medidor",
    "Giro",
    "Domiciliado",
    "Saldo_Vencido",
    "Facturas_Vencidas",
    "Deposito",
    "Capacidad_Contratada",
    "Convenio",
    "Quejas_12m",
    "Incumple",
)


def test_the_layout_is_25_columns_of_the_customer_and_9_families_of_24_months(clean: RawTables) -> None:
    expected = [*CUSTOMER, *(f"{family}_{month:02d}" for family in FAMILIES for month in range(1, 25))]
    assert len(expected) == 241
    for table in clean:
        assert table.schema.names == expected
        assert table.schema == RAW_SCHEMA


def test_types_are_those_of_an_export(labelled: pa.Table) -> None:
    types = {name: str(labelled.schema.field(name).type) for name in labelled.schema.names}
    assert {types[name] for name in ("Fecha_Factura", "Fecha_Alta", "Tarifa")} == {"string"}
    assert {types[name] for name in ("Fecha_Vencimiento", "Fecha_Ultimo_Pago")} == {"date32[day]"}
    assert {types[name] for name in ("Estrato", "Cat_And", "Incumple", "Dias_Mora_24")} == {"int32"}
    assert {types[name] for name in ("Importe_Factura_01", "Consumo_m3_24", "Saldo_Vencido")} == {"double"}
    assert set(types.values()) == {"string", "date32[day]", "int32", "double"}


def test_every_array_is_well_formed(dirty: RawTables) -> None:
    for table in dirty:
        table.validate(full=True)


def test_months_are_two_labelled_ones_and_the_following_one(clean: RawTables) -> None:
    assert reference_month(clean.labelled).unique().tolist() == ["2026-05", "2026-06"]
    assert reference_month(clean.current).unique().tolist() == ["2026-07"]


def test_the_current_month_can_come_later() -> None:
    tables = make_tables(rows=50, first_month="2025-11-01", months_until_current=3, unusable_share=0)
    assert sorted(reference_month(tables.labelled).unique()) == ["2025-11", "2025-12"]
    assert reference_month(tables.current).unique().tolist() == ["2026-03"]


def test_rows_are_customers_and_newcomers_have_no_labelled_rows(clean: RawTables) -> None:
    assert clean.current.num_rows == 9_000
    newcomers = 2 * 9_000 - clean.labelled.num_rows
    # 1.2 % arrive a month: those of the last month lack two labelled rows (May, June), those before one.
    assert 200 < newcomers < 500


def test_targets_are_known_in_the_labelled_months_alone(clean: RawTables) -> None:
    assert clean.labelled["Incumple"].null_count == 0
    assert set(clean.labelled["Incumple"].to_pylist()) == {0, 1}
    assert clean.current["Incumple"].null_count == 9_000


@pytest.mark.parametrize("chunk_rows", [1, 700, 8_192, 1_000_000])
def test_chunks_do_not_change_the_tables(chunk_rows: int) -> None:
    rows = 300 if chunk_rows == 1 else 9_000
    one, other = (
        make_tables(rows=rows, drift=DRIFT, threads=threads, chunk_rows=size)
        for threads, size in ((1, 65_536), (3, chunk_rows))
    )
    assert one.labelled.equals(other.labelled)
    assert one.current.equals(other.current)


def test_batches_have_the_size_asked_for_but_the_last() -> None:
    reader = make_current_customers(SyntheticDataParams(rows=9_000, chunk_rows=4_000))
    assert [batch.num_rows for batch in reader] == [4_000, 4_000, 1_000]


def test_more_rows_leave_the_first_customers_as_they_are(dirty: RawTables) -> None:
    few = make_tables(rows=1_234, unusable_share=0.02)
    assert few.current.equals(dirty.current.slice(0, 1_234))
    may = reference_month(few.labelled) != "2026-06"
    assert few.labelled.slice(0, may.to_numpy().argmin()).equals(dirty.labelled.slice(0, may.to_numpy().argmin()))


def test_another_seed_gives_other_customers(clean: RawTables) -> None:
    other = make_tables(rows=100, seed=43, unusable_share=0).current
    same = clean.current.slice(0, 100)
    assert other["Id_Cliente"].equals(same["Id_Cliente"])
    alike = [name for name in other.schema.names if name.startswith("Importe_") and other[name].equals(same[name])]
    assert alike == []


def test_tables_are_streams_that_can_be_written_row_group_by_row_group(tmp_path) -> None:
    reader = make_labelled_customers(SyntheticDataParams(rows=1_000, chunk_rows=400))
    with pq.ParquetWriter(tmp_path / "raw.parquet", reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
    written = pq.ParquetFile(tmp_path / "raw.parquet")
    groups = [written.metadata.row_group(i).num_rows for i in range(written.num_row_groups)]
    assert groups[:-1] == [400] * (len(groups) - 1)
    assert written.read().equals(make_labelled_customers(SyntheticDataParams(rows=1_000)).read_all())


def test_a_reader_left_half_way_leaves_no_thread_behind() -> None:
    reader = make_current_customers(SyntheticDataParams(rows=60_000, chunk_rows=100))
    reader.read_next_batch()
    assert any(thread.name.startswith("synthetic") for thread in threading.enumerate())
    reader.close()
    del reader
    assert not any(thread.name.startswith("synthetic") for thread in threading.enumerate())
