"""The card in a real browser: on a phone, on a desk and on paper, for everybody."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from segmentation_model.model_card.page import card_html
from tests.model.artifacts import skipped
from tests.model_card.cards import card_of, facts_of
from tests.model_card.test_page import full_of

OpenPage = Callable[..., Page]
WIDTHS = [390, 1440]


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['help']}" for one in found if one["impact"] in {"serious", "critical"}]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(open_page: OpenPage, width: int, scheme: str) -> None:
    page = open_page(card_html(full_of("<b>|x", groups=15)), width=width, color_scheme=scheme)
    assert serious(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_a_card_without_a_model_is_accessible(open_page: OpenPage, width: int) -> None:
    page = open_page(card_html(card_of(facts_of(skipped()))), width=width)
    expect(page.get_by_role("heading", level=1)).to_have_text("Model card: Domestic")
    assert serious(page) == []


@pytest.mark.parametrize("width", [320, *WIDTHS])
def test_nothing_but_the_tables_scrolls_sideways(open_page: OpenPage, width: int) -> None:
    page = open_page(card_html(full_of("W" * 200, groups=50)), width=width)
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def test_the_fairness_table_fits_a_desk_and_charts_stand_beside_their_tables(open_page: OpenPage) -> None:
    page = open_page(card_html(card_of()))
    region = page.get_by_role("region", name="By region")
    assert region.evaluate("one => one.scrollWidth <= one.clientWidth")
    chart, table = (page.locator("#calibration").locator(what).bounding_box() for what in ("figure", "table"))
    assert chart["x"] + chart["width"] < table["x"]


def test_it_fits_a_sheet_of_a4(open_page: OpenPage) -> None:
    """What is left of A4 within the margins is 186 mm: 703 pixels."""
    page = open_page(card_html(card_of()), width=703)
    page.emulate_media(media="print")
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    overflowing = (
        "[...document.querySelectorAll('.scroll')].filter(one => one.scrollWidth > one.clientWidth + 1).length"
    )
    assert page.evaluate(overflowing) == 0
    expect(page.get_by_role("navigation")).to_be_hidden()


def test_a_section_is_one_click_away(open_page: OpenPage) -> None:
    page = open_page(card_html(card_of()))
    page.get_by_role("link", name="Fairness").click()
    expect(page.get_by_role("heading", name="Fairness")).to_be_in_viewport()
