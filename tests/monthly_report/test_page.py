"""The page: every figure is what a pencil gives, nothing in the data adds markup, and its size does not grow."""

import re

import numpy as np
import pytest

from segmentation_model.monthly_report.benchmark_rows import benchmark_table
from segmentation_model.monthly_report.call_rows import call_rows
from segmentation_model.monthly_report.health import health
from segmentation_model.monthly_report.movements import movements
from segmentation_model.monthly_report.page import MAX_BYTES
from segmentation_model.monthly_report.portfolio import tiles, trust_of, verdict
from segmentation_model.monthly_report.segment_map import LARGEST, segment_map
from segmentation_model.monthly_report.settings import Speech
from segmentation_model.monthly_report.writing import Writer
from segmentation_model.pages.sources import source_hash
from tests.drift.reports.html.pages import HOSTILE, Parsed
from tests.model.artifacts import skipped
from tests.monthly_report.months import (
    BEFORE,
    DOUBTFUL,
    GOES_ON,
    JULY,
    JUNE,
    NAN,
    after,
    customer,
    drift,
    facts_of,
    many,
    page_of,
    performance,
    table,
)

ES, EN = Writer(Speech()), Writer(Speech(language="en"))


class TestPortfolio:
    def test_the_verdict_says_what_may_stay_unpaid_of_what_and_how_that_has_changed(self):
        found = verdict(facts_of(), ES)
        assert all("\xa0" in text for text in (found.consequence, found.change))  # no figure is torn from its sign
        plain = [text.replace("\xa0", " ") for text in (found.consequence, found.change, found.sure[0])]
        assert found.title == "945,00 quedarán probablemente sin pagar"
        assert plain == [
            "Es el 45,0 % de los 2.100,00 facturados a 4 clientes.",
            "Son 845,00 más que en la ejecución del 28 de junio de 2026 (+845,0 %).",
            "Doméstica: entre el 25,0 % y el 35,0 % de las facturas quedarán impagas, con una confianza del 95 %.",
        ]

    def test_it_says_so_in_english_with_a_currency(self):
        found = verdict(facts_of(), Writer(Speech(language="en", currency="USD")))
        assert found.title == "$945.00 will probably stay unpaid"
        assert found.consequence == "That is 45.0% of the $2,100.00 billed to 4 customers."
        assert found.change == "That is $845.00 more than in the run of June 28, 2026 (+845.0%)."

    @pytest.mark.parametrize(
        ("before", "said"),
        [
            (None, "There is no earlier run to compare with."),
            (JULY, "That is the same as in the run of June 28, 2026."),
            (table(customer("C9", invoice=10_000.0)), "That is 55.00 less than in the run of June 28, 2026 (−5.5%)."),
        ],
    )
    def test_every_change_has_its_words(self, before, said):
        assert verdict(facts_of(before=before), EN).change == said

    def test_tiles_hold_the_figures_of_the_portfolio(self):
        found = [(tile.value, tile.change, tile.relative, tile.direction) for tile in tiles(facts_of(), ES)]
        assert found == [
            ("945,00", "+845,00", "+845,0\xa0%", "up"),
            ("2.100,00", "+1.400,00", "+200,0\xa0%", "up"),
            ("120,50", "+120,50", "–", "up"),
            ("4", "0", "0,0\xa0%", "same"),
        ]

    def test_a_tile_shows_the_dates_from_the_third_on(self):
        assert [len(tile.bars) for tile in tiles(facts_of(), ES)] == [0, 0, 0, 0]
        first = tiles(after(BEFORE, "2026-05-31"), EN)[0]
        assert [(bar.height, bar.now) for bar in first.bars] == [("10.58", False), ("10.58", False), ("100", True)]
        assert first.history == "May 31, 2026: 100.00; June 28, 2026: 100.00; July 26, 2026: 945.00"

    @pytest.mark.parametrize(
        ("changed", "trust"),
        [
            ({}, ("none", "none")),
            ({"drift": drift("moderate")}, ("moderate", "moderate")),
            ({"drift": drift("high")}, ("high", "high")),
            ({"drift": drift(skipped=True)}, ("not_measured", "not_measured")),
            ({"performance": {"Domestic": performance(default_rate_in_band=False)}}, ("high", "out_of_band")),
        ],
    )
    def test_trust_follows_from_drift_and_from_what_came_of_the_month(self, changed, trust):
        assert trust_of(facts_of(**changed)) == trust

    @pytest.mark.parametrize(
        ("doubts", "changed", "trust"),
        [
            (["not_rolled"], {}, ("moderate", "not_rolled")),
            (["unknown_customers"], {"drift": drift("low")}, ("moderate", "unknown_customers")),
            (["unknown_customers", "not_rolled"], {"drift": drift(skipped=True)}, ("moderate", "unknown_customers")),
            (["not_rolled"], {"drift": drift("high")}, ("high", "high")),
        ],
    )
    def test_a_month_that_does_not_go_on_from_the_previous_one_is_doubtful_at_least(self, doubts, changed, trust):
        assert trust_of(facts_of(month_check={**DOUBTFUL, "doubts": doubts}, **changed)) == trust

    def test_what_makes_a_month_doubtful_stands_below_with_its_figures(self):
        doubtful = facts_of(month_check=DOUBTFUL)
        found = verdict(doubtful, EN)
        assert found.trust.startswith("Most customers are not those of the previous run: before you act, check")
        assert found.notes == (
            "Customers of this run: 2,985; of the run of June 28, 2026: 2,990; of both: 30. Were the ids read as "
            "numbers, so that leading zeros were lost? An id of now: 103300; one of then: 00103300.",
            "Customers with exactly the same newest bill amount as in the run of June 28, 2026: 29 of 30. Was the "
            "month rolled?",
        )
        spanish = verdict(doubtful, ES)
        assert "Clientes de esta ejecución: 2.985" in spanish.notes[0]
        assert "exactamente el mismo importe que en la ejecución del 28 de junio de 2026: 29 de 30" in spanish.notes[1]
        assert "00103300" in Parsed(page_of(doubtful)).words

    def test_customers_without_a_newest_invoice_are_named_only_where_there_are_any(self):
        assert verdict(facts_of(), EN).notes == ()
        (note,) = verdict(facts_of(month_check={**GOES_ON, "without_invoice": 39}), EN).notes
        assert note == (
            "39 customers have no newest invoice: they are scored, count 0 in the amounts and are not on the call list."
        )

    def test_without_any_model_there_is_no_amount_to_expect(self):
        nobody = table(customer("C1", "D-M-NE", p=NAN, expected_unpaid_amount=NAN))
        facts = facts_of(nobody, models=dict.fromkeys(("Domestic", "Industrial"), skipped().model), calls_listed=0)
        found = verdict(facts, EN)
        assert (found.title, found.change) == ("Nobody has a probability this month", "")
        assert found.notes == (
            "The tariff Doméstica has no model: its customers have neither a probability nor an expected amount.",
        )
        Parsed(page_of(facts))


