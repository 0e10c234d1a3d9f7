"""Checks the month for drift against the baseline, before anything is trained or scored."""

from segmentation_model.pipelines.drift.pipeline import create_pipeline

__all__ = ["create_pipeline"]
