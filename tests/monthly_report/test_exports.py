"""The call list and BENCHMARK for people: named in their words, and safe to open."""

import pandas as pd

from segmentation_model.monthly_report.exports import benchmark_sheet, call_sheet, call_table
from segmentation_model.monthly_report.words import words_of
from tests.monthly_report.months import JULY, customer, facts_of, table
from tests.segments.customers import RULES


def calls_of(rows: pd.DataFrame = JULY, names: dict[str, str] | None = None) -> pd.DataFrame:
    return call_table(call_sheet(facts_of(rows).calls, names or {}, words_of("es"), RULES))


def test_the_call_list_speaks_the_language_and_the_words_of_the_business():
    found = calls_of(names={"customer_id": "Id_Cliente", "probability": "Riesgo", "tariff": "tariff"})
    assert found.columns.tolist()[:4] == ["N.º", "Id_Cliente", "Tarifa", "Código de segmento"]
    assert "Riesgo" in found
    assert found["Tarifa"].tolist() == ["Industrial", "Doméstica", "Doméstica", "Doméstica"]
    assert found["Importe esperado impagado"].tolist() == [750.0, 150.0, 40.0, 5.0]
    assert found["Motivo 1"].unique().tolist() == ["Mora alta (sube el riesgo)"]


def test_a_name_of_the_business_that_is_a_word_of_ours_for_another_column_leaves_both_apart():
    found = calls_of(names={"customer_id": "Tarifa"})
    assert found.columns.tolist()[1:3] == ["Tarifa", "Tarifa (tariff)"]
    assert found.columns.is_unique


def test_text_that_a_spreadsheet_would_calculate_is_defused_and_numbers_are_left_alone():
    ids = ["=1+1", "+1", "-1", "@x", "\tx", "C1"]
    rows = table(*(customer(one, invoice=100.0 - place, overdue_balance=-3.0) for place, one in enumerate(ids)))
    found = calls_of(rows)
    assert found["Cliente"].tolist() == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "C1"]
    assert (found["Saldo vencido"] == -3.0).all()


def test_the_workbook_keeps_ids_as_they_are():
    sheet = call_sheet(facts_of(table(customer("=1+1"))).calls, {}, words_of("es"), RULES)
    assert sheet.rows["customer_id"].tolist() == ["=1+1"]
    assert next(column for column in sheet.columns if column.source == "customer_id").kind == "text"


def test_benchmark_has_every_row_and_figure_in_words():
    facts = facts_of()
    sheet = benchmark_sheet(facts.benchmark, words_of("en"), RULES)
    assert len(sheet.rows) == len(facts.benchmark)
    assert {column.source for column in sheet.columns} == set(facts.benchmark.columns)
    assert len({column.heading for column in sheet.columns}) == len(sheet.columns)
    assert set(sheet.rows["level"]) == {"Segment", "Tariff", "Portfolio"}
    assert sheet.rows.iloc[-1][["tariff", "segment_code", "segment_label"]].tolist() == ["All"] * 3
