"""Typed parameters of the modeling pipeline."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from segmentation_model.model.calibration import CalibrationSettings
from segmentation_model.model.reason_settings import ReasonSettings
from segmentation_model.model.risk_cutoffs import RiskCategorySettings


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TrainingSettings(_Group):
    """How one gradient-boosted classifier is trained. The defaults are XGBoost's names and were chosen on UCI data."""

    max_trees: int = Field(300, ge=1, le=10_000, description="Boosting rounds at most.")
    min_trees: int = Field(
        50, ge=1, description="Trees that are kept at least, also where fewer do as well: few trees tie the scores."
    )
    early_stopping_rounds: int = Field(
        50, ge=1, description="Rounds without a better validation AUC after which training stops."
    )
    validation_share: float = Field(
        0.1, ge=0, le=0.5, description="Share of the training part that decides when to stop; 0: all trees are built."
    )
    learning_rate: float = Field(0.05, gt=0, le=1, description="Weight of each tree.")
    max_depth: int = Field(4, ge=1, le=12, description="Depth of a tree.")
    min_child_weight: float = Field(10.0, ge=0, description="Least sum of p (1 - p) in a leaf.")
    subsample: float = Field(0.8, gt=0, le=1, description="Share of the rows that a tree sees.")
    colsample_bytree: float = Field(0.6, gt=0, le=1, description="Share of the features that a tree sees.")
    reg_lambda: float = Field(10.0, ge=0, description="L2 penalty on leaf weights.")
    reg_alpha: float = Field(0.0, ge=0, description="L1 penalty on leaf weights.")
    gamma: float = Field(0.0, ge=0, description="Least gain of a split.")
    max_bin: int = Field(256, ge=2, le=65_536, description="Bins that a numeric feature is cut into.")
    scale_pos_weight: float = Field(
        1.0, gt=0, description="Weight of an unpaid bill; other than 1 shifts the raw scores, which calibration mends."
    )
    monotone_constraints: dict[str, Literal[-1, 1]] = Field(
        default_factory=dict,
        description="Feature name or pattern (*, ?): 1 if more never lowers the risk, -1 if it never raises it.",
    )
    device: Literal["cpu", "cuda"] = Field("cpu", description="Where trees are built; scoring is on the processor.")
    threads: int | None = Field(
        None, ge=1, description="Processor threads; null: all. On a machine that others use too, fewer are faster."
    )


class FeatureSelectionSettings(_Group):
    """Which of the chosen features a model keeps, by what the trees gain from them."""

    enabled: bool = Field(False, description="Whether features of little gain are dropped.")
    seeds: int = Field(5, ge=2, le=100, description="Boosters that are trained, each with a seed of its own.")
    least_gain: float = Field(
        0.5, gt=0, le=100, description="Gain, in means over the features, from which a booster counts as using one."
    )
    least_agreement: float = Field(
        0.6, gt=0, le=1, description="Share of the boosters that must use a feature for it to be kept."
    )
    measuring_share: float = Field(
        0.2, gt=0, le=0.5, description="Share of the training part's customers on which the cost in AUC is measured."
    )


class RealRange(_Group):
    """Bounds of a number, both included."""

    low: float = Field(description="Least value that is tried.")
    high: float = Field(description="Largest value that is tried.")
    log: bool = Field(False, description="Whether the logarithm is searched evenly.")

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low {self.low:g} must be less than high {self.high:g}; null: not searched")
        if self.log and self.low <= 0:
            raise ValueError(f"low {self.low:g} has no logarithm; use a positive one, or log: false")
        return self


class IntegerRange(_Group):
    """Bounds of a whole number, both included."""

    low: int = Field(description="Least value that is tried.")
    high: int = Field(description="Largest value that is tried.")

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low {self.low} must be less than high {self.high}; null: not searched")
        return self


class SearchSpace(_Group):
    """Where each hyperparameter is searched; null: it stays as ``modeling.training`` has it.

    By default the two penalties that ``min_child_weight`` and ``reg_lambda`` stand in for are not: with few unpaid
    bills most of their values leave no split at all, and a trial is wasted.
    """

    learning_rate: RealRange | None = RealRange(low=0.02, high=0.2, log=True)
    max_depth: IntegerRange | None = IntegerRange(low=2, high=5)
    min_child_weight: RealRange | None = RealRange(low=1, high=100, log=True)
    subsample: RealRange | None = RealRange(low=0.5, high=1)
    colsample_bytree: RealRange | None = RealRange(low=0.3, high=1)
    reg_lambda: RealRange | None = RealRange(low=0.1, high=100, log=True)
    reg_alpha: RealRange | None = None
    gamma: RealRange | None = None

    @property
    def ranges(self) -> Mapping[str, RealRange | IntegerRange]:
        """Bounds of what is searched."""
        return {name: bounds for name, bounds in self if bounds is not None}

    @model_validator(mode="after")
    def _within_training(self) -> Self:
        for name, bounds in self.ranges.items():
            for end in (bounds.low, bounds.high):
                try:
                    TrainingSettings.model_validate({name: end})
                except ValidationError as error:
                    raise ValueError(f"{name}: {end:g}: {error.errors()[0]['msg']}") from None
        if not self.ranges:
            raise ValueError("nothing is searched; give one range at least")
        return self


