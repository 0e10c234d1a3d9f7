"""AUC of training settings in cross-validation over the customers of the training part."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from segmentation_model.customer_hash import hash_positions
from segmentation_model.model.scoring import predict_margin
from segmentation_model.pipelines.modeling.params import TrainingSettings
from segmentation_model.pipelines.modeling.training import train_booster


@dataclass(frozen=True)
class CrossValidation:
    """Rows in folds: all invoices of a customer are in one.

    Attributes:
        features: One row per customer and invoice, as ``train_booster`` takes them.
        target: 1 where the bill stayed unpaid, else 0.
        stopping: Place in [0, 1) of each row's customer: the lowest decide when training stops, as they will for the
            model itself.
        fold: Fold of each row.
        usable: Folds with both classes inside and outside; of the others no AUC can be had.
        seed: Seed of folds and trees.
    """

    features: pd.DataFrame
    target: NDArray[np.float32]
    stopping: NDArray[np.float64]
    fold: NDArray[np.int64]
    usable: tuple[int, ...]
    seed: int

    @classmethod
    def of(cls, features: pd.DataFrame, rows: pd.DataFrame, folds: int, seed: int) -> Self:
        """Put rows into folds by a hash of the customer.

        Args:
            features: Features of the rows.
            rows: Their ``customer_id`` and ``target``.
            folds: How many.
            seed: Seed of folds and trees.
        """
        target = rows["target"].to_numpy(dtype=np.float32)
        fold = (hash_positions(rows["customer_id"], seed, "fold") * folds).astype(np.int64)
        usable = tuple(
            number for number in range(folds)
            if min(len(np.unique(target[fold == number])), len(np.unique(target[fold != number]))) == 2
        )  # fmt: skip
        stopping = hash_positions(rows["customer_id"], seed, "validation")
        return cls(features, target, stopping, fold, usable, seed)

    def aucs(self, settings: TrainingSettings) -> tuple[float, ...]:
        """AUC on each usable fold of a booster that was trained, and stopped, on the other folds."""
        return tuple(self._auc(number, settings) for number in self.usable)

    def _auc(self, number: int, settings: TrainingSettings) -> float:
        held_out = self.fold == number
        stopping = self.stopping[~held_out] < settings.validation_share
        result = train_booster(self.features.loc[~held_out], self.target[~held_out], stopping, settings, self.seed)
        margin = predict_margin(result.booster, self.features.loc[held_out])
        return float(roc_auc_score(self.target[held_out], margin))
