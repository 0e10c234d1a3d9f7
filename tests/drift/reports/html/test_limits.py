"""The page stays small and safe, whatever the data holds."""

import base64
import hashlib
import re
from dataclasses import replace
from importlib import resources

import numpy as np
import pytest

from segmentation_model.drift.judgement.gate import decide_gate
from segmentation_model.drift.judgement.monthly_windows import FamilyWindow, WindowCheck
from segmentation_model.drift.judgement.table_drift import skipped_table
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.html.columns import fair_shares
from segmentation_model.drift.reports.html.page import MAX_BYTES, drift_html
from segmentation_model.pages.wording import printable
from tests.drift.builders import RULE, column, judge, undrifted_table
from tests.drift.reports.html.pages import HOSTILE, Parsed, drifted_columns, page_of, table_of, words_of


class TestTheSize:
    @pytest.mark.parametrize(
        ("mark", "months"),
        [("", 0), ("", 24), ("x" * 5_000, 0), ('"' * 150, 24), ("\U0001f600" * 150, 1), ("\n" * 150, 24)],
        ids=["lone columns", "families", "endless names", "names to escape", "wide names", "unprintable names"],
    )
    def test_stays_within_its_bound_and_says_what_is_left_out(self, mark: str, months: int) -> None:
        columns = drifted_columns(5_000, mark, months=months)
        extra = tuple(one.column for one in columns)
        html = page_of({tariff: table_of(columns, extra_columns=extra) for tariff in ("Domestic", "Industrial")})
        assert 300_000 < len(html.encode()) <= MAX_BYTES
        words = words_of(html)
        rows, plots = html.count("data-s="), html.count('class="plot"')
        assert f"{rows:,} of 10,000 columns are listed, the worst first. All are in drift_columns.parquet." in words
        assert f"{plots // 2} of 5,000 drifted columns are drawn." in words
        assert html.count("Industrial</td>") == rows // 2

    def test_has_room_for_the_standard_table_in_both_tariffs(self) -> None:
        random = np.random.default_rng(4)
        before, now = undrifted_table(random, 400, 241), undrifted_table(random, 400, 241)
        html = page_of({tariff: judge(before, now) for tariff in ("Domestic", "Industrial")})
        assert html.count("data-s=") == 482
        assert "are listed" not in html

    def test_divides_room_fairly(self) -> None:
        assert fair_shares([], 10) == []
        assert fair_shares([3, 3], 10) == [3, 3]
        assert fair_shares([100, 1, 100], 11) == [5, 1, 5]
        assert fair_shares([5, 5], 0) == [0, 0]

    def test_cuts_a_name_in_the_middle_and_keeps_the_whole_only_if_it_is_short(self) -> None:
        columns = [column("a" * 50 + "_01", "high"), column("b" * 5_000 + "_02", "high")]
        html = page_of({"Domestic": table_of(columns)})
        assert '<span title="' + "a" * 50 + '_01">' + "a" * 24 + "…" + "a" * 20 + "_01</span>" in html
        assert "b" * 24 + "…" + "b" * 20 + "_02" in html
        assert "b" * 30 not in html


class TestTheSafety:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_nothing_in_the_data_adds_an_element_an_attribute_or_a_script(self, text: str) -> None:
        def page_with(mark: str) -> Parsed:
            columns = (
                *drifted_columns(3, mark, months=2, bins=30),
                column(f"none{mark}", status="not_compared"),
                replace(column(f"few{mark}", status="not_measurable", family=mark, psi=0.001), reason=mark),
            )
            tables = {
                f"Domestic{mark}": table_of(columns, extra_columns=(mark,)),
                f"Other{mark}": skipped_table(mark),
            }
            check = WindowCheck(
                "checked",
                mark,
                1,
                (FamilyWindow(mark, "mis_rolled", mark, 1, 1, 0.1, 0, 0.9), FamilyWindow(mark, "changed", mark)),
            )
            outcome = replace(decide_gate(tables, True), message=mark)
            html = drift_html(Findings(tables, outcome, RULE, f"2024{mark}", windows=check))
            assert len(html.encode()) < MAX_BYTES
            return Parsed(html)

        hostile, harmless = page_with(text), page_with("h" * len(printable(text)))
        shape = [(tag, sorted(attributes.keys() - {"title"})) for tag, attributes in hostile.elements]
        assert shape == [(tag, sorted(attributes.keys() - {"title"})) for tag, attributes in harmless.elements]
        assert [attributes.get("href") for _, attributes in hostile.elements] == [
            attributes.get("href") for _, attributes in harmless.elements
        ]

    def test_its_policy_allows_its_own_script_and_style_and_no_request(self, tables, windows) -> None:
        page = page_of(tables, windows=windows)
        assets = resources.files("segmentation_model.drift.reports.html") / "templates"
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
        shared = resources.files("segmentation_model.pages") / "templates"
        for directive, element, files in (
            ("style-src", "style", (shared / "page.css", assets / "drift_report.css")),
            ("script-src", "script", (shared / "sortable_table.js", assets / "drift_report.js")),
        ):
            source = re.search(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)[1]
            assert source == "\n".join(file.read_text(encoding="utf-8").strip() for file in files)
            digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
            assert f"{directive} 'sha256-{digest}'" in policy
        assert policy.startswith("default-src 'none'")
        assert not re.search(r"https?://", page)

    def test_the_bytes_are_the_same_every_time(self, tables, windows) -> None:
        assert page_of(tables, windows=windows) == page_of(dict(tables), windows=windows)
