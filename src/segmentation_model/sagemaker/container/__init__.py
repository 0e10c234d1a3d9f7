"""What the image runs: one step of the pipeline as a processing or a training job, by SageMaker's contract."""
