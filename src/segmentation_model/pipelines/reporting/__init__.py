"""Writes what people act on: segments, rejected rows, BENCHMARK, prediction drift, the summary of the run."""

from segmentation_model.pipelines.reporting.pipeline import create_pipeline

__all__ = ["create_pipeline"]
