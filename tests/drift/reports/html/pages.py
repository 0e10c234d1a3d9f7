"""Pages of HTML to test with, and a parser that is stricter than a browser."""

import re
from dataclasses import replace
from html.parser import HTMLParser

from segmentation_model.drift.judgement.column_drift import BinCount
from segmentation_model.drift.judgement.families import roll_up
from segmentation_model.drift.judgement.gate import FailOnDrift, decide_gate
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.drift.judgement.verdict import judge_table
from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.html.page import drift_html
from tests.drift.builders import RULE, judge_column

DATE = "2024-01-31"
VOID = {"meta", "link", "input"}

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><style>*{display:none}</style>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "a\x00b\u202e\ud800",
)


class Parsed(HTMLParser):
    """The elements of a page with their attributes, its text and its scripts; every element must be closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "script"}:
            self.text.append(data)

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.text))


def page_of(tables: dict[str, TableDrift], fail_on_drift: FailOnDrift = True, **keywords: object) -> str:
    return drift_html(Findings(tables, decide_gate(tables, fail_on_drift), RULE, DATE, **keywords))


def words_of(html: str) -> str:
    return Parsed(html).words


def table_of(columns, **keywords) -> TableDrift:
    """A measured table of given columns."""
    verdict = judge_table(columns, (), RULE.verdict)
    given = {"reference_rows": 1_000, "current_rows": 1_000, "lines": roll_up(columns), "verdict": verdict}
    return TableDrift(status="measured", reason=None, columns=tuple(columns), **(given | keywords))


def drifted_columns(count: int, mark: str = "", *, months: int = 0, bins: int = 40):
    """Columns that all drifted, with ``mark`` at the end of everything that has a name."""
    one = judge_column(["a"] * 500 + ["b"] * 500, ["b"] * 900 + ["c"] * 100)
    counted = tuple(BinCount(f"{index:02d}{mark}", "category", 100 + index, 300 - index) for index in range(bins))
    special = (BinCount("(unseen)", "unseen", 0, 5), BinCount("(missing)", "missing", 1, 50))
    return tuple(
        replace(
            one,
            column=f"{index:05d}{mark}",
            family=f"{mark}{index // months}" if months else None,
            reason=mark or None,
            bins=(*counted, *special),
            unseen=(f"c{mark}",) * 5,
        )
        for index in range(count)
    )
