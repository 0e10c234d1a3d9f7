"""The graph of the synthetic data: it makes the two raw tables, and is no part of the monthly job."""

from kedro.pipeline import Node, Pipeline

from segmentation_model.pipelines.synthetic_data.nodes import make_current_customers, make_labelled_customers


def create_pipeline(**_: object) -> Pipeline:
    """Create the pipeline: parameters in, ``labelled_customers`` and ``current_customers`` out."""
    return Pipeline(
        [
            Node(
                func=make_labelled_customers,
                inputs={"params": "params:synthetic_data"},
                outputs="labelled_customers",
                name="make_labelled_customers",
            ),
            Node(
                func=make_current_customers,
                inputs={"params": "params:synthetic_data"},
                outputs="current_customers",
                name="make_current_customers",
            ),
        ],
        namespace="synthetic_data",
        prefix_datasets_with_namespace=False,
        parameters={"synthetic_data"},
    )