class TuningSettings(_Group):
    """The search for better training settings; needs the extra ``tuning``."""

    enabled: bool = Field(False, description="Whether settings are searched before a model is trained.")
    trials: int = Field(20, ge=1, le=10_000, description="Settings that are tried, the configured ones among them.")
    timeout_seconds: float = Field(
        3_600, gt=0, description="Seconds after which no further trial of this run is begun; one tariff."
    )
    folds: int = Field(5, ge=2, le=20, description="Folds of the training part's customers in cross-validation.")
    least_gain: float = Field(
        0.001, ge=0, lt=1, description="AUC by which a trial must beat the configured settings to be taken."
    )
    space: SearchSpace = SearchSpace()


class CostMatrix(_Group):
    """What the four outcomes of a decision cost for one tariff, in any common unit."""

    false_negative: float | None = Field(
        None, gt=0, description="An unpaid bill that was not expected; null: evaluation.cost_false_negative."
    )
    false_positive: float | None = Field(
        None, gt=0, description="Treating a customer who would have paid; null: evaluation.cost_false_positive."
    )
    true_positive: float = Field(0.0, ge=0, description="Treating a customer whose bill stays unpaid all the same.")
    true_negative: float = Field(0.0, ge=0, description="Leaving a customer who pays alone.")


class TariffCosts(_Group):
    """What differs in a tariff from the costs of both, in ``EvaluationSettings``."""

    domestic: CostMatrix = CostMatrix()
    industrial: CostMatrix = CostMatrix()


class EvaluationSettings(_Group):
    """What wrong decisions cost, and how closely the test part is looked at."""

    cost_false_negative: float = Field(
        5.0, gt=0, description="Cost of an unpaid bill that was not expected (debt, collection)."
    )
    cost_false_positive: float = Field(1.0, gt=0, description="Cost of treating a customer who would have paid.")
    bootstrap_draws: int = Field(200, ge=0, le=10_000, description="Draws of the intervals; 0: no intervals.")
    interval_level: float = Field(0.95, ge=0.5, le=0.999, description="Confidence level of the intervals.")
    segment_minimum_cases: int = Field(
        20, ge=1, description="Cases of the rarer class below which a segment has rows and base rate only."
    )


class PromotionSettings(_Group):
    """When a newly trained model takes the champion's place."""

    mode: Literal["auto", "manual"] = Field(
        "auto", description="Whether the job moves the alias champion, or only records what it would have done."
    )
    least_gain: float = Field(0.002, ge=0, le=0.5, description="AUC gain that must be exceeded in any case.")
    standard_errors: float = Field(
        2.0, ge=1, le=5, description="Paired bootstrap standard errors of the gain that it must exceed, too."
    )
    bootstrap_draws: int = Field(200, ge=50, le=10_000, description="Draws of customers for the standard error.")
    minimum_cases: int = Field(
        30, ge=2, description="Cases of the rarer class that the compared rows need, unless there is no champion."
    )
    max_ece: float = Field(
        0.05, gt=0, le=1, description="Calibration error on the test part up to which the calibration gate passes."
    )
    blocking_drift: Literal["low", "moderate", "high"] = Field(
        "high", description="Drift of the month from which on nothing is promoted."
    )


class MinimumCases(_Group):
    """Cases of the rarer class below which a tariff gets no model, and its customers are not evaluated."""

    training: int = Field(30, ge=2, description="In the training part.")
    calibration: int = Field(10, ge=2, description="In the calibration part.")


class ModelingParameters(_Group):
    """The groups of the modeling section."""

    seed: int = Field(42, ge=0, lt=2**32, description="Seed of the training.")
    training: TrainingSettings
    feature_selection: FeatureSelectionSettings
    tuning: TuningSettings
    minimum_cases: MinimumCases
    calibration: CalibrationSettings
    risk_categories: RiskCategorySettings
    reasons: ReasonSettings
    evaluation: EvaluationSettings
    costs: TariffCosts
    promotion: PromotionSettings
