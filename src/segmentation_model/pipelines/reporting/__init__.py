"""Writes what people act on: segments, rejected rows, BENCHMARK, drift of scores and labels, performance, summary."""

from segmentation_model.pipelines.reporting.pipeline import create_pipeline

__all__ = ["create_pipeline"]
