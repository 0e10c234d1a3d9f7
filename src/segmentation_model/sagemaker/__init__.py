"""The job on Amazon SageMaker: the pipeline's definition, what its containers run, and a runner for this machine."""
