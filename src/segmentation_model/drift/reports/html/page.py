"""The drift report as one page of HTML: no network, no data in scripts, at most 2 MB whatever the tables hold."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

from jinja2 import Environment, PackageLoader, StrictUndefined

from segmentation_model.drift.judgement.gate import GateOutcome
from segmentation_model.drift.judgement.monthly_windows import WindowCheck
from segmentation_model.drift.judgement.table_drift import TableDrift
from segmentation_model.drift.reports.html.columns import Budget, column_rows, tariff_columns
from segmentation_model.drift.reports.html.sections import headline, run_facts, tariff_card
from segmentation_model.drift.reports.html.windows import window_words
from segmentation_model.drift.reports.html.wording import LEVEL_WORDS
from segmentation_model.drift.settings import DriftSettings

MAX_BYTES = 2_000_000

_PACKAGE = "segmentation_model.drift.reports.html"


def drift_html(
    tables: Mapping[str, TableDrift],
    outcome: GateOutcome,
    settings: DriftSettings,
    execution_date: str,
    *,
    windows: WindowCheck | None = None,
) -> str:
    """A page to look at, which is the same to the byte for the same input.

    It has room for so many rows and plots, the worst first; what is left out is said. Names and labels are cut, escaped
    and stripped of what does not print, so nothing in the data can add markup, and the page's own content security
    policy forbids every script and style but the two that it holds (by their hash), and any request.

    Args:
        tables: Drift per tariff; none where an error came first.
        outcome: The gate's decision on them.
        settings: The rule that they were judged by.
        execution_date: ISO date of the run.
        windows: The check of the monthly windows, where there was one.

    Returns:
        HTML, at most ``MAX_BYTES`` bytes in UTF-8.
    """
    budget = Budget()
    page = _render(tables, outcome, settings, execution_date, windows, budget)
    while len(page.encode()) > MAX_BYTES and budget.rows:
        budget = budget.halved()
        page = _render(tables, outcome, settings, execution_date, windows, budget)
    return page


def _render(
    tables: Mapping[str, TableDrift],
    outcome: GateOutcome,
    settings: DriftSettings,
    execution_date: str,
    windows: WindowCheck | None,
    budget: Budget,
) -> str:
    style, script = _asset("drift_report.css"), _asset("drift_report.js")
    groups = tariff_columns(tables, budget)
    return (
        _environment()
        .get_template("drift_report.html.j2")
        .render(
            headline=headline(outcome),
            facts=run_facts(tables, outcome, execution_date),
            cards=[tariff_card(tariff, table) for tariff, table in tables.items()],
            windows=None if windows is None else window_words(windows),
            groups=groups,
            rows=column_rows(tables, groups, budget),
            columns=sum(len(table.columns) for table in tables.values()),
            ks_error=max((table.ks_error for table in tables.values()), default=0.0),
            settings=settings,
            bounds=settings.psi_bounds,
            levels=LEVEL_WORDS,
            style=style,
            script=script,
            style_hash=_source_hash(style),
            script_hash=_source_hash(script),
        )
    )


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


@lru_cache(maxsize=2)
def _asset(name: str) -> str:
    return resources.files(_PACKAGE).joinpath("templates", name).read_text(encoding="utf-8").strip()


def _source_hash(source: str) -> str:
    """How a content security policy names an inline script or style."""
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"
