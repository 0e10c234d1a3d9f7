"""From raw tables to feature tables: canonical names, rejected rows, features, parts per tariff, context apart."""

from segmentation_model.pipelines.feature_engineering.pipeline import create_pipeline

__all__ = ["create_pipeline"]
