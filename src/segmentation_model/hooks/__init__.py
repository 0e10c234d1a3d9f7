"""Kedro hooks: what happens around a run, registered in ``segmentation_model.settings``."""
