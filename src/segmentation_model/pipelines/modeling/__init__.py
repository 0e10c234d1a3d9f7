"""Trains, calibrates, evaluates and applies one model per tariff: one template, instantiated twice."""

from segmentation_model.pipelines.modeling.pipeline import create_pipeline

__all__ = ["create_pipeline"]
