"""The MLflow model registry: one registered model per tariff, its versions, and which of them is the champion.

MLflow is imported inside functions, so that a run that tracks nothing, or a ``--help``, does not wait for it.
"""
