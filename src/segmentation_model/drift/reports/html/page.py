"""The drift report as one page of HTML: no network, no data in scripts, at most 2 MB whatever the tables hold."""

from __future__ import annotations

from segmentation_model.drift.reports.findings import Findings
from segmentation_model.drift.reports.html.columns import Budget, column_rows, tariff_columns
from segmentation_model.drift.reports.html.levels import LEVEL_WORDS
from segmentation_model.drift.reports.html.sections import headline, run_facts, tariff_card
from segmentation_model.drift.reports.html.windows import window_words
from segmentation_model.pages.sources import environment, source_hash, stylesheet, table_script

MAX_BYTES = 2_000_000

_PACKAGE = "segmentation_model.drift.reports.html"


def drift_html(findings: Findings) -> str:
    """A page to look at, which is the same to the byte for the same input.

    It has room for so many rows and plots, the worst first; what is left out is said. Names and labels are cut, escaped
    and stripped of what does not print, so nothing in the data can add markup, and the page's own content security
    policy forbids every script and style but the two that it holds (by their hash), and any request.

    Returns:
        HTML, at most ``MAX_BYTES`` bytes in UTF-8.
    """
    budget = Budget()
    page = _render(findings, budget)
    while len(page.encode()) > MAX_BYTES and budget.rows:
        budget = budget.halved()
        page = _render(findings, budget)
    return page


def _render(findings: Findings, budget: Budget) -> str:
    tables, windows = findings.tables, findings.windows
    style, script = stylesheet(_PACKAGE, "drift_report.css"), table_script(_PACKAGE, "drift_report.js")
    groups = tariff_columns(tables, budget)
    return (
        environment(_PACKAGE)
        .get_template("drift_report.html.j2")
        .render(
            headline=headline(findings.outcome),
            facts=run_facts(tables, findings.outcome, findings.execution_date),
            cards=[tariff_card(tariff, table) for tariff, table in tables.items()],
            windows=None if windows is None else window_words(windows),
            groups=groups,
            rows=column_rows(tables, groups, budget),
            columns=sum(len(table.columns) for table in tables.values()),
            ks_error=max((table.ks_error for table in tables.values()), default=0.0),
            settings=findings.settings,
            bounds=findings.settings.psi_bounds,
            levels=LEVEL_WORDS,
            style=style,
            script=script,
            style_hash=source_hash(style),
            script_hash=source_hash(script),
        )
    )
