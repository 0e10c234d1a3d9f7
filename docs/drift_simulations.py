"""Prints the figures of docs/explanation/drift_statistics.md: what each rule of the drift check is there for.

Made-up data with fixed seeds; takes about a minute: .venv/bin/python docs/drift_simulations.py
"""

import time
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from segmentation_model.drift.judgement.binned_drift import BinnedDrift, compare_counts
from segmentation_model.drift.judgement.column_drift import ColumnDrift
from segmentation_model.drift.judgement.table_drift import check_table
from segmentation_model.drift.reference.profile import build_profile
from segmentation_model.drift.settings import DriftSettings, ProfileSettings
from segmentation_model.drift.statistics.homogeneity import homogeneity
from segmentation_model.drift.statistics.kolmogorov_smirnov import SERIES_FROM, ks_p_values, ks_statistic
from segmentation_model.drift.statistics.psi import population_stability_index

Floats = npt.NDArray[np.float64]
RULE, FROZEN = DriftSettings(), ProfileSettings()
ROWS = 30_000


def column_drift(reference: Floats, current: Floats) -> ColumnDrift:
    """A table of one column, judged by the default rule."""
    profile = build_profile(pd.DataFrame({"x": reference}), FROZEN)
    return check_table(profile, pd.DataFrame({"x": current}), RULE).columns[0]


def binned_drift(reference: Floats, current: Floats) -> BinnedDrift:
    """The same, its statistics over the bins."""
    drift = column_drift(reference, current).drift
    if drift is None:
        raise ValueError("the column was not compared")
    return drift


def psi_over(edges: Floats, reference: Floats, current: Floats) -> float:
    """PSI over right-closed bins without one for missing, whatever the edges."""
    places = (np.searchsorted(edges, side[~np.isnan(side)]) for side in (reference, current))
    return population_stability_index(*(np.bincount(place, minlength=edges.size + 1) for place in places))


def equal_width_edges(reference: Floats, current: Floats) -> Floats:
    """Inner edges of Sturges' equal-width bins over both sides."""
    both = np.concatenate([reference, current])
    return np.histogram_bin_edges(both[~np.isnan(both)], bins="sturges")[1:-1]


def quantile_edges(reference: Floats) -> Floats:
    """Nine deciles, tied ones merged: quantile bins without any bin for spikes or missing values."""
    return np.unique(np.nanquantile(reference, np.arange(1, 10) / 10, method="inverted_cdf"))


def ks_at_equal_widths(reference: Floats, current: Floats) -> float:
    """KS statistic read at 10,000 equal-width points over the reference."""
    points = np.linspace(reference.min(), reference.max(), 10_001)[1:]
    steps = [np.searchsorted(np.sort(side), points, side="right") / side.size for side in (reference, current)]
    return float(np.abs(steps[0] - steps[1]).max())


def doubled_invoices() -> Iterator[str]:
    """Equal-width bins against quantile bins."""
    reference, current = (
        np.random.default_rng(1).lognormal(6, 2, ROWS),
        2 * np.random.default_rng(2).lognormal(6, 2, ROWS),
    )
    drift = column_drift(reference, current)
    one_wrong = np.concatenate([reference, [1e9]])
    exact = ks_statistic(np.sort(one_wrong), np.sort(current))
    yield f"equal-width bins: PSI {psi_over(equal_width_edges(reference, current), reference, current):.4f}"
    yield f"deciles: PSI {psi_over(quantile_edges(reference), reference, current):.3f}; by the rule: {drift.severity}"
    yield (
        f"with one amount of 1e9 in the reference: KS {exact:.3f}, "
        f"at 10,000 equal-width points {ks_at_equal_widths(one_wrong, current):.3f}"
    )


def rising_missing_values() -> Iterator[str]:
    """2 % missing become 30 %."""
    random = np.random.default_rng(3)
    reference, current = (
        np.where(random.random(ROWS) < share, np.nan, random.lognormal(6, 2, ROWS)) for share in (0.02, 0.30)
    )
    drift = column_drift(reference, current)
    yield f"missing dropped: PSI {psi_over(quantile_edges(reference), reference, current):.4f}"
    yield f"missing as a bin: PSI {binned_drift(reference, current).psi:.3f}; by the rule: {drift.severity}"


def zeros_that_turn_into_credits() -> Iterator[str]:
    """60 % zeros become small negative amounts."""
    random = np.random.default_rng(5)
    reference = np.where(random.random(ROWS) < 0.6, 0.0, random.lognormal(4, 1, ROWS))
    current = np.where(random.random(ROWS) < 0.6, -random.uniform(0.01, 5, ROWS), random.lognormal(4, 1, ROWS))
    drift = column_drift(reference, current)
    yield f"deciles alone: PSI {psi_over(quantile_edges(reference), reference, current):.4f}"
    yield f"zero in a bin of its own: PSI {binned_drift(reference, current).psi:.2f}; by the rule: {drift.severity}"


def false_alarms_of_the_tests() -> Iterator[str]:
    """8 equally frequent categories without drift: the reference as the truth, or as a sample."""
    random = np.random.default_rng(7)
    shares = np.full(8, 1 / 8)
    for rows, months_rows in ((1_000, 1_000), (1_000, 10_000), (10_000, 1_000)):
        goodness, homogeneous = [], []
        for _ in range(2_000):
            before, now = random.multinomial(rows, shares), random.multinomial(months_rows, shares)
            goodness.append(stats.chisquare(now, before * months_rows / rows).pvalue < 0.05)
            homogeneous.append(homogeneity(before, now).p_value < 0.05)
        sizes = f"{rows:,} rows before, {months_rows:,} now"
        yield f"{sizes}: goodness of fit {np.mean(goodness):.1%}, homogeneity {np.mean(homogeneous):.1%} under 0.05"


