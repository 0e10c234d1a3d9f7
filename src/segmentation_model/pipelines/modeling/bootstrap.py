"""Bootstrap intervals of a part's metrics: how far another sample of customers could have moved them.

A draw is a count per customer, not a new table: the rows are sorted once, and every metric of a draw is taken from
running sums of the counts: 1.0 s for 80,000 rows and 200 draws on one core.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from segmentation_model.errors import InputError
from segmentation_model.model.calibration import check_margins_and_labels
from segmentation_model.pipelines.modeling.metrics import (
    CALIBRATION_BINS,
    PartMetrics,
    bin_edges,
    check_probabilities,
    evaluate_scores,
    top_rows,
)
from segmentation_model.pipelines.modeling.ranked_rows import area_under_roc, dot, group_ends, running_sums

FloatArray = NDArray[np.float64]
Interval = dict[str, float]
_MIRRORED = frozenset({"ks", "ece"})
#: Metrics that get an interval, in the order of ``PartMetrics``.
BOOTSTRAPPED = tuple(name for name in PartMetrics.model_fields if name != "rows")


def bootstrap_intervals(
    target: ArrayLike,
    margin: ArrayLike,
    probability: ArrayLike,
    customer: ArrayLike,
    draws: int,
    level: float,
    seed: int,
) -> dict[str, Interval] | None:
    """Intervals of all metrics of one part.

    Customers are drawn with replacement, each with all of its rows, because the invoices of one customer are not
    independent (the cluster bootstrap). Classes are not drawn apart: precision, Brier score and lift depend on the
    base rate, whose own uncertainty belongs into their intervals. A draw without both classes is drawn again.

    The interval is that of the draws' percentiles (Efron and Tibshirani, 1993, "An introduction to the bootstrap",
    chapter 13). KS and calibration error are sums of distances, which chance only makes larger: their draws lie above
    the sample's value as that lies above the truth, so the percentiles are mirrored at the sample's value (the basic
    interval: Davison and Hinkley, 1997, "Bootstrap methods and their application", section 5.2). Measured on 150
    simulated samples of 400 and of 2,000 rows at level 0.95: coverage .92 to .99; KS .88 to .95 (percentiles .77 to
    .88); a calibration error of .085 in .83 to .92, but one of nearly 0 in .63 of the samples only (percentiles: in
    none). Near 0 its bounds say how large it may be, not how small.

    Args:
        target: 1 where the bill stayed unpaid, else 0.
        margin: Raw margins.
        probability: Calibrated probabilities.
        customer: Whose row it is.
        draws: Number of draws.
        level: Confidence level, between 0 and 1.
        seed: Seed of the draws.

    Returns:
        Metric: ``lower`` and ``upper``; None where a class is absent.

    Raises:
        InputError: Lengths differ, or a value is missing or out of range.
    """
    labels = np.asarray(target, dtype=np.float64)
    measured = evaluate_scores(target, margin, probability).model_dump()
    if measured["roc_auc"] is None:
        return None
    customers, _ = pd.factorize(np.asarray(customer))
    if len(customers) != len(labels) or (customers < 0).any():
        raise InputError(f"bootstrap: {len(labels)} rows need a customer each; {(customers < 0).sum()} have none")
    part = WeightedPart.of(target, margin, probability)
    counts = draw_counts(customers[part.order], part.labels, draws, np.random.default_rng(seed))
    drawn = pd.DataFrame([part.measure_ranked(count) for count in counts])
    return {name: _interval(name, drawn[name].to_numpy(), measured[name], level) for name in BOOTSTRAPPED}


@dataclass(frozen=True)
class WeightedPart:
    """One part, sorted once, whose metrics under any row counts are running sums."""

    order: NDArray[np.intp]
    """The rows, riskiest first; everything below is in this order."""
    labels: FloatArray
    probability: FloatArray
    squared_error: FloatArray
    log_loss: FloatArray
    ends: NDArray[np.intp]
    """Last row of each group of equal margins."""
    by_probability: NDArray[np.intp] | None
    """Order of descending probability; None where it is that of the margins, as calibration leaves it."""
    plateau_ends: NDArray[np.intp]
    """Last row of each group of equal probabilities, in the order of descending probability."""

    @classmethod
    def of(cls, target: ArrayLike, margin: ArrayLike, probability: ArrayLike) -> Self:
        """Sort the rows of a part, riskiest first.

        Args:
            target: 1 where the bill stayed unpaid, else 0.
            margin: Raw margins.
            probability: Calibrated probabilities.

        Returns:
            The part.

        Raises:
            InputError: No rows, lengths differ, or a value is missing or out of range.
        """
        margins, labels = check_margins_and_labels(margin, target, "evaluated part")
        probabilities = check_probabilities(probability, len(labels))
        if len(labels) == 0:
            raise InputError("evaluated part: there are no rows to weigh")
        order = np.argsort(-margins, kind="stable")
        margins, labels, probabilities = margins[order], labels[order], probabilities[order]
        same_order = bool((np.diff(probabilities) <= 0).all())
        by_probability = None if same_order else np.argsort(-probabilities, kind="stable")
        tiny = np.finfo(np.float64).eps
        clipped = np.clip(probabilities, tiny, 1 - tiny)
        return cls(
            order=order,
            labels=labels,
            probability=probabilities,
            squared_error=(probabilities - labels) ** 2,
            log_loss=-np.where(labels == 1, np.log(clipped), np.log1p(-clipped)),
            ends=group_ends(margins),
            by_probability=by_probability,
            plateau_ends=group_ends(probabilities if by_probability is None else probabilities[by_probability]),
        )

    def measure(self, count: ArrayLike) -> dict[str, float]:
        """The metrics of a table in which row i stands ``count[i]`` times.

        Args:
            count: Whole numbers, 0 among them; both classes are needed.

        Returns:
            Every metric of ``PartMetrics`` but ``rows``.

        >>> part = WeightedPart.of([0, 1, 0, 1], [-2.0, 1.0, 2.0, 3.0], [0.1, 0.7, 0.8, 0.9])
        >>> part.measure([1, 1, 1, 1])["roc_auc"], part.measure([1, 1, 0, 2])["roc_auc"]
        (0.75, 1.0)
        """
        return self.measure_ranked(np.asarray(count, dtype=np.float64)[self.order])

    def measure_ranked(self, counts: FloatArray) -> dict[str, float]:
        """As ``measure``, for counts in the order of the risk."""
        hits = counts * self.labels
        all_so_far, unpaid_so_far = running_sums(counts, self.ends), running_sums(hits, self.ends)
        rows, unpaid = all_so_far[-1], unpaid_so_far[-1]
        paid = rows - unpaid
        unpaid_here = np.diff(unpaid_so_far)
        auc = area_under_roc(all_so_far, unpaid_so_far)
        distance = unpaid_so_far * (rows / (unpaid * paid)) - all_so_far / paid
        n_top = top_rows(int(rows))
        capture = float(np.interp(n_top, all_so_far, unpaid_so_far) / unpaid)
        return {
            "base_rate": float(unpaid / rows),
            "roc_auc": auc,
            "gini": 2 * auc - 1,
            "ks": float(max(distance.max(), -distance.min())),
            "pr_auc": dot(unpaid_here, unpaid_so_far[1:] / np.maximum(all_so_far[1:], 1)) / float(unpaid),
            "brier": dot(counts, self.squared_error) / float(rows),
            "log_loss": dot(counts, self.log_loss) / float(rows),
            "ece": self._calibration_error(counts, hits),
            "capture_top_decile": capture,
            "lift_top_decile": float(capture * rows / n_top),
        }

    def _calibration_error(self, counts: FloatArray, hits: FloatArray) -> float:
        """As ``expected_calibration_error``: within a plateau both running sums are straight lines."""
        excess = counts * self.probability - hits
        if self.by_probability is not None:
            counts, excess = counts[self.by_probability], excess[self.by_probability]
        so_far = running_sums(counts, self.plateau_ends)
        rows = int(so_far[-1])
        # Bins are cut from the lowest probability up, and the rows are in the opposite order.
        edges = rows - bin_edges(rows, CALIBRATION_BINS)[::-1]
        at_edges = np.interp(edges, so_far, running_sums(excess, self.plateau_ends))
        return float(np.abs(np.diff(at_edges)).sum() / rows)


def draw_counts(
    customers: NDArray[np.intp], labels: FloatArray, draws: int, random: np.random.Generator
) -> Iterator[FloatArray]:
    """How often each row occurs in each draw of customers; a draw without both classes is drawn again.

    Args:
        customers: Number of each row's customer, from 0 on.
        labels: 1 where the bill stayed unpaid, else 0, in the same order.
        draws: Number of draws.
        random: Source of the draws.
    """
    n = int(customers.max()) + 1
    one_row_each = n == len(customers)
    for _ in range(draws):
        unpaid, rows = 0.0, 0.0
        while unpaid in (0.0, rows):
            drawn = np.bincount(random.integers(0, n, n, dtype=np.int32), minlength=n).astype(np.float64)
            # Where every customer has one row, their order has no say in the draw.
            count = drawn if one_row_each else drawn[customers]
            unpaid, rows = dot(count, labels), float(count.sum())
        yield count


def _interval(name: str, drawn: FloatArray, measured: float, level: float) -> Interval:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    if name in _MIRRORED:
        low, high = np.clip((2 * measured - high, 2 * measured - low), 0, 1)
    return {"lower": float(low), "upper": float(high)}
