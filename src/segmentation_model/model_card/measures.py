"""How good the model is: metrics with their intervals, calibration, ranking, cut-offs and the threshold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segmentation_model.model_card.charts import Chart, draw_shares
from segmentation_model.model_card.content import Section, Table, named_values, table_of
from segmentation_model.model_card.facts import PARTS, CardFacts
from segmentation_model.pages.wording import DASH, name_of, number_words, rows_words, sentence, share_words

METRICS = {
    "base_rate": "Share of unpaid bills", "roc_auc": "ROC AUC", "gini": "Gini", "ks": "KS", "pr_auc": "PR-AUC",
    "brier": "Brier score", "log_loss": "Log loss", "ece": "Calibration error (ece)",
    "capture_top_decile": "Capture, riskiest tenth", "lift_top_decile": "Lift, riskiest tenth",
}  # fmt: skip
_ONE_CLASS = "The test part needs both paid and unpaid bills."


def metrics(facts: CardFacts) -> Section:
    """Every metric on every part, with the interval of the test part."""
    found = facts.metrics
    intervals = found.get("intervals")
    rows = [
        (words, *(number_words(found[part][name]) for part in PARTS), facts.interval_words(name))
        for name, words in METRICS.items()
    ]
    rows.insert(0, ("Rows", *(rows_words(found[part]["rows"]) for part in PARTS), DASH))
    heading = "Interval of test" if intervals is None else f"{100 * intervals['level']:g} % interval of test"
    note = (
        "AUC, Gini, KS, PR-AUC, capture and lift are taken on the raw score, the others on the calibrated probability."
    )
    if intervals is not None:
        note += f" Intervals: {rows_words(intervals['draws'])} draws of customers."
    table = table_of("Metrics by part", ("Metric", *(name.capitalize() for name in PARTS), heading), rows, note)
    sentences = ("What counts is the test part: neither trees nor calibration nor threshold have seen it.",)
    return Section("metrics", "Metrics", sentences, tables=(table, *_standing(found)))


def _standing(found: Mapping[str, Any]) -> tuple[Table, ...]:
    rows = [
        (name_of(str(one["value"])).text, rows_words(one["rows"]), share_words(one["base_rate"]),
         number_words(one["roc_auc"]), number_words(one["ece"]))
        for one in found["segments"] if one["dimension"] == "standing"
    ]  # fmt: skip
    if not rows:
        return ()
    note = "Overdue and new customers get their segment from the rules, whatever their score."
    return (table_of("By standing", ("Standing", "Rows", "Base rate", "ROC AUC", "ece"), rows, note),)


def calibration(facts: CardFacts) -> Section:
    """Predicted against observed rates."""
    found, calibrator = facts.metrics, facts.model.calibrator
    bins = found["reliability"]
    error, cost = found["test"]["ece"], found["calibration_cost"]
    method = "isotonic regression" if calibrator.method == "isotonic" else "Platt scaling"
    sentences = (
        f"Probabilities are calibrated by {method} on {rows_words(calibrator.n)} rows with "
        f"{rows_words(calibrator.n_positive)} unpaid bills.",
    )
    values = (
        ("Calibration error (ece)", f"{number_words(error)} ({facts.interval_words('ece')})"),
        ("AUC lost by calibration", number_words(cost)),
    )
    rows = [
        (str(one["bin"]), rows_words(one["rows"]), share_words(one["mean_probability"]),
         share_words(one["observed_rate"]), _span(one["observed_lower"], one["observed_upper"]),
         number_words(one["gap"]))
        for one in bins
    ]  # fmt: skip
    columns = ("Bin", "Rows", "Predicted", "Observed", "Interval of observed", "Gap")
    tables = (table_of("Reliability", columns, rows, "Ten bins of equal mass of the test part."),) if bins else ()
    charts: tuple[Chart, ...] = ()
    if error is not None:
        highest = max(max(one["mean_probability"], one["observed_upper"]) for one in bins)
        points = [(one["mean_probability"], one["observed_rate"]) for one in bins]
        ends = [(one["observed_lower"], one["observed_upper"]) for one in bins]
        axes = ("Predicted probability", "Observed share of unpaid bills")
        what = "Observed over predicted share of unpaid bills in ten bins, with intervals; the table has the figures."
        charts = (draw_shares("Reliability, test part", what, axes, points, ends, min(1.0, 1.05 * highest)),)
    return Section("calibration", "Calibration", sentences, values, charts, tables=tables)


def ranking(facts: CardFacts) -> Section:
    """Deciles of the risk with lift and gains."""
    deciles = facts.metrics["deciles"]
    if not deciles:
        return Section("ranking", "Ranking", (_ONE_CLASS,))
    rows = [
        (str(one["decile"]), rows_words(one["rows"]), f"{one['unpaid']:,.1f}".removesuffix(".0"),
         share_words(one["default_rate"]), f"{one['lift']:.2f}", share_words(one["cumulative_capture"]),
         number_words(one["ks"]))
        for one in deciles
    ]  # fmt: skip
    columns = ("Decile", "Rows", "Unpaid", "Default rate", "Lift", "Found so far", "KS")
    total = deciles[-1]["cumulative_rows"]
    points = [(0.0, 0.0), *((one["cumulative_rows"] / total, one["cumulative_capture"]) for one in deciles)]
    axes = ("Customers treated, riskiest first", "Unpaid bills found")
    what = "Unpaid bills found over customers treated, riskiest first; the table has the figures."
    first = deciles[0]
    words = (
        f"The riskiest {share_words(first['rows'], total)} hold {share_words(first['cumulative_capture'])} of the "
        f"unpaid bills, {first['lift']:.2f} times their share."
    )
    return Section(
        "ranking", "Ranking", (words,), charts=(draw_shares("Gains, test part", what, axes, points),),
        tables=(table_of("Risk deciles", columns, rows, "1 is the riskiest tenth of the test part."),),
    )  # fmt: skip


def cutoffs(facts: CardFacts) -> Section:
    """The frozen cut-offs and the probabilities that they stand for."""
    found = facts.model.cutoffs
    above = ("", *(share_words(one) for one in found.probabilities))
    upto = (*(share_words(one) for one in found.probabilities), "")
    margins = (*(number_words(one) for one in found.margins), DASH)
    shares = (*found.quantiles, 1.0)
    rows = [
        (sentence(label, 60), sentence(code, 20),
         f"above {low}" if not high else f"up to {high}" if not low else f"{low} to {high}", margin,
         share_words(share - before))
        for label, code, low, high, margin, share, before in zip(
            found.labels, found.codes, above, upto, margins, shares, (0.0, *shares[:-1]), strict=True
        )
    ]  # fmt: skip
    columns = ("Category", "Code", "Probability", "Margin up to", "Share when frozen")
    words = (
        f"Cut on the raw score of {rows_words(found.n)} calibration rows that are neither new nor overdue, and frozen: "
        "a month's customers never move them.",
    )
    return Section(
        "cutoffs", "Risk categories", words, tables=(table_of("Frozen cut-offs", columns, rows, words=(1, 2)),)
    )


def decision(facts: CardFacts) -> Section:
    """The threshold that costs least on the calibration part, judged on the test part."""
    found = facts.metrics["decision"]
    costs = found["costs"]
    words = (
        f"Treating a customer from a probability of {share_words(min(found['threshold'], 1.0))} on costs least on the "
        f"calibration part. An unpaid bill that was not expected costs {costs['false_negative']:g}, treating one who "
        f"pays {costs['false_positive']:g}, treating one who does not {costs['true_positive']:g}, and leaving one "
        f"who pays alone {costs['true_negative']:g}.",
    )
    values = {
        "Unpaid and treated (found)": rows_words(found["found"]),
        "Unpaid and not treated (missed)": rows_words(found["missed"]),
        "Paid and treated (in vain)": rows_words(found["in_vain"]),
        "Paid and not treated": rows_words(found["left_alone"]),
        "Cost per row": number_words(found["cost_per_row"]),
        "Cost per row if nobody were treated": number_words(found["cost_per_row_nobody_treated"]),
        "Cost per row if everybody were treated": number_words(found["cost_per_row_everybody_treated"]),
    }
    table = named_values("The threshold on the test part", values, ("Outcome", "Figure"))
    return Section("decision", "Decision threshold", words, tables=(table,))


def _span(low: float, high: float) -> str:
    return f"{share_words(low)} to {share_words(high)}"
