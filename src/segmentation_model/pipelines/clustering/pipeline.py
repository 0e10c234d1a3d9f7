"""Graph of the clustering pipeline."""

from kedro.pipeline import Node, Pipeline

from segmentation_model.pipelines.clustering import diagram, nodes


def create_pipeline(**_: object) -> Pipeline:
    """Scores, contexts and frozen cut-offs in; one segment per customer out."""
    return Pipeline(
        [
            Node(
                func=nodes.assign_segments,
                inputs={
                    "current_context": "current_context",
                    "scored_domestic": "scored_domestic",
                    "scored_industrial": "scored_industrial",
                    "model_domestic": "model_domestic",
                    "model_industrial": "model_industrial",
                    "rules": "params:clustering",
                },
                outputs="segmented_customers",
                name="assign_segments",
                tags="scoring",
                preview_fn=diagram.segment_rules,
            ),
        ],
        namespace="clustering",
        prefix_datasets_with_namespace=False,
    )
