"""Calibration: from the model's raw margin to the probability that the bill stays unpaid."""

from collections.abc import Callable
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.isotonic import IsotonicRegression

from segmentation_model.errors import InputError

FloatArray = NDArray[np.float64]
_Parameters = tuple[FiniteFloat, ...]


class CalibrationSettings(BaseModel):
    """How raw margins become probabilities."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["auto", "isotonic", "platt"] = Field(
        "auto", description="auto: isotonic where the rarer class has enough cases, else Platt."
    )
    isotonic_minimum_cases: int = Field(
        1_000, ge=1, description="Cases of the rarer class from which auto takes isotonic regression."
    )


class Calibrator(BaseModel):
    """A fitted calibration: a few numbers that JSON stores exactly.

    A higher margin never gets a lower probability, whichever the method.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["isotonic", "platt"]
    n: int = Field(ge=2, description="Rows of the calibration part.")
    n_positive: int = Field(ge=1, description="Unpaid bills among them.")
    margin_thresholds: _Parameters = Field((), description="Isotonic: margins, strictly increasing; else empty.")
    probability_thresholds: _Parameters = Field((), description="Isotonic: probability at each of them; else empty.")
    slope: Annotated[FiniteFloat, Field(ge=0)] | None = Field(None, description="Platt: log-odds per unit of margin.")
    intercept: FiniteFloat | None = Field(None, description="Platt: log-odds at margin 0.")

    @property
    def bounds(self) -> tuple[float, float]:
        """Lowest and highest probability it gives: half a case in the calibration part, [0.5/n, 1 - 0.5/n]."""
        return 0.5 / self.n, 1 - 0.5 / self.n

    @model_validator(mode="after")
    def _parameters_fit_the_method(self) -> Self:
        x, y, line = self.margin_thresholds, self.probability_thresholds, (self.slope, self.intercept)
        if self.method == "isotonic":
            fits = len(x) == len(y) > 0 and line == (None, None)
        else:
            fits = not x and not y and None not in line
        if not fits:
            raise ValueError(
                "isotonic needs as many margin_thresholds as probability_thresholds and nothing else, platt a slope "
                f"and an intercept and nothing else; {self.method!r} came with {len(x)}, {len(y)} and {line}"
            )
        if self.n_positive >= self.n:
            raise ValueError(f"n_positive {self.n_positive} must be below n {self.n}: both classes are needed")
        if np.any(np.diff(x) <= 0) or np.any(np.diff(y) < 0):
            raise ValueError("margin_thresholds must increase and probability_thresholds must not decrease")
        return self

    def apply(self, margin: ArrayLike) -> FloatArray:
        """Probability of each margin.

        Args:
            margin: Raw margins (log-odds) of the model; NaN means not scored.

        Returns:
            Probabilities within ``bounds``, of the margins' shape; NaN stays NaN.
        """
        margins = np.asarray(margin, dtype=np.float64)
        if self.method == "isotonic":
            probability = self._interpolate(margins)
        else:
            assert self.slope is not None
            assert self.intercept is not None
            # A slope of 0 says that the margin tells nothing: not even an infinite one.
            log_odds = self.slope * margins if self.slope > 0 else np.where(np.isnan(margins), np.nan, 0.0)
            probability = expit(log_odds + self.intercept)
        clipped: FloatArray = np.clip(probability, *self.bounds)
        return clipped

    def _interpolate(self, margins: FloatArray) -> FloatArray:
        x, y = np.asarray(self.margin_thresholds), np.asarray(self.probability_thresholds)
        # Rounding may carry an interpolated value past its right neighbour by one unit in the last place: the clip
        # keeps the order of the margins exact.
        right = np.searchsorted(x, margins)
        low, high = y[np.maximum(right - 1, 0)], y[np.minimum(right, len(y) - 1)]
        interpolated: FloatArray = np.clip(np.interp(margins, x, y), low, high)
        return interpolated