def noise_of_the_index() -> Iterator[str]:
    """PSI without drift, over ten bins, against what the rule makes of it."""
    random = np.random.default_rng(11)
    for rows in (200, 500, 1_000, 10_000):
        drifts = [binned_drift(random.normal(size=rows), random.normal(size=rows)) for _ in range(1_000)]
        psi = np.array([drift.psi for drift in drifts])
        corrected = np.array([drift.psi_corrected for drift in drifts])
        floor = np.mean([drift.psi > drift.noise_floor for drift in drifts])
        yield (
            f"n = m = {rows:,}: mean PSI {psi.mean():.4f} (expected {9 * 2 / rows:.4f}), at least 0.02 in "
            f"{np.mean(psi >= 0.02):.0%}, at least 0.10 in {np.mean(psi >= 0.10):.1%}; mean corrected PSI "
            f"{corrected.mean():+.4f}; above the noise floor in {floor:.1%}"
        )


def many_columns() -> Iterator[str]:
    """241 undrifted columns: tables in which something is called significant."""
    random = np.random.default_rng(13)
    bins = np.full(10, 0.1)
    plain, adjusted = [], []
    for _ in range(200):
        p_values = np.array(
            [homogeneity(random.multinomial(2_000, bins), random.multinomial(2_000, bins)).p_value for _ in range(241)]
        )
        plain.append((p_values < 0.05).sum())
        adjusted.append((stats.false_discovery_control(p_values) <= 0.01).any())
    yield f"under 0.05: {np.mean(plain):.1f} of 241 columns a table"
    yield f"Benjamini-Hochberg at 0.01: any column in {np.mean(adjusted):.1%} of the tables"


def large_tables() -> Iterator[str]:
    """A difference of no consequence in a large table."""
    random = np.random.default_rng(17)
    drift = column_drift(random.normal(size=500_000), random.normal(0.02, 1, 500_000))
    detail = drift.drift
    if detail is not None and drift.ks_p_value is not None:
        yield (
            f"500,000 rows, shift of 0.02 deviations: chi-squared p {detail.test.p_value:.0e}, "
            f"KS p {drift.ks_p_value:.0e}, PSI {detail.psi:.5f}; by the rule: {drift.severity}"
        )


def smallest_detectable_drift() -> Iterator[str]:
    """Power at the PSI that the rule says can just be seen: ten bins, every second one larger."""
    random = np.random.default_rng(19)
    for rows in (178, 500, 2_000):
        truth = np.full(10, 0.1)
        detectable = compare_counts(truth * rows, truth * rows, RULE).minimum_detectable
        tilt = np.resize([1.0, -1.0], 10)
        steps = np.linspace(0.0, 0.099, 991)
        sizes = np.array([np.sum(step * tilt * np.log((truth + step * tilt) / truth)) for step in steps])
        moved = truth + steps[np.searchsorted(sizes, detectable)] * tilt
        found = [
            homogeneity(random.multinomial(rows, truth), random.multinomial(rows, moved)).p_value < 0.01
            for _ in range(2_000)
        ]
        yield f"n = m = {rows:,}: a PSI of {detectable:.3f} is seen at 0.01 in {np.mean(found):.0%}"


def tail_of_kolmogorov_smirnov() -> Iterator[str]:
    """The asymptotic series against scipy's tail: how close, and how long it takes."""
    scaled = np.linspace(0.25, 3.0, 56)
    for size in (SERIES_FROM, 10_000, 100_000):
        distance = scaled / np.sqrt(size)
        began = time.perf_counter()
        theirs = stats.kstwo.sf(distance, size)
        middle = time.perf_counter()
        ours = ks_p_values(distance, 2 * size, 2 * size)
        ended = time.perf_counter()
        exact, series = ((seconds / scaled.size * 1e3) for seconds in (middle - began, ended - middle))
        yield (
            f"effective n {size:,}: within {np.abs(ours - theirs).max():.0e}; "
            f"a column takes {exact:.1f} ms with scipy's tail, {series:.3f} ms with the series"
        )


def bounds_on_the_margin() -> Iterator[str]:
    """KS statistic of the normal shift whose PSI over ten bins is a bound."""
    edges = stats.norm.ppf(np.arange(1, 10) / 10)
    shifts = np.linspace(0.01, 1.0, 991)

    def psi(shift: float) -> float:
        shares = np.diff(np.concatenate([[0.0], stats.norm.cdf(edges - shift), [1.0]]))
        return float(np.sum((shares - 0.1) * np.log(shares / 0.1)))

    sizes = np.array([psi(shift) for shift in shifts])
    for bound in (0.02, 0.10, 0.25):
        shift = shifts[np.searchsorted(sizes, bound)]
        yield f"PSI {bound:.2f}: a shift of {shift:.3f} deviations, KS {2 * stats.norm.cdf(shift / 2) - 1:.3f}"


SIMULATIONS: tuple[Callable[[], Iterator[str]], ...] = (
    doubled_invoices,
    rising_missing_values,
    zeros_that_turn_into_credits,
    false_alarms_of_the_tests,
    noise_of_the_index,
    many_columns,
    large_tables,
    smallest_detectable_drift,
    tail_of_kolmogorov_smirnov,
    bounds_on_the_margin,
)


if __name__ == "__main__":
    for simulation in SIMULATIONS:
        print(f"{simulation.__name__.replace('_', ' ')}: {simulation.__doc__}")
        for line in simulation():
            print(f"  {line}")
