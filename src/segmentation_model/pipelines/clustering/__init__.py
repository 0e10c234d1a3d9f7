"""Puts every scored customer into exactly one segment."""

from segmentation_model.pipelines.clustering.pipeline import create_pipeline

__all__ = ["create_pipeline"]