class TestSegments:
    def test_area_is_money_on_one_scale(self):
        found = segment_map(facts_of(), ES)
        assert [column.text for column in found.columns] == [
            "Riesgo Bajo", "Riesgo Alto", "Riesgo Muy Alto", "Incorriente 1"
        ]  # fmt: skip
        assert found.groups == (("Puntuados por el modelo", 3), ("No están al día", 1))
        sides = {
            (block.tariff, row.label): [float(square.side) for square in row.squares]
            for block in found.blocks
            for row in block.rows
        }
        assert sides["Industrial", "Todos"] == [0, 0, LARGEST, 0]
        assert sides["Doméstica", "Bajo"][3] == pytest.approx(LARGEST * (150 / 750) ** 0.5, abs=0.05)
        assert sides["Doméstica", "Medio"][1] == pytest.approx(LARGEST * (40 / 750) ** 0.5, abs=0.05)

    def test_totals_of_rows_and_columns_are_written(self):
        found = segment_map(facts_of(), EN)
        assert found.totals == ("5", "40", "750", "150")
        assert found.whole == "945"
        assert [(row.label, row.customers, row.amount) for row in found.blocks[0].rows] == [
            ("Bajo", "1", "150"), ("Medio", "2", "45")
        ]  # fmt: skip

    def test_the_fewest_segments_with_half_of_the_money_are_named(self):
        assert segment_map(facts_of(), EN).sentence == (
            "One segment of 4, Industrial · Riesgo Muy Alto, with 25.0% of the customers, holds 79.4% of the expected "
            "unpaid amount."
        )

    def test_a_segment_says_its_figures_in_words(self):
        square = segment_map(facts_of(), EN).blocks[0].rows[0].squares[3]
        assert square.title == "Doméstica · Bajo · Incorriente 1: 150.00, probability 50.0%, 1 customer"
        assert square.shade == "2"  # 0.50 is at least 1 x, and less than 2 x the mean of 0.3125


class TestCalls:
    def test_the_largest_expected_amount_comes_first_with_its_reasons(self):
        found = call_rows(facts_of(), EN, 10)
        assert [row.customer.text for row in found.rows] == ["C4", "C3", "C2", "C1"]
        assert found.lead == "These 4 customers hold 945.00, 100% of the expected unpaid amount."
        assert [(one.text, one.direction) for one in found.rows[0].reasons] == [("Mora alta", "up"), ("Canal", "down")]
        assert (found.rows[1].overdue.text, found.rows[1].overdue.value) == ("120.50", "120.5")

    def test_a_month_without_anybody_to_call_says_so(self):
        page = Parsed(page_of(facts_of(table(customer("C1", invoice=-5.0))), language="en")).words
        assert "No customer has an expected unpaid amount." in page


