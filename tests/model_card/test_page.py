"""The card as Markdown and as a page: nothing in the data adds markup, and neither grows with the data."""

import re
from dataclasses import replace

import pytest

from segmentation_model.model_card.content import ModelCard
from segmentation_model.model_card.page import MAX_BYTES, card_html, card_markdown
from tests.drift.reports.html.pages import HOSTILE, Parsed
from tests.model.artifacts import REASONS, trained
from tests.model_card.cards import GATE, LEAKAGE, card_of, facts_of, with_metadata, with_metrics


def full_of(mark: str, groups: int = 1) -> ModelCard:
    """A card with a mark wherever text of the data or of a record may stand."""
    (group,) = (one for one in trained().metrics["fairness"]["groups"] if one["dimension"] == "region")
    flagged = {**group, "status": "flagged", "finding": f"{mark} is treated twice"}
    features = {
        **trained().model.metadata["features"],
        "left_out": {f"{index} {mark}": mark for index in range(groups)},
    }
    model = with_metadata(
        trained().model, features=features, tuning={f"{index} {mark}": mark for index in range(groups)}
    )
    phrase = REASONS.phrases["late"].model_copy(update={"name": mark})
    facts = facts_of(
        model=model,
        words=REASONS.model_copy(update={"phrases": {"late": phrase}}),
        gate={**GATE, "message": mark},
        leakage={**LEAKAGE, "dates_after_invoice": {mark: {"after": 1}}},
    )
    segment = {**trained().metrics["segments"][0], "roc_auc": None}
    return card_of(
        with_metrics(
            facts,
            fairness={"groups": [{**flagged, "value": f"{index} {mark}"} for index in range(groups)]},
            segments=[{**segment, "value": f"{index} {mark}"} for index in range(groups)],
        )
    )


class TestSafety:
    @pytest.mark.parametrize("text", [*HOSTILE[:-1], "a\x00b\u202e", "<b>|x"])
    def test_nothing_in_the_data_adds_an_element_or_an_attribute(self, text):
        hostile, harmless = Parsed(card_html(full_of(text))), Parsed(card_html(full_of("h")))
        shape = [(tag, sorted(attributes)) for tag, attributes in hostile.elements]
        assert shape == [(tag, sorted(attributes)) for tag, attributes in harmless.elements]

    def test_a_region_is_shown_as_it_is_called(self):
        page = Parsed(card_html(full_of("<b>|x")))
        assert "Region 0 <b>|x: <b>|x is treated twice." in page.words

    @pytest.mark.parametrize("text", ["<b>|x", "a | b", "*a* [b](c) `d`", "a\\|b"])
    def test_a_region_adds_no_cell_and_no_markup_to_markdown(self, text):
        hostile, harmless = card_markdown(full_of(text)).split("\n"), card_markdown(full_of("h")).split("\n")
        assert len(hostile) == len(harmless)
        bare = re.compile(r"(?<!\\)(?:\\\\)*\|")
        assert [len(bare.findall(line)) for line in hostile] == [len(bare.findall(line)) for line in harmless]
        assert "<b>" not in "\n".join(hostile)
        assert not re.search(r"(?<!\\)(?:\\\\)*[`*]", "\n".join(line.replace("**", "") for line in hostile))

    def test_its_policy_allows_its_own_style_and_no_script_or_request(self):
        page = card_html(card_of())
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "<script" not in page
        assert not re.search(r"https?://", page)


class TestSize:
    def test_many_regions_and_long_names_stay_below_a_megabyte(self):
        large = full_of("W" * 5_000, groups=3_000)
        assert len(card_html(large).encode()) < MAX_BYTES / 4
        assert len(card_markdown(large).encode()) < MAX_BYTES / 4

    def test_the_card_of_the_small_world_is_small(self):
        assert len(card_html(card_of()).encode()) < 100_000


class TestMarkdown:
    def test_every_table_is_one(self):
        lines = card_markdown(card_of()).split("\n")
        rules = [index for index, line in enumerate(lines) if re.fullmatch(r"\|( ---:? \|)+", line)]
        tables = [table for section in card_of().sections for table in section.tables]
        assert len(rules) == len(tables)
        for index, table in zip(rules, tables, strict=True):
            assert lines[index - 1].count("|") == lines[index].count("|") == len(table.columns) + 1
            assert lines[index - 2] == ""
            assert all(lines[index + 1 + row].startswith("| ") for row in range(len(table.rows)))

    def test_both_say_the_same(self):
        words = Parsed(card_html(card_of())).words
        for section in card_of().sections:
            assert all(sentence in words for sentence in section.sentences)
            markdown = card_markdown(card_of()).replace("\\", "")
            assert all(sentence in markdown for sentence in section.sentences)

    def test_a_card_of_no_tariff_has_a_title_all_the_same(self):
        nameless = replace(card_of(), tariff="")
        assert card_markdown(nameless).startswith("# Model card\n")
        assert "<title>Model card</title>" in card_html(nameless)
