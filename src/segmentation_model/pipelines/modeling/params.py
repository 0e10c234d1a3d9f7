"""Typed parameters of the modeling pipeline."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

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


class MinimumCases(_Group):
    """Cases of the rarer class below which a tariff gets no model, and its customers are not evaluated."""

    training: int = Field(30, ge=2, description="In the training part.")
    calibration: int = Field(10, ge=2, description="In the calibration part.")


class ModelingParameters(_Group):
    """The groups of the modeling section."""

    seed: int = Field(42, ge=0, lt=2**32, description="Seed of the training.")
    training: TrainingSettings
    minimum_cases: MinimumCases
    calibration: CalibrationSettings
    risk_categories: RiskCategorySettings
    reasons: ReasonSettings
    evaluation: EvaluationSettings
    costs: TariffCosts
