"""The page in a real browser: sorted and searched by mouse and keyboard, on a phone, on paper, for everybody."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.model.artifacts import skipped
from tests.monthly_report.months import BEFORE, NAN, after, customer, drift, facts_of, many, page_of, performance, table

OpenPage = Callable[..., Page]
WIDTHS = [390, 1440]


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in {"serious", "critical"}]


@pytest.fixture(scope="module")
def page() -> str:
    """A full month, in Spanish."""
    known = performance(rows=4, default_rate=0.5, roc_auc=0.8, default_rate_in_band=False, roc_auc_in_band=True)
    return page_of(facts_of(many(900), many(900, seed=2), performance={"Domestic": known}, drift=drift("moderate")))


def column(page: Page, table: str, place: int) -> list[str]:
    return page.locator(f"#{table} tbody tr:visible > :nth-child({place})").all_inner_texts()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(page: str, open_page: OpenPage, width: int, scheme: str) -> None:
    assert serious(open_page(page, width=width, color_scheme=scheme)) == []


@pytest.mark.parametrize("tone", ["none", "low", "high"])
def test_every_verdict_has_enough_contrast(open_page: OpenPage, tone: str) -> None:
    shown = open_page(page_of(facts_of(drift=drift(tone)), language="en"))
    assert serious(shown) == []
    assert shown.locator("html").get_attribute("lang") == "en"
    expect(shown.get_by_role("heading", level=1)).to_have_text("945.00 will probably stay unpaid")


@pytest.mark.parametrize("width", WIDTHS)
def test_a_first_month_without_models_is_accessible(open_page: OpenPage, width: int) -> None:
    nobody = table(customer("C1", "D-M-NE", p=NAN, expected_unpaid_amount=NAN))
    models = dict.fromkeys(("Domestic", "Industrial"), skipped().model)
    shown = open_page(page_of(facts_of(nobody, None, models=models, drift=drift(skipped=True))), width=width)
    expect(shown.locator("#moves")).to_contain_text("No hay una ejecución anterior")
    assert serious(shown) == []


@pytest.mark.parametrize("width", [320, *WIDTHS])
def test_nothing_but_the_tables_scrolls_sideways(page: str, open_page: OpenPage, width: int) -> None:
    shown = open_page(page, width=width)
    assert shown.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    region = shown.get_by_role("region", name="BENCHMARK", exact=True)
    region.focus()
    expect(region).to_be_focused()


def test_a_name_without_a_gap_does_not_burst_the_phone(open_page: OpenPage) -> None:
    rows = [customer("W" * 300, "D-M-RA", segment_label="M" * 300, reason_1="W" * 300), customer("C2")]
    shown = open_page(page_of(facts_of(table(*rows), table(*rows))), width=390)
    assert shown.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def test_calls_are_sorted_by_mouse(page: str, open_page: OpenPage) -> None:
    shown = open_page(page)
    assert column(shown, "call-table", 1) == [str(rank) for rank in range(1, 51)]
    header = shown.locator("#call-table thead th", has_text="Cliente")
    header.get_by_role("button").click()
    names = column(shown, "call-table", 2)
    assert names == sorted(names)
    expect(header).to_have_attribute("aria-sort", "ascending")
    header.get_by_role("button").click()
    assert column(shown, "call-table", 2) == names[::-1]
    expect(shown.locator("#call-table [aria-sort]")).to_have_count(1)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_benchmark_is_sorted_by_keyboard_as_numbers(page: str, open_page: OpenPage, key: str) -> None:
    shown = open_page(page, width=390)
    button = shown.locator("#benchmark-table").get_by_role("button", name="Clientes", exact=True)
    button.focus()
    shown.keyboard.press(key)
    counts = [int(text.replace(".", "")) for text in column(shown, "benchmark-table", 2)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 900
    shown.keyboard.press(key)
    assert [int(text.replace(".", "")) for text in column(shown, "benchmark-table", 2)] == sorted(counts)
    expect(button).to_be_focused()


def test_what_has_no_figure_comes_last_whichever_way(open_page: OpenPage) -> None:
    new = table(customer("C1", "D-M-RB"), customer("C2", "D-M-RA"), customer("C3", "D-A-RB"))
    shown = open_page(page_of(facts_of(new, new.iloc[:2])))
    button = shown.locator("#benchmark-table").get_by_role("button", name="Cambio de clientes")
    place = shown.locator("#benchmark-table thead th").all_inner_texts().index("Cambio de clientes") + 1
    for _ in range(2):
        button.click()
        assert column(shown, "benchmark-table", place)[-1] == "–"


@pytest.mark.parametrize("width", WIDTHS)
def test_calls_are_searched_without_accents_and_word_by_word(open_page: OpenPage, width: int) -> None:
    rows = [customer("C1", "D-M-RB"), customer("C22", "I-RMA"), customer("C23", "D-A-RMA")]
    shown = open_page(page_of(facts_of(table(*rows))), width=width)
    status = shown.get_by_role("status").first
    expect(status).to_have_text("3 filas")
    search = shown.get_by_label("Buscar").first
    search.focus()
    shown.keyboard.type("DOMESTICA muy")
    assert column(shown, "call-table", 2) == ["C23"]
    expect(status).to_have_text("1 de 3 filas")
    search.fill("C2")
    assert column(shown, "call-table", 2) == ["C22", "C23"]
    search.fill("")
    expect(status).to_have_text("3 filas")


def test_a_section_is_one_click_away(page: str, open_page: OpenPage) -> None:
    shown = open_page(page)
    shown.get_by_role("link", name="Deriva y modelos").click()
    expect(shown.get_by_role("heading", name="Deriva y salud de los modelos")).to_be_in_viewport()


def test_it_is_whole_without_javascript(page: str, open_page: OpenPage) -> None:
    shown = open_page(page, java_script_enabled=False)
    expect(shown.locator("#call-table tbody tr")).to_have_count(50)
    expect(shown.get_by_label("Buscar").first).to_be_hidden()
    assert shown.locator("table button").count() == 0


def test_it_fits_sheets_of_a4_with_every_row(page: str, open_page: OpenPage) -> None:
    """What is left of A4 within the margins is 186 mm: 703 pixels."""
    shown = open_page(page, width=703)
    shown.get_by_label("Buscar").first.fill("nobody is called so")
    shown.emulate_media(media="print")
    assert shown.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    wide = "[...document.querySelectorAll('.scroll')].filter(one => one.scrollWidth > one.clientWidth + 1).length"
    assert shown.evaluate(wide) == 0
    assert len(column(shown, "call-table", 1)) == 50
    expect(shown.get_by_role("navigation")).to_be_hidden()


def test_bars_of_earlier_dates_are_told_to_whom_cannot_see_them(open_page: OpenPage) -> None:
    shown = open_page(page_of(after(BEFORE, "2026-05-31"), language="en"))
    expect(shown.get_by_role("img").first).to_have_attribute("aria-label", "History: May 31, 2026: 100.00; June 28, "
        "2026: 100.00; July 26, 2026: 945.00")  # fmt: skip
