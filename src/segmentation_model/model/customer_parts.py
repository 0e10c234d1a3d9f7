"""Which part a customer belongs to: by a seeded hash of the id, the same in every month and for every model."""

from typing import Annotated, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from segmentation_model.customer_hash import hash_positions

PARTS = ("train", "calibration", "test")

Share = Annotated[float, Field(ge=0, le=1)]


class SplitSettings(BaseModel):
    """Shares of the customers that go into the three parts, and which months of theirs are used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["random", "out_of_time"] = Field(
        "random",
        description="random: each part has its customers' rows of all months; out_of_time: train and calibration those "
        "of the earlier months, test those of the newest labelled one.",
    )
    train: Share = Field(0.6, gt=0, description="Share of the customers that the model is trained on.")
    calibration: Share = Field(0.2, gt=0, description="Share that calibrates the model and freezes its cut-offs.")
    test: Share = Field(0.2, gt=0, description="Share that is held out to measure the model.")
    seed: int = Field(42, ge=0, lt=2**32, description="Seed of the hash that puts a customer into a part.")

    @model_validator(mode="after")
    def _sum_to_one(self) -> Self:
        total = self.train + self.calibration + self.test
        if abs(total - 1) > 1e-9:
            raise ValueError(f"train + calibration + test must be 1, not {total:g}")
        return self


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
