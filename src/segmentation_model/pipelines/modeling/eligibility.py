"""Whether a tariff has what a model needs."""

from collections.abc import Mapping

import pandas as pd

from segmentation_model.model.features import FeatureSpec
from segmentation_model.pipelines.modeling.params import MinimumCases


def reason_to_skip(targets: Mapping[str, pd.Series], spec: FeatureSpec, minimum: MinimumCases) -> str | None:
    """Why no model can be trained; None where one can.

    Args:
        targets: Target of each part, 0 or 1.
        spec: The chosen features.
        minimum: Cases of the rarer class that each of these parts needs.

    Returns:
        A reason in words.
    """
    needed = minimum.model_dump()
    for part, target in targets.items():
        if target.empty:
            return f"the {part} part has no rows"
        rarer = int(min(target.sum(), len(target) - target.sum()))
        if rarer == 0:
            return f"the {part} part has one class only: every target is {target.iloc[0]:g}"
        if rarer < needed[part]:
            return (
                f"the {part} part has {rarer} cases of the rarer class, fewer than {needed[part]} "
                f"(modeling.minimum_cases.{part})"
            )
    return None if spec.features else "no column carries anything"
