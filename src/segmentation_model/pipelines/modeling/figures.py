"""Figures of a trained model, on Matplotlib's object interface alone: no pyplot, no global state, no window."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, PercentFormatter
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from segmentation_model.errors import InputError

# Okabe and Ito's palette, which colour-blind readers can tell apart; the dashes say the same in grey.
_BLUE, _ORANGE, _GREEN, _GREY = "#0072B2", "#D55E00", "#009E73", "#6B6B6B"
_LINES = ((_GREEN, (0, (4, 2))), (_ORANGE, (0, (1, 1))), (_BLUE, "solid"), ("#CC79A7", (0, (6, 2, 1, 2))))
_DPI = 100
_WIDTH = 8
_LABEL_CHARACTERS = 38
# More points than pixels take time to draw and show nothing.
_CURVE_POINTS = 1_000
_BARS = 30
_ONE_CLASS = "The test part needs both paid and unpaid bills."


def plot_roc_curve(parts: Mapping[str, tuple[ArrayLike, ArrayLike]], title: str = "ROC curve") -> Figure:
    """ROC curves of one model on several parts, in the order given.

    Args:
        parts: Name of the part: its targets (0 or 1) and its raw scores. A part without both classes has no curve and
            is named in the legend.
        title: Title of the figure.

    Returns:
        The figure, 800 x 700 pixels.

    Raises:
        InputError: More parts than lines that can be told apart.
    """
    _check_lines(parts, "ROC curve")
    figure, axes = _canvas(7)
    axes.plot([0, 1], [0, 1], color=_GREY, linewidth=1, linestyle=(0, (2, 3)), label="no skill, AUC 0.500")
    for name, labels, scores, line in _with_curves(axes, parts):
        false_positives, true_positives, _ = roc_curve(labels, scores)
        label = f"{name}, AUC {roc_auc_score(labels, scores):.3f} ({len(labels):,} rows)"
        axes.plot(*_thinned(false_positives, true_positives), **line, linewidth=2, label=label)
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    _percentages(axes, "Paid bills wrongly flagged (false positive rate)", "Unpaid bills found (true positive rate)")
    _legend(axes, "lower right")
    _finish(axes, title)
    return figure


def plot_precision_recall(
    parts: Mapping[str, tuple[ArrayLike, ArrayLike]], title: str = "Precision and recall"
) -> Figure:
    """Precision over recall of one model on several parts, in the order given.

    Args:
        parts: Name of the part: its targets (0 or 1) and its raw scores. A part without both classes has no curve and
            is named in the legend. The level without skill is that of the last part.
        title: Title of the figure.

    Returns:
        The figure, 800 x 700 pixels.

    Raises:
        InputError: More parts than lines that can be told apart.
    """
    _check_lines(parts, "precision and recall")
    figure, axes = _canvas(7)
    for name, labels, scores, line in _with_curves(axes, parts):
        precision, recall, _ = precision_recall_curve(labels, scores, drop_intermediate=True)
        label = f"{name}, PR-AUC {average_precision_score(labels, scores):.3f} ({len(labels):,} rows)"
        axes.plot(*_thinned(recall, precision), **line, linewidth=2, label=label)
    last = np.asarray(list(parts.values())[-1][0], dtype=np.float64)
    if len(last):
        rate = float(last.mean())
        axes.axhline(rate, color=_GREY, linewidth=1, linestyle=(0, (2, 3)), label=f"no skill, base rate {rate:.3f}")
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    _percentages(axes, "Unpaid bills found (recall)", "Unpaid among the flagged (precision)")
    _legend(axes, "upper right")
    _finish(axes, title)
    return figure


def plot_reliability(bins: pd.DataFrame, error: float | None, title: str = "Reliability") -> Figure:
    """Observed over predicted rates.

    Args:
        bins: The reliability table.
        error: Calibration error; None where the part lacks a class.
        title: Title of the figure.

    Returns:
        The figure, 800 x 700 pixels; a notice where there is nothing to show.
    """
    if bins.empty or error is None:
        return plot_notice(title, _ONE_CLASS)
    figure, axes = _canvas(7)
    predicted, observed = bins["mean_probability"].to_numpy(), bins["observed_rate"].to_numpy()
    # An interval holds its rate, but for the last digit.
    spread = np.maximum([observed - bins["observed_lower"], bins["observed_upper"] - observed], 0)
    edge = 1.05 * max(predicted.max(), float(bins["observed_upper"].max()))
    axes.plot([0, edge], [0, edge], color=_GREY, linewidth=1, linestyle=(0, (2, 3)), label="as predicted")
    axes.errorbar(
        predicted, observed, yerr=spread, color=_BLUE, linewidth=2, marker="o", markersize=7, elinewidth=1.2, capsize=4,
        label=f"test, calibration error {error:.4f} ({bins['rows'].sum():,} rows)",
    )  # fmt: skip
    axes.set(xlim=(-0.01 * edge, edge), ylim=(-0.01 * edge, edge), aspect="equal")
    _percentages(axes, "Predicted probability, mean of the bin", "Observed share of unpaid bills")
    _legend(axes, "lower right")
    _finish(axes, title)
    return figure


def plot_gains(deciles: pd.DataFrame, title: str = "Gains and lift") -> Figure:
    """Unpaid bills found by treating the riskiest first, and lift by decile.

    Args:
        deciles: The decile table.
        title: Title of the figure.

    Returns:
        The figure, 800 x 900 pixels; a notice where there is nothing to show.
    """
    if deciles.empty:
        return plot_notice(title, _ONE_CLASS)
    figure = Figure(figsize=(_WIDTH, 9), dpi=_DPI, layout=ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.12))
    gains, lift = figure.subplots(2, 1, height_ratios=(3, 2))
    share = np.concatenate(([0.0], deciles["cumulative_rows"] / deciles["cumulative_rows"].iloc[-1]))
    capture = np.concatenate(([0.0], deciles["cumulative_capture"]))
    gains.plot([0, 1], [0, 1], color=_GREY, linewidth=1, linestyle=(0, (2, 3)), label="in any order")
    gains.plot(share, capture, color=_BLUE, linewidth=2, marker="o", markersize=6, label="riskiest first, test")
    gains.annotate(
        f"{capture[1]:.0%} of the unpaid bills in the first {share[1]:.0%}", (share[1], capture[1]),
        xytext=(14, -16), textcoords="offset points", fontsize=12,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
    )  # fmt: skip
    gains.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.02))
    _percentages(gains, "Customers treated", "Unpaid bills found (gain)")
    _legend(gains, "lower right")
    _finish(gains, title)
    bars = lift.bar(deciles["decile"], deciles["lift"], color=_BLUE, width=0.7)
    lift.bar_label(bars, labels=[f"{value:.2f}" for value in deciles["lift"]], padding=3, fontsize=11)
    lift.axhline(1, color=_GREY, linewidth=1, linestyle=(0, (2, 3)))
    lift.set_xticks(deciles["decile"].to_numpy())
    lift.set_ylim(0, 1.15 * max(1.0, float(deciles["lift"].max())))
    lift.set_xlabel("Decile of the risk, 1 the riskiest", fontsize=13)
    lift.set_ylabel("Lift over the base rate", fontsize=13)
    lift.spines[["top", "right"]].set_visible(False)
    lift.tick_params(labelsize=11, color="#999999")
    return figure


def plot_score_distribution(
    target: ArrayLike, probability: ArrayLike, threshold: float, title: str = "Score distribution"
) -> Figure:
    """Calibrated probabilities of paid and of unpaid bills.

    Args:
        target: 1 where the bill stayed unpaid, else 0.
        probability: Calibrated probabilities, same rows.
        threshold: Probability from which treating a customer costs least.
        title: Title of the figure.

    Returns:
        The figure, 800 x 550 pixels: the share of each class per bar; a notice where a class is absent.
    """
    labels, probabilities = np.asarray(target), np.asarray(probability, dtype=np.float64)
    if len(np.unique(labels)) < 2:
        return plot_notice(title, _ONE_CLASS)
    figure, axes = _canvas(5.5)
    edges = np.linspace(0, max(float(probabilities.max()), threshold), _BARS + 1)
    for name, value, colour, dashes in (("paid", 0, _BLUE, "solid"), ("unpaid", 1, _ORANGE, (0, (4, 1.5)))):
        count, _ = np.histogram(probabilities[labels == value], bins=edges)
        share = count / count.sum()
        axes.stairs(share, edges, color=colour, alpha=0.18, fill=True)
        axes.stairs(
            share, edges, color=colour, linewidth=2, linestyle=dashes, label=f"{name} ({count.sum():,} bills, test)"
        )
    axes.axvline(threshold, color=_GREY, linewidth=1.5, linestyle=(0, (2, 3)), label=f"threshold {threshold:.3f}")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)
    _percentages(axes, "Calibrated probability", "Share of the bills of its class")
    _legend(axes, "upper right")
    _finish(axes, title)
    return figure


def plot_feature_importance(gain: Mapping[str, float], top: int = 20, title: str = "Feature importance") -> Figure:
    """The features that the trees gain most from, as shares of the total gain.

    Args:
        gain: Feature: total gain of its splits.
        top: Features shown at most.
        title: Title of the figure.

    Returns:
        The figure, 800 pixels wide; a notice where no feature has any gain.
    """
    total = sum(gain.values())
    ranked = sorted((item for item in gain.items() if item[1] > 0), key=lambda item: (-item[1], item[0]))
    if not ranked:
        return plot_notice(title, "The trees have no splits: no feature tells paid from unpaid bills.")
    shown = ranked[:top]
    shares = [value / total for _, value in shown]
    figure, axes = _canvas(1.6 + 0.3 * len(shown))
    positions = np.arange(len(shown))
    bars = axes.barh(positions, shares, color=_BLUE, height=0.7)
    axes.bar_label(bars, labels=[f"{share:.1%}" for share in shares], padding=4, fontsize=11)
    axes.set_yticks(positions, [_shortened(name) for name, _ in shown], fontsize=11)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(0, max(shares) * 1.15)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g}%"))
    others = len(ranked) - len(shown)
    rest = f" (the other {others} features: {1 - sum(shares):.1%})" if others else ""
    axes.set_xlabel(f"Share of the total gain{rest}", fontsize=13)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.8)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    _finish(axes, title)
    return figure


def plot_notice(title: str, reason: str) -> Figure:
    """A panel that stands where a figure would, and says why there is none.

    Args:
        title: What would have been shown.
        reason: Why it is not.

    Returns:
        The figure, 800 pixels wide.
    """
    lines = textwrap.wrap(reason, width=64)
    figure = Figure(figsize=(_WIDTH, 1.6 + 0.3 * len(lines)), dpi=_DPI)
    height = figure.get_figheight()
    figure.text(0.06, 1 - 0.5 / height, title, fontsize=16, fontweight="bold", va="center")
    figure.text(0.06, 1 - 0.95 / height, "\n".join(lines), fontsize=13, color="#404040", va="top", linespacing=1.4)
    figure.add_artist(Rectangle((0.025, 0.12), 0.008, 0.76, transform=figure.transFigure, color=_ORANGE))
    return figure


def _canvas(height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, layout=ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.12))
    return figure, figure.subplots()


def _with_curves(
    axes: Axes, parts: Mapping[str, tuple[ArrayLike, ArrayLike]]
) -> Iterator[tuple[str, NDArray[Any], NDArray[Any], dict[str, Any]]]:
    """Name, targets, scores and line of every part with both classes; the others are named in the legend."""
    for (name, (target, score)), (colour, dashes) in zip(parts.items(), _LINES, strict=False):
        labels = np.asarray(target)
        line: dict[str, Any] = {"color": colour, "linestyle": dashes}
        if len(np.unique(labels)) < 2:
            axes.plot([], [], **line, label=f"{name}, no curve: needs both classes")
        else:
            yield name, labels, np.asarray(score), line


def _check_lines(parts: Mapping[str, object], what: str) -> None:
    if len(parts) > len(_LINES):
        raise InputError(f"{what}: {len(parts)} parts, but only {len(_LINES)} lines can be told apart")


def _thinned(*coordinates: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    points = len(coordinates[0])
    kept = np.linspace(0, points - 1, min(points, _CURVE_POINTS)).round().astype(np.intp)
    return tuple(values[kept] for values in coordinates)


def _percentages(axes: Axes, horizontal: str, vertical: str) -> None:
    axes.set_xlabel(horizontal, fontsize=13)
    axes.set_ylabel(vertical, fontsize=13)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.grid(color="#DDDDDD", linewidth=0.8)


def _legend(axes: Axes, place: Literal["upper right", "lower right"]) -> None:
    axes.legend(loc=place, fontsize=12, frameon=True, framealpha=1, edgecolor="none")


def _shortened(name: str) -> str:
    return name if len(name) <= _LABEL_CHARACTERS else f"{name[: _LABEL_CHARACTERS - 1]}…"


def _finish(axes: Axes, title: str) -> None:
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=11, color="#999999")
    axes.set_title(title, fontsize=16, fontweight="bold", loc="left", pad=12)
