"""Which part a customer belongs to: by a seeded hash of the id, the same in every month and for every model."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segmentation_model.customer_hash import hash_positions
from segmentation_model.pipelines.feature_engineering.params import SplitSettings

PARTS = ("train", "calibration", "test")


def assign_parts(customer_ids: pd.Series, settings: SplitSettings) -> NDArray[np.int8]:
    """Index into ``PARTS`` for every row; all rows of a customer are in the same part.

    Args:
        customer_ids: Ids, no missing ones.
        settings: Shares and seed.

    Returns:
        One index per row.
    """
    codes, distinct = pd.factorize(customer_ids)
    positions = hash_positions(distinct.tolist(), settings.seed, "part")
    bounds = np.cumsum([settings.train, settings.calibration])
    return np.searchsorted(bounds, positions, side="right").astype(np.int8)[codes]
