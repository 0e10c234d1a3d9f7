"""The report as one page of HTML: no network, no data in scripts, at most 3 MB whatever the month holds."""

from __future__ import annotations

from dataclasses import dataclass

from segmentation_model.monthly_report.benchmark_rows import benchmark_table
from segmentation_model.monthly_report.call_rows import call_rows
from segmentation_model.monthly_report.facts import MonthFacts
from segmentation_model.monthly_report.health import health
from segmentation_model.monthly_report.movements import movements
from segmentation_model.monthly_report.portfolio import tiles, verdict
from segmentation_model.monthly_report.segment_map import segment_map
from segmentation_model.monthly_report.settings import Speech
from segmentation_model.monthly_report.writing import Writer
from segmentation_model.pages.sources import environment, source_hash, stylesheet, table_script

MAX_BYTES = 3_000_000

_PACKAGE = "segmentation_model.monthly_report"


@dataclass(frozen=True)
class Budget:
    """How many rows the page has room for."""

    calls: int = 500
    benchmark: int = 400

    def halved(self) -> Budget:
        """Half of everything."""
        return Budget(self.calls // 2, self.benchmark // 2)


def report_html(facts: MonthFacts, speech: Speech) -> str:
    """A page that is the same to the byte for the same facts.

    What comes from the data is cut and escaped, and the page's own content security policy forbids every script and
    style but the two that it holds (by their hash), and any request.

    Returns:
        HTML, at most ``MAX_BYTES`` bytes in UTF-8.
    """
    budget, writer = Budget(), Writer(speech)
    page = _render(facts, writer, budget)
    while len(page.encode()) > MAX_BYTES and budget.benchmark:
        budget = budget.halved()
        page = _render(facts, writer, budget)
    return page


def _render(facts: MonthFacts, writer: Writer, budget: Budget) -> str:
    style, script = stylesheet(_PACKAGE, "report.css"), table_script(_PACKAGE, "report.js")
    return (
        environment(_PACKAGE)
        .get_template("report.html.j2")
        .render(
            w=writer.words,
            language=writer.speech.language,
            locale=writer.speech.locale.replace("_", "-"),
            date=writer.day(facts.execution_date),
            month=writer.month(facts.execution_date),
            verdict=verdict(facts, writer),
            tiles=tiles(facts, writer),
            map=segment_map(facts, writer),
            calls=call_rows(facts, writer, budget.calls),
            benchmark=benchmark_table(facts, writer, budget.benchmark),
            moves=movements(facts, writer),
            health=health(facts, writer),
            high_psi=writer.number(facts.drift["settings"]["drift_threshold"], 2),
            style=style,
            script=script,
            style_hash=source_hash(style),
            script_hash=source_hash(script),
        )
    )
