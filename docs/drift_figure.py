"""Draws how large the index is without any drift: docs/images/psi_noise.svg, of the page on the statistics."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from scipy import stats

from segmentation_model.drift.judgement.binned_drift import compare_counts
from segmentation_model.drift.settings import DriftSettings

IMAGE = Path(__file__).parent / "images" / "psi_noise.svg"
SIZES = np.array([100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000])
TRIALS = 400
BINS = 10


def index_without_drift(rows: int, random: np.random.Generator) -> tuple[float, float]:
    """Mean, and what 1 % of the trials exceed, of the index of two samples of one population."""
    shares = np.full(BINS, 1 / BINS)
    found = [
        compare_counts(random.multinomial(rows, shares), random.multinomial(rows, shares), DriftSettings()).psi
        for _ in range(TRIALS)
    ]
    return float(np.mean(found)), float(np.quantile(found, 0.99))


def draw() -> None:
    """The simulated index, the noise floor, and the bounds on the corrected index."""
    mpl.rcParams["svg.hashsalt"] = "psi_noise"
    random = np.random.default_rng(23)
    means, tops = np.array([index_without_drift(rows, random) for rows in SIZES]).T
    figure = Figure(figsize=(7.5, 4), layout="constrained")
    axes = figure.subplots()
    axes.loglog(SIZES, 2 / SIZES * stats.chi2.ppf(0.99, BINS - 1), color="#08519c", label="noise floor of the rule")
    axes.loglog(SIZES, tops, "o", color="#08519c", label="simulated: exceeded by 1 % of the columns")
    axes.loglog(SIZES, means, "o", color="#9ecae1", label="simulated: mean")
    for bound, word in ((0.02, "low"), (0.10, "moderate"), (0.25, "high")):
        axes.axhline(bound, color="#b30000", linewidth=0.8, linestyle="--")
        axes.annotate(f"{word} from {bound:.2f}", (SIZES[-1], bound), ha="right", va="bottom", color="#b30000")
    axes.set_xlabel("rows before, and as many now")
    axes.set_ylabel("PSI without drift, ten bins")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower left")
    figure.savefig(IMAGE, metadata={"Date": None, "Creator": None})


if __name__ == "__main__":
    draw()
