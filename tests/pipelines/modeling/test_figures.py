"""The figures hold what was measured, and leave no trace."""

import io
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.metrics import auc, average_precision_score, roc_auc_score

from segmentation_model.errors import InputError
from segmentation_model.pipelines.modeling.evaluation_tables import tabulate_deciles, tabulate_reliability
from segmentation_model.pipelines.modeling.figures import (
    plot_feature_importance,
    plot_gains,
    plot_notice,
    plot_precision_recall,
    plot_reliability,
    plot_roc_curve,
    plot_score_distribution,
)

RNG = np.random.default_rng(0)
TARGET = RNG.integers(0, 2, 500)
PARTS = {name: (TARGET, TARGET + RNG.normal(size=500) * noise) for name, noise in (("train", 0.5), ("test", 1.0))}
PROBABILITY = 1 / (1 + np.exp(-PARTS["test"][1]))
DECILES = tabulate_deciles(*PARTS["test"], PROBABILITY)
RELIABILITY = tabulate_reliability(TARGET, PROBABILITY, 0.95)


def png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def texts(figure: Figure) -> str:
    found = [text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))]
    return "\n".join(found)


FIGURES = {
    "roc": lambda: plot_roc_curve(PARTS),
    "precision and recall": lambda: plot_precision_recall(PARTS),
    "reliability": lambda: plot_reliability(RELIABILITY, 0.123),
    "gains": lambda: plot_gains(DECILES),
    "scores": lambda: plot_score_distribution(TARGET, PROBABILITY, 0.4),
    "importance": lambda: plot_feature_importance({"a": 3.0, "b": 1.0}),
    "notice": lambda: plot_notice("Industrial", "There are too few unpaid bills."),
}


@pytest.mark.parametrize("name", FIGURES)
class TestEveryFigure:
    def test_is_the_same_to_the_byte_every_time(self, name: str) -> None:
        assert png(FIGURES[name]()) == png(FIGURES[name]())

    def test_is_eight_hundred_pixels_wide(self, name: str) -> None:
        assert FIGURES[name]().bbox.width == 800

    def test_leaves_no_global_state(self, name: str) -> None:
        before = dict(mpl.rcParams)
        FIGURES[name]()
        assert dict(mpl.rcParams) == before
        pyplot = sys.modules.get("matplotlib.pyplot")
        assert pyplot is None or pyplot.get_fignums() == []


class TestRocCurve:
    def test_the_line_has_the_area_that_the_legend_says(self) -> None:
        figure = plot_roc_curve(PARTS)
        diagonal, *curves = figure.axes[0].get_lines()
        assert diagonal.get_xydata().tolist() == [[0, 0], [1, 1]]
        assert len(curves) == 2
        for name, line in zip(PARTS, curves, strict=True):
            area = auc(line.get_xdata(), line.get_ydata())
            assert line.get_label() == f"{name}, AUC {area:.3f} (500 rows)"

    def test_a_part_of_one_class_is_named_without_a_curve(self) -> None:
        figure = plot_roc_curve({**PARTS, "calibration": ([0, 0], [1.0, 2.0])})
        assert "calibration, no curve: needs both classes" in texts(figure)

    def test_lines_differ_in_more_than_colour(self) -> None:
        lines = plot_roc_curve({str(i): PARTS["test"] for i in range(4)}).axes[0].get_lines()
        assert len({str(line._dash_pattern) for line in lines}) == 5

    def test_more_parts_than_can_be_told_apart_are_refused(self) -> None:
        with pytest.raises(InputError, match="5 parts, but only 4 lines can be told apart"):
            plot_roc_curve({str(i): PARTS["test"] for i in range(5)})


class TestFeatureImportance:
    def test_bars_are_shares_of_the_total_in_falling_order(self) -> None:
        figure = plot_feature_importance({"small": 1.0, "none": 0.0, "large": 3.0})
        axes = figure.axes[0]
        assert [bar.get_width() for bar in axes.patches] == [0.75, 0.25]
        assert [label.get_text() for label in axes.get_yticklabels()] == ["large", "small"]
        assert "75.0%" in texts(figure)

    def test_the_rest_is_summed_up(self) -> None:
        figure = plot_feature_importance({f"f{i:02d}": 1.0 for i in range(25)}, top=20)
        assert len(figure.axes[0].patches) == 20
        assert "Share of the total gain (the other 5 features: 20.0%)" in texts(figure)

    def test_equal_gains_are_in_alphabetical_order(self) -> None:
        axes = plot_feature_importance({"b": 1.0, "a": 1.0}).axes[0]
        assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]

    def test_long_names_are_cut(self) -> None:
        labels = plot_feature_importance({"x" * 60: 1.0}).axes[0].get_yticklabels()
        assert labels[0].get_text() == "x" * 37 + "…"

    @pytest.mark.parametrize("gain", [{}, {"a": 0.0}])
    def test_a_model_without_splits_says_so(self, gain: dict[str, float]) -> None:
        assert "no splits" in texts(plot_feature_importance(gain))


