"""The nodes of the monthly report hand on what the settings say."""

from typing import Any

import pandas as pd
import pytest

from segmentation_model.pipelines.reporting import page_nodes
from segmentation_model.pipelines.reporting.params import ReportingSettings
from tests.batches import batches
from tests.model.artifacts import COLUMNS, REASONS, skipped, trained
from tests.monthly_report.months import BEFORE, DATE, JULY, JUNE, drift, facts_of, performance
from tests.segments.customers import RULES


def write(cards: tuple[str, str] = ("", ""), **settings: Any) -> str:
    facts, chosen = facts_of(), ReportingSettings(**settings)
    moves = page_nodes.follow_customers({BEFORE: batches(JUNE), DATE: batches(JULY)}, DATE)
    return page_nodes.write_monthly_report(
        segment_totals=facts.totals,
        segment_moves=moves,
        month_check=page_nodes.check_month(
            batches(JULY), {BEFORE: batches(JUNE), DATE: batches(JULY)}, {"present": True}, DATE
        ),
        calls=page_nodes.list_calls(batches(JULY), chosen),
        current_rejected=pd.DataFrame({"reason": ["no id"]}),
        current_intake={"present": True},
        drift_report=drift(),
        prediction_drift={},
        expected_performance=dict.fromkeys(("Domestic", "Industrial"), performance()),
        model_domestic=trained().model,
        model_industrial=skipped().model,
        model_card_html_domestic=cards[0],
        model_card_html_industrial=cards[1],
        execution_date=DATE,
        columns=COLUMNS,
        rules=RULES,
        reasons=REASONS,
        settings=chosen,
    )


def test_the_page_speaks_the_language_and_shows_as_many_calls_as_it_is_told():
    page = write(language="en", currency="COP", call_list={"on_page": 2, "size": 3})
    assert "COP" in page
    assert "These 2 customers hold" in page
    assert "The whole list has 3 customers:" in page
    assert "1 row of the month&#39;s table could not be used" in page


@pytest.mark.parametrize(
    ("card", "linked"), [("<p>{version} (a hash of its content)", True), ("<p>another version", False), ("", False)]
)
def test_a_card_is_linked_where_it_is_that_of_the_model_that_scored(card: str, linked: bool):
    page = write((card.format(version=trained().model.version), ""))
    assert ('href="model_card_domestic.html"' in page) == linked
    assert 'href="model_card_industrial.html"' not in page


def test_exports_are_those_of_the_call_list_and_of_benchmark():
    settings = ReportingSettings(output_columns={"customer_id": "Id_Cliente"}, call_list={"size": 2})
    table, sheet = page_nodes.export_calls(page_nodes.list_calls(batches(JULY), settings), settings, RULES)
    assert table["Id_Cliente"].tolist() == ["C4", "C3"]
    assert sheet.name == "A quién llamar"
    benchmark = page_nodes.export_benchmark(facts_of().totals, DATE, settings, RULES)
    assert benchmark.rows["execution_date"].unique().tolist() == [DATE]