class TestBenchmark:
    def test_every_row_of_benchmark_is_there_to_the_cent(self):
        facts = facts_of(many(2_000), many(2_000, seed=2))
        found = benchmark_table(facts, ES, 400)
        place = found.columns.index("Esperado impagado")
        assert len(found.rows) == len(facts.benchmark)
        by_level = {
            level: sum(round(100 * float(row.cells[place].value)) for row in found.rows if row.level == level)
            for level in ("segment", "tariff", "portfolio")
        }
        cents = round(100 * facts.portfolio["expected_unpaid_amount_sum"])
        assert by_level == dict.fromkeys(by_level, cents)
        assert found.rows[0].cells[place].text == ES.money(cents / 100)

    def test_ratios_and_changes_stand_beside_the_figures(self):
        found = benchmark_table(facts_of(), EN, 400)
        row = next(row for row in found.rows if row.code == "D-M-RA")
        assert dict(zip(found.columns, (cell.text for cell in row.cells), strict=True)) == {
            "Customers": "1", "Part of customers": "25.0%", "Expected unpaid": "40.00", "Part of expected": "4.2%",
            "Change of expected": "0.00", "Mean prob.": "20.0%", "Ratio of prob.": "0.64\xa0×", "Billed": "200.00",
            "Mean bill": "200.00", "Overdue balance": "0.00", "Change of customers": "0",
        }  # fmt: skip

    def test_a_column_that_nobody_has_a_figure_in_is_left_out(self):
        assert "Change of expected" not in benchmark_table(facts_of(before=None), EN, 400).columns
        known = facts_of(table(customer("C1", target=1.0)))
        assert "Observed default" in benchmark_table(known, EN, 400).columns

    def test_what_has_no_room_is_said(self):
        assert benchmark_table(facts_of(), EN, 5).left_out.startswith("2 segments, the smallest by amount, are left")


class TestMovements:
    def test_customers_are_counted_by_what_happened_to_them(self):
        assert dict(movements(facts_of(), EN).facts) == {
            "Stay the same": "1", "Rise in risk": "0", "Fall in risk": "1", "Fall behind": "1", "Catch up": "0",
            "Arrive": "1", "Leave": "1",
        }  # fmt: skip

    def test_the_matrix_adds_up_to_both_dates(self):
        facts = facts_of(many(2_000), many(2_200, seed=2))
        found = movements(facts, EN)
        cells = sum(int(cell.customers.replace(",", "") or 0) for row in found.rows for cell in row.cells)
        rows = sum(int(row.customers.replace(",", "")) for row in found.rows)
        assert cells == rows == facts.moves["customers"].sum() == 2_200  # the ids of the shorter month are among them

    def test_a_row_says_where_its_customers_are_now_and_what_is_at_stake(self):
        found = movements(facts_of(), EN)
        row = next(row for row in found.rows if row.name.text == "Riesgo Alto")
        where = {
            column.text: (cell.customers, cell.amount)
            for column, cell in zip(found.columns, row.cells, strict=True)
            if cell.customers
        }
        assert where == {"Riesgo Alto": ("1", "40"), "Incorriente 1": ("1", "150")}
        assert (row.customers, row.amount) == ("2", "70")
        assert [cell.customers for cell in found.rows[-1].cells] == ["", "", "1", "", ""]

    def test_moves_between_segments_are_listed_by_what_they_changed(self):
        first = movements(facts_of(), EN).moves[0]
        assert (first.source.text, first.target.text) == (
            "Doméstica · Bajo · Riesgo Alto", "Doméstica · Bajo · Incorriente 1"
        )  # fmt: skip
        assert (first.before.text, first.now.text, first.change.text) == ("30.00", "150.00", "+120.00")

    def test_without_an_earlier_date_it_says_when_moves_will_show(self):
        found = movements(facts_of(before=None), EN)
        assert found.lead.startswith("There is no earlier run with its customers")
        assert (found.rows, found.moves) == ((), ())


