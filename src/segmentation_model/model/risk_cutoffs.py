"""Risk categories by cut-offs that are frozen with the model: a batch never moves them."""

from typing import Annotated, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from segmentation_model.errors import InputError
from segmentation_model.model.calibration import Calibrator

Quantile = Annotated[float, Field(gt=0, lt=1)]
Label = Annotated[str, Field(min_length=1)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+$", description="Short code, part of the segment code.")]


class RiskCategorySettings(BaseModel):
    """Where the risk categories are cut, and what they are called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quantiles: tuple[Quantile, ...] = Field(
        (0.50, 0.80, 0.95), min_length=1, description="Shares of the training population below each cut-off, ascending."
    )
    labels: tuple[Label, ...] = Field(
        ("Riesgo Bajo", "Riesgo Medio", "Riesgo Alto", "Riesgo Muy Alto"),
        description="Business names from the lowest to the highest risk, one more than quantiles.",
    )
    codes: tuple[Code, ...] = Field(
        ("RB", "RM", "RA", "RMA"), description="Short codes in the order of the labels: letters and digits."
    )

    @model_validator(mode="after")
    def _one_name_per_category(self) -> Self:
        if np.any(np.diff(self.quantiles) <= 0):
            raise ValueError(f"quantiles {list(self.quantiles)} must increase strictly")
        _check_names(self.labels, self.codes, len(self.quantiles))
        return self


class RiskCutoffs(BaseModel):
    """Frozen cut-offs of one model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quantiles: tuple[Quantile, ...] = Field(description="Shares of the eligible calibration rows below the cut-offs.")
    margins: tuple[FiniteFloat, ...] = Field(description="Cut-offs on the model's raw margin.")
    probabilities: tuple[Quantile, ...] = Field(description="Calibrated probabilities that the margins stand for.")
    labels: tuple[Label, ...] = Field(description="Business names from the lowest to the highest risk.")
    codes: tuple[Code, ...] = Field(description="Short codes in the order of the labels.")
    n: int = Field(ge=1, description="Eligible calibration rows behind the quantiles.")

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not len(self.quantiles) == len(self.margins) == len(self.probabilities):
            raise ValueError("quantiles, margins and probabilities must be equally many")
        if np.any(np.diff(self.quantiles) <= 0) or np.any(np.diff(self.margins) < 0):
            raise ValueError("quantiles must increase strictly and margins must not decrease")
        _check_names(self.labels, self.codes, len(self.margins))
        return self

    @property
    def unreachable_labels(self) -> tuple[str, ...]:
        """Categories that no margin falls into, because two cut-offs are equal (most calibration rows tie)."""
        return tuple(self.labels[i + 1] for i in np.flatnonzero(np.diff(self.margins) == 0))

    def positions(self, margin: ArrayLike) -> NDArray[np.int8]:
        """Position of each margin's category in ``labels``; -1 where the margin is NaN.

        A category goes up to its cut-off, the cut-off included: rows that tie with it are in the lower category.
        """
        margins = np.asarray(margin, dtype=np.float64)
        found = np.searchsorted(np.asarray(self.margins), margins, side="left")
        return np.where(np.isnan(margins), -1, found).astype(np.int8)

    def categorise(self, margin: ArrayLike) -> "pd.Categorical[Any]":
        """Risk category of each margin, looking at nothing but that margin.

        Args:
            margin: Raw margins of the model; NaN means not scored.

        Returns:
            Ordered labels; missing where the margin is NaN.
        """
        return pd.Categorical.from_codes(
            self.positions(margin), dtype=pd.CategoricalDtype(list(self.labels), ordered=True)
        )


def fit_risk_cutoffs(margin: ArrayLike, calibrator: Calibrator, settings: RiskCategorySettings) -> RiskCutoffs:
    """Freeze the cut-offs: quantiles of the out-of-sample margins of the training population.

    The raw margin has few ties; isotonic probabilities have plateaus that quantiles cannot cut.

    Args:
        margin: Raw margins of the eligible rows of the calibration part: the caller leaves out new customers and those
            that are not up to date.
        calibrator: The model's calibration, for the probabilities that the cut-offs stand for.
        settings: Quantiles and names.

    Returns:
        The cut-offs. Where many rows tie, two of them may be equal; see ``unreachable_labels``.

    Raises:
        InputError: No eligible row, or a margin that is not finite.
    """
    margins = np.asarray(margin, dtype=np.float64)
    if margins.size == 0:
        raise InputError(
            "calibration part: no row is eligible for the risk cut-offs (every customer is new or not up to date); "
            "train on a table with customers that have a longer history and are up to date"
        )
    if not np.isfinite(margins).all():
        raise InputError(
            f"calibration part: {np.count_nonzero(~np.isfinite(margins))} of {margins.size} eligible margins are not "
            "finite numbers"
        )
    # Rounding in the interpolation must not turn two neighbouring cut-offs around.
    cutoffs = np.maximum.accumulate(np.quantile(margins, settings.quantiles))
    return RiskCutoffs(
        quantiles=settings.quantiles,
        margins=tuple(cutoffs.tolist()),
        probabilities=tuple(calibrator.apply(cutoffs).tolist()),
        labels=settings.labels,
        codes=settings.codes,
        n=margins.size,
    )


def _check_names(labels: tuple[str, ...], codes: tuple[str, ...], n_cutoffs: int) -> None:
    for name, values in (("labels", labels), ("codes", codes)):
        if len(values) != n_cutoffs + 1:
            raise ValueError(
                f"{name} {list(values)}: {len(values)} for {n_cutoffs + 1} categories; {n_cutoffs} quantiles make one "
                "category more"
            )
        if len(set(values)) != len(values):
            raise ValueError(f"{name} {list(values)} must differ from each other")
