"""Does the model treat the customers of every region and stratum class alike? A screening, with the noise in view.

Of each group: how often the threshold treats its customers, how much of its unpaid bills that finds (the true positive
rate), how many of its paying customers are treated in vain (the false positive rate), each as a ratio to the whole test
part; and whether as many bills stay unpaid as the probabilities say.

A ratio outside 4/5 to 5/4 is worth a look: the four-fifths rule of the United States' Uniform Guidelines on Employee
Selection Procedures (29 CFR 1607.4 D, 1978), a screening rule and no proof of anything. It is flagged where its
interval leaves equality out: small groups differ by chance alone.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from segmentation_model.pages.wording import share_words
from segmentation_model.pipelines.modeling.wilson import wilson_interval

#: Lowest and highest ratio that is not worth a look.
LOWEST_RATIO, HIGHEST_RATIO = 0.8, 1.25
#: Dimensions of the segment table that are judged: standing decides by itself how a customer is treated.
GROUPED_BY = ("region", "stratum_class")
#: Rate of a group: what a ratio far from 1 is called.
RATES = {
    "treated_share": "customers are treated",
    "unpaid_found": "unpaid bills are found",
    "paid_treated": "paying customers are treated in vain",
}
_BOUNDS = ("lower", "upper")
FAIRNESS_COLUMNS = (
    "dimension", "value", "rows", "cases", "base_rate", "mean_probability", "calibration_gap",
    *(f"calibration_gap_{bound}" for bound in _BOUNDS), "roc_auc",
    *(f"{rate}{what}" for rate in RATES for what in ("", "_ratio", "_ratio_lower", "_ratio_upper")),
    "status", "finding",
)  # fmt: skip

FloatArray = NDArray[np.float64]


def judge_fairness(
    rows: pd.DataFrame, segments: pd.DataFrame, threshold: float, level: float, minimum_cases: int
) -> dict[str, Any]:
    """Compare every region and stratum class with the whole.

    An interval is Wilson's of the group's own rate, over the whole's rate, which counts as known. Several invoices of a
    customer are no independent rows: the group's rows are divided by the design effect (Kish, 1965), as measured on the
    whole. Intervals hold together: where all groups of a dimension are alike, the chance that any of their figures is
    flagged is 1 - level at most (Bonferroni).

    Args:
        rows: The test part: customer_id, target and probability.
        segments: Its segment table.
        threshold: Probability from which a customer is treated.
        level: Confidence level of the intervals.
        minimum_cases: Cases of the rarer class that a group needs to be judged.

    Returns:
        Level, bounds and minimum; the figures of the ``whole``; ``groups``, one record per region and stratum class.
        ``calibration_gap`` is the mean probability minus the share of unpaid bills. ``status``: ``flagged`` (a figure
        is out of bounds, and its interval leaves equality out), ``within_noise`` (out of bounds, but chance can do
        that), ``within_bounds``, ``too_small``; ``finding`` says it in words, and is empty within bounds. A figure that
        is not known is NaN.
    """
    whole = _Whole(rows, threshold)
    judged = segments[segments["dimension"].isin(GROUPED_BY)]
    groups = []
    for _, members in judged.groupby("dimension", sort=False):
        enough = [_cases(one) >= minimum_cases for one in members.to_dict(orient="records")]
        # Three rates and the calibration of each group that is judged.
        own_level = 1 - (1 - level) / max((len(RATES) + 1) * sum(enough), 1)
        for one, is_judged in zip(members.to_dict(orient="records"), enough, strict=True):
            group = {str(name): value for name, value in one.items()}
            groups.append(_judge(group, whole, own_level) if is_judged else _too_small(group, minimum_cases))
    return {
        "level": level,
        "lowest_ratio": LOWEST_RATIO,
        "highest_ratio": HIGHEST_RATIO,
        "minimum_cases": minimum_cases,
        "whole": whole.figures,
        "groups": pd.DataFrame(groups, columns=list(FAIRNESS_COLUMNS)),
    }


class _Whole:
    """Figures of all rows, and how much less than an independent row each of theirs tells."""

    def __init__(self, rows: pd.DataFrame, threshold: float) -> None:
        target, probability = (rows[name].to_numpy(np.float64) for name in ("target", "probability"))
        unpaid, treated = target == 1, (probability >= threshold).astype(np.float64)
        customers = pd.factorize(rows["customer_id"])[0]
        everybody = np.ones(len(rows), dtype=bool)
        measured = {
            "base_rate": (target, everybody),
            "treated_share": (treated, everybody),
            "unpaid_found": (treated, unpaid),
            "paid_treated": (treated, ~unpaid),
        }
        rates = {name: _mean(values[among]) for name, (values, among) in measured.items()}
        self.design_effects = {
            name: _design_effect(values[among], customers[among]) for name, (values, among) in measured.items()
        }
        both = unpaid.any() and not unpaid.all()
        self.figures: dict[str, float | int | None] = {
            "rows": len(rows),
            "cases": int(min(unpaid.sum(), (~unpaid).sum())),
            "mean_probability": _mean(probability),
            "roc_auc": float(roc_auc_score(target, rows["margin"])) if both else None,
            **rates,
        }

    def rate(self, name: str) -> float:
        found = self.figures[name]
        return np.nan if found is None else float(found)


def _mean(values: FloatArray) -> float | None:
    return float(values.mean()) if len(values) else None


def _design_effect(values: FloatArray, customers: NDArray[np.intp]) -> float:
    """Variance of a share over rows that come in customers, over what it would be if the rows were independent."""
    if not len(values) or not 0 < values.mean() < 1:
        return 1.0
    rate = values.mean()
    of_customers = np.bincount(customers, weights=values - rate)
    return max(1.0, float((of_customers**2).sum() / (len(values) * rate * (1 - rate))))


def _cases(group: Mapping[Any, Any]) -> int:
    unpaid = round(group["base_rate"] * group["rows"])
    return int(min(unpaid, group["rows"] - unpaid))


def _of_segment(group: Mapping[str, Any]) -> dict[str, Any]:
    known = {name: group[name] for name in FAIRNESS_COLUMNS if name in group}
    return {**known, "cases": _cases(group), "calibration_gap": group["mean_probability"] - group["base_rate"]}


def _too_small(group: Mapping[str, Any], minimum_cases: int) -> dict[str, Any]:
    found = _of_segment(group)
    words = f"too small to judge: {found['cases']} cases of the rarer class, {minimum_cases} are needed"
    return {**found, "status": "too_small", "finding": words}


def _judge(group: Mapping[str, Any], whole: _Whole, level: float) -> dict[str, Any]:
    found = _of_segment(group)
    unpaid = group["base_rate"] * group["rows"]
    independent = {
        name: size / whole.design_effects[name]
        for name, size in {
            "base_rate": group["rows"],
            "treated_share": group["rows"],
            "unpaid_found": unpaid,
            "paid_treated": group["rows"] - unpaid,
        }.items()
    }
    observed = wilson_interval(group["base_rate"], independent["base_rate"], level)
    low, high = (group["mean_probability"] - float(end) for end in reversed(observed))
    found |= {"calibration_gap_lower": low, "calibration_gap_upper": high}
    for rate in RATES:
        of_all = whole.rate(rate)
        if of_all > 0:
            ends = wilson_interval(group[rate], independent[rate], level)
            found[f"{rate}_ratio"] = group[rate] / of_all
            found |= {f"{rate}_ratio_{bound}": float(end) / of_all for bound, end in zip(_BOUNDS, ends, strict=True)}
    outside = list(_outside(found, whole))
    certain = [text for is_certain, text in outside if is_certain]
    if certain:
        base_rates = (
            f"{share_words(found['base_rate'])} of its bills stay unpaid, {share_words(whole.rate('base_rate'))}"
        )
        return {**found, "status": "flagged", "finding": "; ".join([*certain, f"{base_rates} of the whole's"])}
    if outside:
        chance = [*(text for _, text in outside), "chance can do that"]
        return {**found, "status": "within_noise", "finding": "; ".join(chance)}
    return {**found, "status": "within_bounds", "finding": ""}


def _outside(found: Mapping[str, Any], whole: _Whole) -> Iterator[tuple[bool, str]]:
    """Every figure out of bounds: whether its interval leaves equality out, and the words."""
    for rate, words in RATES.items():
        ratio = found.get(f"{rate}_ratio", 1.0)
        if not LOWEST_RATIO <= ratio <= HIGHEST_RATIO:
            low, high = (found[f"{rate}_ratio_{bound}"] for bound in _BOUNDS)
            against = (
                f"{share_words(found[rate])} against {share_words(whole.rate(rate))}; interval {low:.2f} to {high:.2f}"
            )
            yield not low <= 1 <= high, f"{words} {ratio:.2f} times as often as in the whole ({against})"
    expected, observed = found["mean_probability"], found["base_rate"]
    if not LOWEST_RATIO <= expected / observed <= HIGHEST_RATIO:
        low, high = found["calibration_gap_lower"], found["calibration_gap_upper"]
        gap = f"gap {found['calibration_gap']:+.3f}; interval {low:+.3f} to {high:+.3f}"
        words = f"{share_words(expected)} of the bills were to stay unpaid, {share_words(observed)} did"
        yield not low <= 0 <= high, f"{words} ({gap})"
