"""Figures of a trained model, on Matplotlib's object interface alone: no pyplot, no global state, no window."""

import textwrap
from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, PercentFormatter
from numpy.typing import ArrayLike
from sklearn.metrics import roc_auc_score, roc_curve

from segmentation_model.errors import InputError

# Okabe and Ito's palette, which colour-blind readers can tell apart; the dashes say the same in grey.
_BLUE, _ORANGE, _GREEN, _GREY = "#0072B2", "#D55E00", "#009E73", "#6B6B6B"
_LINES = ((_GREEN, (0, (4, 2))), (_ORANGE, (0, (1, 1))), (_BLUE, "solid"), ("#CC79A7", (0, (6, 2, 1, 2))))
_DPI = 100
_WIDTH = 8
_LABEL_CHARACTERS = 38


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
    if len(parts) > len(_LINES):
        raise InputError(f"ROC curve: {len(parts)} parts, but only {len(_LINES)} lines can be told apart")
    figure, axes = _canvas(7)
    axes.plot([0, 1], [0, 1], color=_GREY, linewidth=1, linestyle=(0, (2, 3)), label="no skill, AUC 0.500")
    for (name, (target, score)), (colour, dashes) in zip(parts.items(), _LINES, strict=False):
        labels = np.asarray(target)
        if len(np.unique(labels)) < 2:
            axes.plot([], [], color=colour, linestyle=dashes, label=f"{name}, no curve: needs both classes")
            continue
        false_positives, true_positives, _ = roc_curve(labels, np.asarray(score))
        axes.plot(
            false_positives, true_positives, color=colour, linestyle=dashes, linewidth=2,
            label=f"{name}, AUC {roc_auc_score(labels, np.asarray(score)):.3f} ({len(labels):,} rows)",
        )  # fmt: skip
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    axes.set_xlabel("Paid bills wrongly flagged (false positive rate)", fontsize=13)
    axes.set_ylabel("Unpaid bills found (true positive rate)", fontsize=13)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.grid(color="#DDDDDD", linewidth=0.8)
    axes.legend(loc="lower right", fontsize=12, frameon=True, framealpha=1, edgecolor="none")
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


def _shortened(name: str) -> str:
    return name if len(name) <= _LABEL_CHARACTERS else f"{name[: _LABEL_CHARACTERS - 1]}…"


def _finish(axes: Axes, title: str) -> None:
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=11, color="#999999")
    axes.set_title(title, fontsize=16, fontweight="bold", loc="left", pad=12)
