"""The job on SageMaker: its pipeline compiled from the Kedro graph, the container's entry point, and a local runner."""
