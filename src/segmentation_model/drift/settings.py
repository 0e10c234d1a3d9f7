"""The parameters of the drift check: how a reference is frozen, and when a difference counts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProfileSettings(_Frozen):
    """How a reference table is frozen into bins, counts and a grid of quantiles."""

    bins: int = Field(10, ge=2, le=100, description="Quantile bins of a number; a value with 1/bins gets its own.")
    rare_share: float = Field(0.01, ge=0.0, lt=0.5, description="Categories under this share of the rows are pooled.")
    max_categories: int = Field(
        1_000, ge=1, le=10_000, description="A text column with more distinct values is an identifier: left out."
    )
    grid_size: int = Field(
        1_000, ge=10, le=10_000, description="Quantiles kept per number; the KS statistic is within 1/grid_size."
    )


class LevelBounds(_Frozen):
    """Where ``low``, ``moderate`` and ``high`` begin; a bound belongs to the level that it opens."""

    low: float = Field(gt=0.0, le=100.0, description="From here on at least low.")
    moderate: float = Field(gt=0.0, le=100.0, description="From here on at least moderate.")
    high: float = Field(gt=0.0, le=100.0, description="From here on high.")

    @model_validator(mode="after")
    def _rising(self) -> LevelBounds:
        if not self.low <= self.moderate <= self.high:
            raise ValueError(
                f"bounds must not fall: low {self.low!r}, moderate {self.moderate!r}, high {self.high!r}; "
                "low <= moderate <= high is allowed"
            )
        return self


class PredictionSettings(_Frozen):
    """Bounds of the prediction signals that are not a population stability index."""

    log_ratio: LevelBounds = Field(
        default=LevelBounds(low=0.10, moderate=0.20, high=0.40),
        description="Bounds on |ln(mean probability, current / reference)|.",
    )
    log_ratio_z: float = Field(
        2.58, ge=0.0, le=10.0, description="The log ratio must also lie beyond this many standard errors."
    )
    margin_ks: LevelBounds = Field(
        default=LevelBounds(low=0.06, moderate=0.13, high=0.20),
        description="Bounds on the KS statistic of the margin: a normal shift with PSI 0.02 / 0.10 / 0.25.",
    )


class VerdictSettings(_Frozen):
    """When drifted columns add up to a drifted table."""

    weight_high: float = Field(0.30, gt=0.0, le=1.0, description="F is high: weight held by columns at high.")
    weight_moderate: float = Field(0.10, gt=0.0, le=1.0, description="F is moderate: weight at moderate or above.")
    weight_low: float = Field(0.05, gt=0.0, le=1.0, description="F is low: weight held by columns at low or above.")
    leading_share: float = Field(
        0.5, gt=0.0, le=1.0, description="One column leads if its weight is this share of the largest one."
    )
    count_moderate: int = Field(3, ge=1, le=1_000, description="C is moderate: at least so many columns at high.")
    count_moderate_share: float = Field(0.05, gt=0.0, le=1.0, description="C is moderate: and this share of columns.")
    count_high_share: float = Field(0.15, gt=0.0, le=1.0, description="C is high: share of columns at high.")


class DriftSettings(_Frozen):
    """The severity rule: how large a difference must be, how sure, and what it does to the table."""

    drift_threshold: float = Field(
        0.25, gt=0.0, le=10.0, description="PSI from which drift is high; a value under the lower bounds lowers them."
    )
    psi_moderate: float = Field(0.10, gt=0.0, le=10.0, description="PSI from which drift is at least moderate.")
    psi_low: float = Field(0.02, gt=0.0, le=10.0, description="PSI from which drift is at least low.")
    noise_quantile: float = Field(
        0.99, ge=0.5, lt=1.0, description="Chi-squared quantile of the noise floor: PSI at or under it is none."
    )
    false_discovery_rate: float = Field(
        0.01, gt=0.0, lt=0.5, description="Benjamini-Hochberg rate over the columns, and over the prediction signals."
    )
    detection_power: float = Field(0.80, gt=0.0, lt=1.0, description="Power at which drift counts as detectable.")
    detection_significance: float = Field(
        0.01, gt=0.0, lt=0.5, description="Significance of the test whose power defines what is detectable."
    )
    not_measurable_above: float = Field(
        0.25, gt=0.0, le=10.0, description="A column whose smallest detectable PSI is above this is not measurable."
    )
    prediction: PredictionSettings = Field(
        default=PredictionSettings(), description="Bounds of the prediction signals."
    )
    verdict: VerdictSettings = Field(default=VerdictSettings(), description="From columns to the table.")

    @model_validator(mode="after")
    def _rising(self) -> DriftSettings:
        if self.psi_low > self.psi_moderate:
            raise ValueError(
                f"psi_low {self.psi_low!r} is above psi_moderate {self.psi_moderate!r}; at most psi_moderate is allowed"
            )
        return self

    @property
    def psi_bounds(self) -> LevelBounds:
        """The three PSI bounds; ``drift_threshold`` is the one of high and caps the others.

        >>> DriftSettings(drift_threshold=0.05).psi_bounds
        LevelBounds(low=0.02, moderate=0.05, high=0.05)
        """
        high = self.drift_threshold
        return LevelBounds(low=min(self.psi_low, high), moderate=min(self.psi_moderate, high), high=high)


class WindowSettings(_Frozen):
    """When the monthly windows of two tables fit together."""

    matching_share: float = Field(
        0.90, gt=0.5, le=1.0, description="Share of the customers whose months must stand where they should."
    )
    moved_share: float = Field(
        0.10, gt=0.0, le=1.0, description="Else: share of them at one other place that makes it a mis-rolled window."
    )
    corrected_share: float = Field(
        0.25, ge=0.0, lt=0.5, description="Share of one customer's months that may have been corrected since."
    )
    minimum_customers: int = Field(
        30, ge=1, le=1_000_000, description="Customers that must tell the places apart; fewer measure nothing."
    )
    further_months: int = Field(
        2, ge=1, le=12, description="Months beyond the expected place that are tried, besides all those before it."
    )