class TestHealth:
    def test_what_came_of_the_month_stands_beside_what_was_expected(self):
        known = performance(rows=4, default_rate=0.5, roc_auc=0.8, default_rate_in_band=False, roc_auc_in_band=True)
        found = health(facts_of(performance={"Domestic": known, "Industrial": performance()}), EN)
        rate, auc = found[0].bands
        assert (rate.value, rate.band, rate.test_words) == ("30.0%", "between 25.0% and 35.0%", "20.0%")
        assert rate.realised_words == "50.0% of 4 bills whose payment is known"
        assert float(rate.start) < float(rate.at) < float(rate.start) + float(rate.width) < float(rate.realised) <= 100
        assert (auc.value, found[1].bands[0].realised) == ("0.800", "")
        assert found[0].notes[0][0].startswith("What came of it lies outside")

    def test_the_worst_lines_are_named_in_the_words_of_the_business(self):
        facts = facts_of(drift=drift("high"))
        line = {"severity": "high", "max_psi": 0.9, "name": "late"}
        facts.drift["tariffs"]["Domestic"]["families"] = [{**line, "severity": "low", "name": "x_days"}, line]
        found = health(facts, EN)[0]
        assert [(one.name, one.severity, one.psi) for one in found.lines] == [
            ("Mora", "high", "0.900"), ("x_days", "low", "0.900")
        ]  # fmt: skip
        assert found.drift_words == "High drift"

    def test_a_card_is_linked_only_where_there_is_one(self):
        links = [dict(attrs).get("href") for tag, attrs in Parsed(page_of()).elements if tag == "a"]
        assert "model_card_domestic.html" in links
        assert "model_card_industrial.html" not in links
        assert {"drift_report.html", "call_list.xlsx", "call_list.csv", "benchmark.xlsx", "benchmark.csv"} <= set(links)

    def test_a_check_that_was_skipped_and_an_estimate_that_failed_say_why(self):
        unknown = {"status": "not_estimated", "reason": "no rows were scored"}
        facts = facts_of(drift=drift(skipped=True), performance=dict.fromkeys(("Domestic", "Industrial"), unknown))
        found = health(facts, EN)[0]
        assert found.drift_words == "Drift not checked"
        assert found.notes == (
            ("Drift was not measured.", "no baseline"),
            ("The performance could not be estimated.", "no rows were scored"),
        )


class TestSafety:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_nothing_in_the_data_adds_markup(self, text: str):
        text = text.replace("\ud800", "")  # no table on disk can hold half a character
        names = {"segment_label": text, "risk_category": text, "reason_1": text}
        hostile = [table(*(customer(f"{text}{one}", **names) for one in range(3))) for _ in range(2)]
        page = Parsed(page_of(facts_of(*hostile)))
        plain = Parsed(page_of(facts_of(*(table(*(customer(f"x{one}") for one in range(3))) for _ in range(2)))))
        assert {tag for tag, _ in page.elements} <= {tag for tag, _ in plain.elements} | {"span"}
        assert sum(tag == "script" for tag, _ in page.elements) == 1
        assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on") or name == "style"]

    def test_its_policy_allows_its_own_style_and_script_and_nothing_else(self):
        page = page_of()
        style, script = (re.search(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL) for tag in ("style", "script"))
        policy = next(attrs["content"] for tag, attrs in Parsed(page).elements if attrs.get("http-equiv"))
        assert policy == (
            f"default-src 'none'; style-src '{source_hash(style[1])}'; script-src '{source_hash(script[1])}'; "
            "img-src data:; base-uri 'none'; form-action 'none'"
        )
        assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page)

    def test_equal_facts_give_equal_bytes(self):
        assert page_of() == page_of()


class TestSize:
    @pytest.mark.slow
    def test_a_million_customers_give_no_larger_page_than_twenty_thousand(self):
        sizes = []
        for rows in (20_000, 1_000_000):
            facts = facts_of(many(rows), many(rows - 500, seed=2))
            assert facts.portfolio["customers"] == rows
            sizes.append(len(page_of(facts).encode()))
        few, most = sizes
        assert most < MAX_BYTES
        assert most < 1.02 * few  # the same rows; a figure may have some digits more

    def test_endless_names_in_many_segments_stay_below_the_bound(self):
        rows = [
            customer(f"{'&' * 200}{one}", "D-M-RB", segment_label=f"{'<' * 300}{one}", segment_code=f"D-M{one}-RB{one}",
                     risk_category=f"{'>' * 300}{one}", **{f"reason_{rank}": "'" * 300 for rank in range(1, 6)})
            for one in range(900)
        ]  # fmt: skip
        facts = facts_of(table(*rows), table(*rows[::-1]))
        page = page_of(facts)
        assert len(page.encode()) < MAX_BYTES
        Parsed(page)


def test_months_of_every_kind_give_well_formed_pages():
    odd = table(
        customer("C1", invoice=-50.0), customer("C2", invoice=0.0), customer("C3", p=NAN, expected_unpaid_amount=NAN)
    )
    for now, before in ((odd, JUNE), (odd, odd), (JULY, None), (JULY, odd)):
        for language in ("es", "en"):
            words = Parsed(
                page_of(
                    facts_of(now, before), language=language, currency="MXN", region="MX" if language == "es" else None
                )
            ).words
            assert "nan" not in words.split()
    assert np.isfinite(facts_of(odd).portfolio["expected_unpaid_amount_sum"])
