"""A job in MLflow: one run for the job, one below it for each tariff, and what is told of them.

The tracking hook alone uses it. MLflow is imported inside functions, so that a run that tracks nothing does not wait
for it.
"""