def test_a_notice_grows_with_its_reason() -> None:
    short, long = plot_notice("No model", "Too few."), plot_notice("No model", "Too few unpaid bills. " * 20)
    assert long.bbox.height > short.bbox.height
    assert "Too few unpaid bills." in texts(long)


class TestPrecisionAndRecall:
    def test_the_line_has_the_area_that_the_legend_says(self) -> None:
        figure = plot_precision_recall(PARTS)
        *curves, level = figure.axes[0].get_lines()
        assert level.get_ydata() == pytest.approx([TARGET.mean()] * 2)
        for (name, (target, score)), line in zip(PARTS.items(), curves, strict=True):
            recall, precision = line.get_xydata().T
            assert line.get_label() == f"{name}, PR-AUC {average_precision_score(target, score):.3f} (500 rows)"
            assert abs(auc(recall, precision)) == pytest.approx(average_precision_score(target, score), abs=0.005)

    def test_a_part_without_both_classes_is_named_and_one_without_rows_has_no_level(self) -> None:
        figure = plot_precision_recall({**PARTS, "calibration": ([0, 0], [0.1, 0.2]), "empty": ([], [])})
        assert "calibration, no curve: needs both classes" in texts(figure)
        assert "no skill" not in texts(figure)

    def test_a_long_curve_is_thinned_to_what_can_be_seen(self) -> None:
        target = RNG.integers(0, 2, 20_000)
        score = target + RNG.normal(size=20_000)
        (roc,) = plot_roc_curve({"test": (target, score)}).axes[0].get_lines()[1:]
        assert len(roc.get_xdata()) == 1_000
        assert auc(*roc.get_xydata().T) == pytest.approx(roc_auc_score(target, score), abs=1e-3)


class TestReliability:
    def test_each_bin_is_a_point_with_its_interval(self) -> None:
        (axes,) = plot_reliability(RELIABILITY, 0.0421).axes
        points = next(line for line in axes.get_lines() if line.get_marker() == "o")
        np.testing.assert_array_equal(points.get_xydata(), RELIABILITY[["mean_probability", "observed_rate"]])
        (bars,) = [found for found in axes.collections if len(found.get_segments()) == 10]
        ends = np.array([segment[:, 1] for segment in bars.get_segments()])
        np.testing.assert_allclose(ends, RELIABILITY[["observed_lower", "observed_upper"]], atol=1e-12)
        assert "test, calibration error 0.0421 (500 rows)" in texts(axes.figure)

    @pytest.mark.parametrize(("bins", "error"), [(RELIABILITY.iloc[:0], None), (RELIABILITY, None)])
    def test_without_both_classes_it_says_so(self, bins, error) -> None:
        assert "needs both paid and unpaid bills" in texts(plot_reliability(bins, error))


class TestGains:
    def test_it_shows_the_decile_table(self) -> None:
        gains, lift = plot_gains(DECILES).axes
        curve = gains.get_lines()[1].get_ydata()
        np.testing.assert_allclose(curve, [0, *DECILES["cumulative_capture"]])
        np.testing.assert_allclose([bar.get_height() for bar in lift.patches], DECILES["lift"])
        assert f"{DECILES['cumulative_capture'][0]:.0%} of the unpaid bills in the first 10%" in texts(gains.figure)

    def test_without_rows_it_says_so(self) -> None:
        assert "needs both paid and unpaid bills" in texts(plot_gains(DECILES.iloc[:0]))


class TestScoreDistribution:
    def test_the_bars_of_each_class_add_up_to_one(self) -> None:
        (axes,) = plot_score_distribution(TARGET, PROBABILITY, 0.4).axes
        sums = [stairs.get_data().values.sum() for stairs in axes.patches]
        assert sums == pytest.approx([1, 1, 1, 1])
        assert f"paid ({(TARGET == 0).sum():,} bills, test)" in texts(axes.figure)
        assert "threshold 0.400" in texts(axes.figure)

    def test_a_threshold_above_all_scores_is_in_sight(self) -> None:
        (axes,) = plot_score_distribution(TARGET, PROBABILITY / 2, 0.9).axes
        assert axes.get_xlim()[1] >= 0.9

    def test_one_class_says_so(self) -> None:
        assert "needs both paid and unpaid bills" in texts(plot_score_distribution([0, 0], [0.1, 0.2], 0.5))
