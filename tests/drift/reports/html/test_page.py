"""The page that people look at: the verdict first, then everything that it rests on."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from segmentation_model.drift.judgement.column_drift import BinCount
from segmentation_model.drift.judgement.gate import decide_gate, failed_gate
from segmentation_model.drift.judgement.monthly_windows import FamilyWindow, WindowCheck
from segmentation_model.drift.judgement.table_drift import TableDrift, skipped_table, unmeasured_table
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.html.columns import Budget, column_rows, tariff_columns
from segmentation_model.drift.reports.html.intervals import short_intervals
from segmentation_model.drift.reports.html.page import drift_html
from segmentation_model.drift.reports.html.plots import MAX_BINS, draw_bins
from segmentation_model.drift.reports.html.sections import tariff_card
from segmentation_model.drift.settings import DriftSettings
from tests.drift.builders import RULE, column, judge, judge_column, table_at, undrifted_table
from tests.drift.reports.html.pages import DATE, drifted_columns, page_of, table_of, words_of


@pytest.fixture(scope="module")
def page(tables: dict[str, TableDrift], windows: WindowCheck) -> str:
    """The page on everything that a report can show."""
    return page_of(tables, "moderate", windows=windows)


class TestTheVerdict:
    def test_comes_first_with_the_gate_s_message_and_the_run_s_figures(self, page: str, tables) -> None:
        words = words_of(page)
        first = words[: words.index("Domestic High drift")]
        assert "High drift: the gate tripped" in first
        assert "It stops from moderate on." in first
        assert decide_gate(tables, "moderate").message in first
        for figure in (
            "Execution date 2024-01-31",
            "Reference rows 3,000",
            "Current rows 2,000",
            "Columns compared 24",
            "Drifted 3",
            "Exit code 1",
        ):
            assert figure in first

    @pytest.mark.parametrize(
        ("severity", "fail_on_drift", "title", "consequence"),
        [
            ("none", True, "No drift", "Nothing stands out from chance: the gate stops from high on."),
            ("low", "moderate", "Low drift", "The run goes on: the gate stops from moderate on."),
            ("high", False, "High drift", "The run goes on: the gate is off."),
            ("moderate", "low", "Moderate drift: the gate tripped", "It stops from low on."),
        ],
    )
    def test_says_in_words_what_was_found_and_what_follows(self, severity, fail_on_drift, title, consequence) -> None:
        html = page_of({"Domestic": table_at(severity)}, fail_on_drift)
        assert f'<h1 id="verdict">{title}</h1>' in html
        assert consequence in words_of(html)

    def test_of_an_error_gives_the_message_and_what_to_do(self) -> None:
        html = drift_html(Findings({}, failed_gate("drift_threshold: 11 is not allowed", True), RULE, DATE))
        words = words_of(html)
        assert '<h1 id="verdict">The check failed</h1>' in html
        assert "drift_threshold: 11 is not allowed" in words
        assert "Put right what the message names" in words
        assert "What drifted" not in words

    @pytest.mark.parametrize(
        ("table", "title", "reason"),
        [
            (skipped_table("no baseline was given"), "Skipped", "No baseline was given."),
            (unmeasured_table("the reference has no rows"), "Could not be measured", "The reference has no rows."),
        ],
    )
    def test_of_what_was_not_measured_never_says_stable(self, table, title, reason) -> None:
        html = page_of({"Domestic": table, "Industrial": table})
        assert f'<h1 id="verdict">{title}</h1>' in html
        assert reason in words_of(html)
        assert "No drift" not in html
        assert 'class="lv l-none"' not in html

    def test_of_too_few_rows_calls_nothing_stable(self) -> None:
        random = np.random.default_rng(2)
        html = page_of({"Domestic": judge(undrifted_table(random, 60, 6), undrifted_table(random, 60, 6))})
        words = words_of(html)
        assert "6 not measurable" in words
        assert "Nothing was found, but nothing could be measured either." in words
        assert 'class="lv l-none"' not in html


class TestATariff:
    def test_has_its_verdict_with_every_reason(self, page: str, tables) -> None:
        verdict = tables["Domestic"].verdict
        prediction, features, count = tariff_card("Domestic", tables["Domestic"]).questions
        drifted = [signal for signal in tables["Domestic"].signals if signal.severity != "none"]
        assert [one.severity for one in (prediction, features, count)] == [
            verdict.prediction,
            verdict.features,
            verdict.counts,
        ]
        assert len(prediction.reasons) == len(drifted) >= 3
        assert f"Mean probability (|log ratio|) is {drifted[-1].severity}" in prediction.reasons
        assert (*features.reasons, *count.reasons) == verdict.reasons[len(drifted) :]
        assert count.reasons == ("columns at high: 3 of 24",)
        words = words_of(page)
        for reason in (*prediction.reasons, *features.reasons, *count.reasons):
            assert reason in words
        assert "No rows of this tariff." in words

    def test_counts_what_was_compared_and_names_what_was_not(self, page: str) -> None:
        words = words_of(page)
        assert re.search(r"3 high .*21 no drift .*2 not compared", words)
        assert "1 column: absent from the current table gone" in words
        assert "1 column: only in the current table new" in words

    def test_shows_scores_and_segment_shares(self, page: str) -> None:
        words = words_of(page)
        assert re.search(r"Share of Incorriente .* PSI .* 3\.3 % 4\.5 %", words)
        assert "Share of Cliente Nuevo the current table does not give it" in words


class TestTheWindows:
    def test_are_named_in_the_verdict_and_explained_below(self, page: str) -> None:
        words = words_of(page)
        assert "1 monthly window is mis-rolled: amounts." in words
        assert "amounts looks not rolled: month 01 repeats last month's 01." in words
        assert "100 % of 850 customers moved by 0 months" in words
        assert "days : only 12 customers tell the months apart" in words
        assert "1 family rolled on with the months, as they should." in words
        assert "one month is assumed to lie between the tables" in words

    def test_that_were_not_checked_say_why(self, tables) -> None:
        check = WindowCheck("not_checked", "the tables have no customer in common")
        assert "Not checked: the tables have no customer in common." in words_of(page_of(tables, windows=check))

    def test_stay_few_lines_however_many_families_there_are(self, tables) -> None:
        families = tuple(
            FamilyWindow(f"f{index}", "mis_rolled", "not rolled", 9, 1, 0.0, 0, 1.0) for index in range(99)
        )
        words = words_of(page_of(tables, windows=WindowCheck("checked", None, 9, families)))
        assert "99 monthly windows are mis-rolled" in words
        assert "87 more families: see drift_report.json." in words

    def test_are_left_out_where_nobody_looked(self, tables) -> None:
        assert "Monthly windows" not in page_of(tables)


class TestWhatDrifted:
    def test_roll_a_family_up_into_one_line_with_its_members(self, page: str) -> None:
        words = words_of(page)
        line = words.index("3 of 10 columns, worst c0")
        members = words[line : words.index("without drift or not measured")]
        assert re.findall(r"c00\d", members)[1:] == [f"c00{index}" for index in range(10)]

    def test_come_worst_first(self) -> None:
        columns = (column("a", "low", psi=0.03), column("b", "high", psi=0.3), column("c", "none"), column("d", "high"))
        group = tariff_columns({"Domestic": table_of(columns)}, Budget())[0]
        assert [line.name.text for line in group.drifted_lines] == ["b", "d", "a"]
        assert [line.name.text for line in group.other_lines] == ["c"]

    def test_put_what_could_not_be_measured_before_what_is_stable(self) -> None:
        columns = (column("a"), column("b", status="not_measurable"), column("c", status="not_compared"))
        group = tariff_columns({"Domestic": table_of(columns)}, Budget())[0]
        assert [line.name.text for line in group.other_lines] == ["b", "c", "a"]


class TestTheTable:
    def test_has_every_column_by_level_and_then_psi(self, tables) -> None:
        groups = tariff_columns(tables, Budget())
        rows = column_rows(tables, groups, Budget())
        assert {row.column.text for row in rows} == {one.column for one in tables["Domestic"].columns}
        assert [row.order for row in rows] == sorted((row.order for row in rows), reverse=True)
        drifted = [one for one in tables["Domestic"].columns if one.severity == "high"]
        expected = sorted(drifted, key=lambda one: -one.drift.psi)
        assert [row.column.text for row in rows[: len(expected)]] == [one.column for one in expected]

    def test_gives_the_figures_of_a_column(self, page: str, tables) -> None:
        one = next(one for one in tables["Domestic"].columns if one.column == "c003")
        figures = [f"{one.drift.psi:.3f}", f"{one.drift.psi_corrected:.3f}".replace("-", "−"), f"{one.ks:.3f}"]
        row = re.search(r"<tr data-s[^>]*><th scope=\"row\">c003.*?</tr>", page)
        cells = re.findall(r"<td>([^<]*)</td>", row[0])
        assert cells[1:4] == figures
        assert cells[5] == f"{one.reference_missing / 30:.1f} %"
        assert cells[6] == f"{one.current_missing / 20:.1f} %"
        assert cells[7] == f"{one.drift.minimum_detectable:.3f}"

    def test_gives_the_reason_of_a_column_that_was_not_compared(self, page: str) -> None:
        assert "not compared: absent from the current table" in page
        assert "not compared: left out of the profile: dtype datetime64" in page


class TestThePlots:
    def test_give_the_shares_and_counts_of_every_bin(self, page: str) -> None:
        plot = next(part for part in page.split("<article") if "<h4>c005</h4>" in part)
        words = words_of(f"<article{plot[: plot.index('</article>')]}</article>")
        assert "Unseen in the reference: zz ." in words
        assert "3,000 rows in the reference, 2,000 now" in words
        assert re.search(r"rare ones, pooled 0\.\d % 0\.\d %", words)
        assert "unseen 0 % 15.0 %" in words
        assert 'title="reference 0 rows, current 300 rows"' in plot

    def test_have_bars_as_long_as_the_shares(self) -> None:
        plot = draw_bins(judge_column(["a"] * 800 + ["b"] * 200, ["a"] * 400 + ["b"] * 600), "Domestic", "p")
        assert [(bar.label.text, bar.reference_bar, bar.current_bar) for bar in plot.bars] == [
            ("a", "100", "50"),
            ("b", "25", "75"),
        ]
        assert all(bar.moved for bar in plot.bars)

    def test_mark_missing_values_and_a_column_that_lost_all_of_them(self) -> None:
        plot = draw_bins(judge_column(np.arange(1_000.0), np.full(1_000, np.nan)), "Domestic", "p")
        assert (plot.bars[-1].role, plot.bars[-1].reference, plot.bars[-1].current) == ("missing", "0 %", "100 %")
        assert plot.reason == "all missing"

    def test_keep_apart_a_category_that_is_called_like_a_special_bin(self) -> None:
        values = ["(missing)"] * 500 + ["a"] * 400 + [None] * 100
        plot = draw_bins(judge_column(pd.Series(values), ["a"] * 1_000), "Domestic", "p")
        assert [(bar.label.text, bar.role) for bar in plot.bars] == [
            ("(missing)", "category"),
            ("a", "category"),
            ("missing", "missing"),
        ]

    def test_draw_the_bins_that_moved_most_where_they_are_too_many(self) -> None:
        drawn = draw_bins(drifted_columns(1, bins=100)[0], "Domestic", "p").bars
        assert len(drawn) == MAX_BINS
        assert [bar.role for bar in drawn[-3:]] == ["unseen", "missing", "rest"]
        assert drawn[-1].label.text == f"{102 - MAX_BINS + 1} other bins that moved less"

    def test_show_the_worst_of_every_line_before_the_rest_of_a_family(self) -> None:
        family = [column(f"m{index}", "high", family="m", psi=1.0 + index) for index in range(5)]
        columns = [replace(one, bins=(BinCount("a", "category", 1, 1),)) for one in [*family, column("z", "low")]]
        plots = tariff_columns({"Domestic": table_of(columns)}, Budget(plots=3))[0].plots
        assert [plot.column.text for plot in plots] == ["m4", "z", "m3"]

    def test_write_edges_with_as_few_digits_as_tell_them_apart(self) -> None:
        labels = ["<= 1.00001", "(1.00001, 1.00002]", "> 1.00002"]
        assert list(short_intervals(labels).values()) == ["≤ 1.00001", "1.00001 to 1.00002", "> 1.00002"]
        assert short_intervals(["any value"]) == {"any value": "any value"}


class TestTheRule:
    def test_is_told_with_the_bounds_that_were_used(self, tables) -> None:
        rule = DriftSettings(drift_threshold=0.4, psi_low=0.03, false_discovery_rate=0.05, not_measurable_above=0.33)
        words = words_of(drift_html(Findings(tables, decide_gate(tables, True), rule, DATE)))
        assert "low from 0.03, moderate from 0.1, high from 0.4" in words
        assert "a false discovery rate of 5 %" in words
        assert "(here too small by at most 0.001)" in words_of(
            page_of({"Domestic": replace(table_at("low"), ks_error=0.001)})
        )
        assert "Above 0.33 a column" in words
