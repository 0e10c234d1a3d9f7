"""Dropping the features from which the trees gain little, and saying what that costs.

Gain on the training rows alone says little about one feature of one booster: which of several like features a tree
takes is half chance, and a feature of pure noise gains something too. So several boosters are asked, which differ in
the rows and columns that they sample and in the customers that stop them, and a feature stays if enough of them use it.

A booster uses a feature that gains half of what a feature gains on average, or more: a bound that holds for 40
features and for 300. Measured with five boosters of which three must agree, on 20 % of the customers of one training
part: of the UCI table's 43 features and a shuffled copy of each, 18 stay, one of them a copy, and AUC rises by .003; of
the 43 alone 14 stay at a cost of .0002 (bound 0.8: 8 and .004; 1.0: 7 and .018); of the 308 of the synthetic Domestic
customers 49 at -.0017 (1.0: 31 and .0004).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from segmentation_model.customer_hash import hash_positions
from segmentation_model.model.features import FeatureSpec, apply_feature_spec
from segmentation_model.model.scoring import predict_margin
from segmentation_model.pipelines.modeling.params import FeatureSelectionSettings, TrainingSettings
from segmentation_model.pipelines.modeling.training import train_booster

_SEEDS = 2**32


@dataclass(frozen=True)
class Selection:
    """What is kept, and how that came about.

    Attributes:
        spec: The features that are kept, in their order; those dropped are among ``left_out``, with the reason.
        record: JSON-able, see docs/pipelines/modeling.md.
    """

    spec: FeatureSpec
    record: dict[str, Any]


def select_by_gain(
    rows: pd.DataFrame, spec: FeatureSpec, selection: FeatureSelectionSettings, training: TrainingSettings, seed: int
) -> Selection:
    """Keep the features that enough boosters use.

    A customer that measures the cost in AUC builds no tree here; those that will decide when the final model stops are
    among them.

    Args:
        rows: Training part: one row per customer and invoice, with keys, target and the chosen features.
        spec: The chosen features.
        selection: When a feature is used, and by how many boosters.
        training: How the boosters are trained.
        seed: The boosters have this seed and those after it.

    Returns:
        At least one feature, and the record; all of them where the customers that build trees are of one class.
    """
    features, _ = apply_feature_spec(rows, spec, "training part")
    target = rows["target"].to_numpy()
    share = max(selection.measuring_share, training.validation_share)
    measuring = hash_positions(rows["customer_id"], seed, "validation") < share
    learning = rows.loc[~measuring, "customer_id"]
    measurable = len(np.unique(target[measuring])) == 2
    if len(np.unique(target[~measuring])) < 2:
        reason = "the customers that build trees are of one class (modeling.feature_selection.measuring_share)"
        return Selection(spec, {"status": "skipped", "reason": reason})

    def train(names: list[str], own_seed: int) -> tuple[Mapping[str, float], float]:
        """Gains of a booster, and its AUC on the measuring customers."""
        stopping = hash_positions(learning, own_seed, "selection") < training.validation_share
        result = train_booster(features.loc[~measuring, names], target[~measuring], stopping, training, own_seed)
        margin = predict_margin(result.booster, features.loc[measuring, names])
        return result.gain, float(roc_auc_score(target[measuring], margin)) if measurable else np.nan

    seeds = [(seed + step) % _SEEDS for step in range(selection.seeds)]
    gains, auc_of_all = zip(*(train(spec.names, own_seed) for own_seed in seeds), strict=True)
    shares = gain_shares(gains)
    used = (shares >= selection.least_gain / shares.shape[1]).to_numpy()
    agreement = used.mean(axis=0)
    keep = agreement >= selection.least_agreement
    if not keep.any():
        keep[int(shares.mean().to_numpy().argmax())] = True
    kept = [name for name, stays in zip(spec.names, keep, strict=True) if stays]
    auc_of_kept = auc_of_all if keep.all() else [train(kept, own_seed)[1] for own_seed in seeds]
    dropped = {
        name: _reason(mean, count, shares.shape[1], selection)
        for name, mean, count, stays in zip(spec.names, shares.mean(), used.sum(axis=0), keep, strict=True)
        if not stays
    }
    record = {
        "status": "selected",
        "features": len(keep),
        "kept": len(kept),
        "dropped": list(dropped),
        "seeds": seeds,
        "stability": stability(used),
        "overlap": mean_overlap(used),
        "importance": {name: float(share) for name, share in shares.mean().items()},
        "measuring_rows": int(measuring.sum()),
        **_cost(np.array(auc_of_all), np.array(auc_of_kept), measurable),
    }
    of_model = {
        "features": tuple(feature for feature, stays in zip(spec.features, keep, strict=True) if stays),
        "left_out": {**spec.left_out, **dropped},
    }
    return Selection(spec.model_copy(update=of_model), record)


def gain_shares(gains: tuple[Mapping[str, float], ...]) -> pd.DataFrame:
    """Share of each feature in the total gain of its booster: one row per booster; 0 where no tree was split."""
    table = pd.DataFrame([dict(gain) for gain in gains])
    return table.div(table.sum(axis=1).replace(0, np.nan), axis=0).fillna(0.0)


def stability(used: NDArray[np.bool_]) -> float:
    """How alike several choices of features are: 1 where all are the same, about 0 where chance chose.

    Nogueira, Sechidis and Brown, "On the Stability of Feature Selection Algorithms", JMLR 18 (174), 2018, definition 4:
    one minus the variance of the choice of a feature over the variance of a choice by chance of as many features. For
    choices of one size it is Kuncheva's index.

    Args:
        used: One row per choice (two at least), one column per feature.

    >>> stability(np.array([[True, True, False, False], [True, True, False, False]]))
    1.0
    >>> stability(np.array([[True, True, False, False], [True, False, True, False]]))
    0.0
    """
    choices, features = used.shape
    chosen = used.mean(axis=0)
    size = used.sum(axis=1).mean() / features
    if size in (0.0, 1.0):
        return 1.0
    spread = choices / (choices - 1) * (chosen * (1 - chosen)).mean()
    return float(1 - spread / (size * (1 - size)))


def mean_overlap(used: NDArray[np.bool_]) -> float:
    """Mean Jaccard index of two choices: features in both over features in either; of two empty ones, 1.

    >>> mean_overlap(np.array([[True, True, False, False], [True, False, True, False]]))
    0.3333333333333333
    """
    return float(
        np.mean(
            [(a & b).sum() / max((a | b).sum(), 1) if a.any() or b.any() else 1.0 for a, b in combinations(used, 2)]
        )
    )


def _reason(mean: float, count: int, features: int, selection: FeatureSelectionSettings) -> str:
    return (
        f"feature selection: {mean:.2%} of the gain on average; {count} of {selection.seeds} boosters gain "
        f"{selection.least_gain / features:.2%} or more from it"
    )


def _cost(auc_of_all: NDArray[np.float64], auc_of_kept: NDArray[np.float64], measurable: bool) -> dict[str, Any]:
    """AUC with all features minus AUC with those kept, booster by booster; null where a class is absent."""
    if not measurable:
        return {"auc_all": None, "auc_kept": None, "auc_cost": None, "auc_costs": None}
    costs = auc_of_all - auc_of_kept
    return {
        "auc_all": float(auc_of_all.mean()),
        "auc_kept": float(auc_of_kept.mean()),
        "auc_cost": float(costs.mean()),
        "auc_costs": costs.tolist(),
    }
