"""The page in a real browser: it works by mouse and keyboard, on a phone, without JavaScript, for everybody."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from segmentation_model.drift.judgement.gate import failed_gate
from segmentation_model.drift.judgement.monthly_windows import WindowCheck
from segmentation_model.drift.judgement.table_drift import TableDrift, skipped_table
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.html.page import drift_html
from tests.drift.builders import RULE, column, table_at
from tests.drift.reports.html.pages import DATE, HOSTILE, drifted_columns, page_of, table_of

OpenPage = Callable[..., Page]
OPEN_EVERYTHING = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"


@pytest.fixture(scope="module")
def page(tables: dict[str, TableDrift], windows: WindowCheck) -> str:
    """The page on everything that a report can show."""
    return page_of(tables, "moderate", windows=windows)


class TestInTheBrowser:
    def names(self, page: Page) -> list[str]:
        return page.locator("#table tbody tr:visible > th").all_inner_texts()

    def test_it_can_be_sorted_by_mouse(self, page: str, open_page: OpenPage) -> None:
        shown = open_page(page)
        header = shown.locator("#table thead th", has_text="Column")
        expect(shown.locator("#table [aria-sort]")).to_have_text("Level")
        header.get_by_role("button").click()
        assert self.names(shown) == sorted(self.names(shown))
        expect(header).to_have_attribute("aria-sort", "ascending")
        header.get_by_role("button").click()
        assert self.names(shown) == sorted(self.names(shown), reverse=True)
        expect(shown.locator("#table [aria-sort]")).to_have_count(1)

    @pytest.mark.parametrize("key", ["Enter", "Space"])
    def test_it_can_be_sorted_by_keyboard(self, page: str, open_page: OpenPage, tables, key: str) -> None:
        shown = open_page(page)
        shown.get_by_role("button", name="PSI", exact=True).focus()
        shown.keyboard.press(key)
        psi = {one.column: one.drift.psi for one in tables["Domestic"].columns if one.drift}
        names = self.names(shown)
        values = [round(psi[name], 3) for name in names[:-2]]
        assert values == sorted(values, reverse=True)
        assert set(names[-2:]) == {"gone", "when"}  # what has no value comes last
        shown.keyboard.press(key)
        assert self.names(shown)[0] in {name for name, value in psi.items() if value < 0.001}
        assert set(self.names(shown)[-2:]) == {"gone", "when"}

    def test_numbers_are_sorted_as_numbers(self, open_page: OpenPage) -> None:
        psis = {"a": 0.0001, "b": 10.5, "c": 1_234.5, "d": 0.2, "e": 0.0, "f": 0.001}
        columns = [column(name, "high", psi=psi) for name, psi in psis.items()]
        shown = open_page(page_of({"Domestic": table_of(columns)}))
        shown.get_by_role("button", name="PSI", exact=True).click()
        assert self.names(shown) == ["c", "b", "d", "f", "a", "e"]
        shown.get_by_role("button", name="PSI", exact=True).click()
        assert self.names(shown) == ["e", "a", "f", "d", "b", "c"]

    def test_it_can_be_searched_and_filtered(self, page: str, open_page: OpenPage) -> None:
        shown = open_page(page)
        status = shown.get_by_role("status")
        expect(status).to_have_text("26 columns")
        shown.get_by_label("Search").fill("C00")
        assert sorted(self.names(shown)) == [f"c00{index}" for index in range(10)]
        expect(status).to_have_text("10 of 26 columns")
        shown.get_by_role("combobox", name="Level").select_option("High")
        assert sorted(self.names(shown)) == ["c000", "c005", "c006"]
        expect(status).to_have_text("3 of 26 columns")
        shown.get_by_role("combobox", name="Tariff").select_option("Industrial")
        assert self.names(shown) == []
        expect(status).to_have_text("0 of 26 columns")
        shown.get_by_role("button", name="Reset").click()
        expect(status).to_have_text("26 columns")
        assert len(self.names(shown)) == 26

    def test_search_sees_the_whole_of_a_name_that_is_cut(self, open_page: OpenPage) -> None:
        columns = [column("a" * 40 + "_needle_" + "b" * 40, "high"), column("c", "high")]
        shown = open_page(page_of({"Domestic": table_of(columns)}))
        shown.get_by_label("Search").fill("needle")
        assert len(self.names(shown)) == 1

    def test_a_family_opens_by_keyboard(self, page: str, open_page: OpenPage) -> None:
        shown = open_page(page)
        members = shown.locator("#drifted .members").first
        expect(members).to_be_hidden()
        shown.locator("#drifted summary", has_text="amounts").focus()
        shown.keyboard.press("Enter")
        expect(members).to_be_visible()

    def test_a_column_leads_to_its_plot(self, page: str, open_page: OpenPage) -> None:
        shown = open_page(page)
        shown.locator("#table a", has_text="c005").click()
        expect(shown.locator("article:target h4")).to_have_text("c005")
        expect(shown.locator("article:target")).to_be_in_viewport()

    @pytest.mark.parametrize("width", [320, 390, 1440])
    def test_nothing_but_the_tables_scrolls_sideways(self, page: str, open_page: OpenPage, width: int) -> None:
        shown = open_page(page, width=width)
        shown.evaluate(OPEN_EVERYTHING)
        assert shown.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
        region = shown.get_by_role("region", name="Table of all columns")
        region.focus()
        shown.keyboard.press("End")
        expect(region).to_be_focused()

    def test_a_name_without_a_gap_does_not_burst_the_phone(self, open_page: OpenPage) -> None:
        columns = drifted_columns(30, "W" * 200, months=3)
        shown = open_page(page_of({"Domestic" * 9: table_of(columns, extra_columns=("W" * 5_000,))}), width=390)
        shown.evaluate(OPEN_EVERYTHING)
        assert shown.evaluate("document.scrollingElement.scrollWidth <= innerWidth")

    def test_it_is_whole_without_javascript(self, page: str, open_page: OpenPage) -> None:
        shown = open_page(page, java_script_enabled=False)
        expect(shown.locator("#table tbody tr")).to_have_count(26)
        expect(shown.get_by_label("Search")).to_be_hidden()
        assert shown.locator("#table button").count() == 0
        expect(shown.locator("article.plot")).to_have_count(3)

    @pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
    def test_axe_finds_nothing(self, page: str, open_page: OpenPage, width: int, scheme: str) -> None:
        shown = open_page(page, width=width, color_scheme=scheme)
        shown.evaluate(OPEN_EVERYTHING)
        violations = Axe().run(shown).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == []

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_every_level_has_enough_contrast(self, open_page: OpenPage, scheme: str) -> None:
        tables = {severity: table_at(severity) for severity in ("none", "low", "moderate", "high")}
        shown = open_page(page_of(tables | {"skipped": skipped_table("no baseline")}), color_scheme=scheme)
        shown.evaluate(
            """() => {
                const verdict = document.querySelector(".verdict");
                for (const tone of ["none", "low", "moderate", "not_measured", "error"]) {
                    const copy = verdict.cloneNode(true);
                    copy.className = `verdict t-${tone}`;
                    verdict.after(copy);
                }
            }"""
        )
        violations = Axe().run(shown, options={"runOnly": ["color-contrast"]}).response["violations"]
        assert [node["html"] for one in violations for node in one["nodes"]] == []

    def test_a_page_of_an_error_is_accessible(self, open_page: OpenPage) -> None:
        shown = open_page(drift_html(Findings({}, failed_gate("no such file", True), RULE, DATE)))
        assert Axe().run(shown).response["violations"] == []

    @pytest.mark.parametrize("text", HOSTILE[:3])
    def test_hostile_names_stay_text(self, open_page: OpenPage, text: str) -> None:
        shown = open_page(page_of({"Domestic": table_of(drifted_columns(2, text))}))
        assert self.names(shown) == [f"0000{index}{text}" for index in range(2)]
        assert shown.evaluate("document.scripts.length") == 1
