"""The processor that trees are built on.

Measured with XGBoost 3.2: where ``cuda`` is asked for and no GPU is there, it warns and builds the trees on the
processor. A run that was meant for a GPU would then take many times as long and not say why: here it ends at once.
"""

import json
import warnings

import numpy as np
import xgboost as xgb

from segmentation_model.errors import ConfigurationError


def require_device(device: str) -> None:
    """Refuse a device that this machine does not have, by building one tree of two rows on it.

    Args:
        device: ``cpu`` or ``cuda``.

    Raises:
        ConfigurationError: XGBoost falls back to the processor.
    """
    if device == "cpu":
        return
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="xgboost")
        try:
            used = device_of(xgb.train({"device": device}, xgb.DMatrix(np.eye(2), np.arange(2)), num_boost_round=1))
        except xgb.core.XGBoostError as error:  # built without CUDA, or a driver that does not fit
            used = str(error).splitlines()[0]
    if not used.startswith(device):
        raise ConfigurationError(
            f"modeling.training.device: {device!r}, but XGBoost finds no GPU on this machine that it can use (it says: "
            f"{used!r}); set 'cpu', or run where there is one"
        )


def device_of(booster: xgb.Booster) -> str:
    """Where XGBoost built the trees, as it says itself: ``cpu``, or ``cuda:0`` for the first GPU."""
    return str(json.loads(booster.save_config())["learner"]["generic_param"]["device"])
