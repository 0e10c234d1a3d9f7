"""The modular pipelines: one folder a pipeline, none imports another."""