def fit_calibrator(margin: ArrayLike, target: ArrayLike, settings: CalibrationSettings) -> Calibrator:
    """Fit the calibration on rows that the model was not trained on.

    Isotonic regression needs many cases or it learns the noise; Platt's two parameters get by with few
    (Niculescu-Mizil and Caruana, 2005, find the crossing near 1,000 cases).

    Args:
        margin: Raw margins of the calibration part.
        target: 1 where the bill stayed unpaid, else 0.
        settings: Which method, and from how many cases.

    Returns:
        The fitted calibration.

    Raises:
        InputError: Lengths differ, a value is missing or no label, or a class is absent.

    >>> calibrator = fit_calibrator([-2.0, -1.0, 0.0, 1.0], [0, 0, 1, 1], CalibrationSettings())
    >>> calibrator.method, calibrator.apply([-1.5, 0.5]).round(3).tolist()
    ('platt', [0.287, 0.713])
    """
    margins, labels = check_margins_and_labels(margin, target, "calibration part")
    n, n_positive = len(labels), int(labels.sum())
    if n_positive in (0, n):
        raise InputError(
            f"calibration part: {n} rows with {n_positive} unpaid bills; both paid and unpaid bills are needed"
        )
    method = settings.method
    if method == "auto":
        method = "isotonic" if min(n_positive, n - n_positive) >= settings.isotonic_minimum_cases else "platt"
    if method == "isotonic":
        x, y = _fit_isotonic(margins, labels)
        return Calibrator(method=method, n=n, n_positive=n_positive, margin_thresholds=x, probability_thresholds=y)
    slope, intercept = _fit_platt(margins, labels)
    return Calibrator(method=method, n=n, n_positive=n_positive, slope=slope, intercept=intercept)


def check_margins_and_labels(margin: ArrayLike, target: ArrayLike, part: str) -> tuple[FloatArray, FloatArray]:
    """Margins and labels as float64 vectors of one length.

    Args:
        margin: Finite raw margins.
        target: 0 or 1 for each margin.
        part: Name of the rows, for messages.

    Returns:
        Margins and labels.

    Raises:
        InputError: Lengths differ, a margin is not finite, or a label is neither 0 nor 1.
    """
    margins, labels = np.asarray(margin, dtype=np.float64), np.asarray(target, dtype=np.float64)
    if margins.ndim != 1 or margins.shape != labels.shape:
        raise InputError(f"{part}: margins {margins.shape} and targets {labels.shape} must be vectors of one length")
    if not np.isfinite(margins).all():
        raise InputError(f"{part}: {np.count_nonzero(~np.isfinite(margins))} margins are not finite numbers")
    strange = labels[(labels != 0) & (labels != 1)]
    if len(strange):
        raise InputError(f"{part}: column 'target' holds {strange[0].item()!r} ({len(strange)} rows); allowed are 0, 1")
    return margins, labels


def _fit_isotonic(margins: FloatArray, labels: FloatArray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    half_a_case = 0.5 / len(labels)
    model = IsotonicRegression(y_min=half_a_case, y_max=1 - half_a_case).fit(margins, labels)
    return tuple(model.X_thresholds_.tolist()), tuple(model.y_thresholds_.tolist())


def _fit_platt(margins: FloatArray, labels: FloatArray) -> tuple[float, float]:
    """Maximum-likelihood slope and intercept against Platt's smoothed targets (Platt, 1999, section 2.2).

    The smoothing stands for one case more of either class: it keeps the optimum finite when the margin separates the
    classes. A slope below 0 would turn the model's order around, so it is held at 0: every row gets the base rate.
    """
    n_positive = labels.sum()
    n_negative = len(labels) - n_positive
    targets = np.where(labels == 1, (n_positive + 1) / (n_positive + 2), 1 / (n_negative + 2))
    flat = 0.0, float(logit(targets.mean()))
    centre, scale = margins.mean(), margins.std()
    if scale <= np.finfo(np.float64).eps * abs(centre):
        return flat
    standardised = (margins - centre) / scale
    fitted = minimize(
        _cross_entropy(standardised, targets), x0=flat, jac=True, hess=_curvature(standardised), method="trust-exact",
        options={"gtol": 1e-10},
    )  # fmt: skip
    slope = float(fitted.x[0] / scale)
    if slope <= 0:
        return flat
    return slope, float(fitted.x[1] - slope * centre)


def _cross_entropy(margins: FloatArray, targets: FloatArray) -> Callable[[FloatArray], tuple[float, FloatArray]]:
    def value_and_gradient(parameters: FloatArray) -> tuple[float, FloatArray]:
        log_odds = parameters[0] * margins + parameters[1]
        residual = expit(log_odds) - targets
        loss = np.logaddexp(0.0, log_odds) - targets * log_odds
        return float(loss.mean()), np.array([(residual * margins).mean(), residual.mean()])

    return value_and_gradient


def _curvature(margins: FloatArray) -> Callable[[FloatArray], FloatArray]:
    def hessian(parameters: FloatArray) -> FloatArray:
        probability = expit(parameters[0] * margins + parameters[1])
        weight = probability * (1 - probability)
        mixed = (weight * margins).mean()
        return np.array([[(weight * margins**2).mean(), mixed], [mixed, weight.mean()]])

    return hessian
