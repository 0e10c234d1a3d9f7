"""Graph of the feature engineering pipeline."""

from kedro.pipeline import Node, Pipeline

from segmentation_model.pipelines.feature_engineering import choice_nodes, nodes


def create_pipeline(**_: object) -> Pipeline:
    """Raw tables in; parts per tariff, rows to score, contexts and chosen features out."""
    return Pipeline(
        [
            Node(
                func=nodes.map_labelled,
                inputs={
                    "labelled_customers": "labelled_customers",
                    "columns": "params:columns",
                    "settings": "params:feature_engineering.intake",
                },
                outputs=["labelled_canonical", "labelled_rejected", "labelled_intake"],
                name="map_labelled",
                tags="training",
            ),
            Node(
                func=nodes.map_current,
                inputs={
                    "current_customers": "current_customers",
                    "columns": "params:columns",
                    "settings": "params:feature_engineering.intake",
                },
                outputs=["current_canonical", "current_rejected", "current_intake"],
                name="map_current",
                tags=["training", "scoring"],
            ),
            Node(
                func=nodes.hold_out_test_rows,
                inputs={
                    "labelled_canonical": "labelled_canonical",
                    "current_intake": "current_intake",
                    "settings": "params:feature_engineering.split",
                },
                outputs="held_out",
                name="hold_out_test_rows",
                tags="training",
            ),
            Node(
                func=nodes.build_labelled_features,
                inputs={
                    "labelled_canonical": "labelled_canonical",
                    "columns": "params:columns",
                    "features": "params:feature_engineering.features",
                    "intake": "params:feature_engineering.intake",
                },
                outputs=["labelled_features", "labelled_context"],
                name="build_labelled_features",
                tags="training",
            ),
            Node(
                func=nodes.build_current_context,
                inputs={
                    "current_canonical": "current_canonical",
                    "held_out": "held_out",
                    "current_intake": "current_intake",
                    "intake": "params:feature_engineering.intake",
                },
                outputs=["current_context", "execution_date"],
                name="build_current_context",
                tags=["training", "scoring"],
            ),
            Node(
                func=nodes.build_current_features,
                inputs={
                    "current_canonical": "current_canonical",
                    "held_out": "held_out",
                    "current_intake": "current_intake",
                    "execution_date": "execution_date",
                    "columns": "params:columns",
                    "features": "params:feature_engineering.features",
                },
                outputs=["current_domestic", "current_industrial"],
                name="build_current_features",
                tags=["training", "scoring"],
            ),
            Node(
                func=nodes.split_labelled,
                inputs={
                    "labelled_features": "labelled_features",
                    "labelled_intake": "labelled_intake",
                    "settings": "params:feature_engineering.split",
                },
                outputs={
                    f"{output}_{tariff}": f"{output}_{tariff}"
                    for tariff in ("domestic", "industrial")
                    for output in ("train", "calibration", "test", "split_record")
                },
                name="split_labelled",
                tags="training",
            ),
            *(
                Node(
                    func=choice_nodes.check_leakage,
                    inputs={
                        "train": f"train_{tariff}",
                        "columns": "params:columns",
                        "settings": "params:feature_engineering.leakage",
                    },
                    outputs=f"leakage_{tariff}",
                    name=f"check_leakage_{tariff}",
                    tags="training",
                )
                for tariff in ("domestic", "industrial")
            ),
            *(
                Node(
                    func=choice_nodes.choose_features,
                    inputs={
                        "train": f"train_{tariff}",
                        "leakage": f"leakage_{tariff}",
                        "columns": "params:columns",
                        "features": "params:feature_engineering.features",
                        "settings": "params:feature_engineering.selection",
                    },
                    outputs=f"feature_spec_{tariff}",
                    name=f"choose_features_{tariff}",
                    tags=["training", "fits"],
                )
                for tariff in ("domestic", "industrial")
            ),
        ],
        namespace="feature_engineering",
        prefix_datasets_with_namespace=False,
    )
