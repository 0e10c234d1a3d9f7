"""Graph of the drift pipeline."""

from kedro.pipeline import Node, Pipeline

from segmentation_model.pipelines.drift import diagram, nodes


def create_pipeline(**_: object) -> Pipeline:
    """Training part and rows to score in; reference and monthly profiles, drift reports and the gate out."""
    return Pipeline(
        [
            *(
                Node(
                    func=nodes.profile_reference,
                    inputs={
                        "train": f"train_{tariff}",
                        "feature_spec": f"feature_spec_{tariff}",
                        "labelled_context": "labelled_context",
                        "settings": "params:drift.profile",
                        "rules": "params:clustering",
                    },
                    outputs=f"reference_profile_{tariff}",
                    name=f"profile_reference_{tariff}",
                    tags=["training", "fits", "freezes"],
                )
                for tariff in ("domestic", "industrial")
            ),
            Node(
                func=nodes.check_windows,
                inputs={
                    "labelled_canonical": "labelled_canonical",
                    "current_canonical": "current_canonical",
                    "columns": "params:columns",
                    "settings": "params:drift.windows",
                },
                outputs="window_check",
                name="check_windows",
                tags=["training", "reports"],
            ),
            Node(
                func=nodes.check_drift,
                inputs={
                    "reference_profile_domestic": "reference_profile_domestic",
                    "reference_profile_industrial": "reference_profile_industrial",
                    "baseline_domestic": "baseline_domestic",
                    "baseline_industrial": "baseline_industrial",
                    "current_domestic": "current_domestic",
                    "current_industrial": "current_industrial",
                    "current_context": "current_context",
                    "current_intake": "current_intake",
                    "execution_date": "execution_date",
                    "columns": "params:columns",
                    "settings": "params:drift.statistics",
                    "gate": "params:drift.gate",
                    "rules": "params:clustering",
                },
                outputs={
                    "report": "drift_report",
                    "summary": "drift_summary",
                    "text": "drift_text",
                    "html": "drift_html",
                    "columns": "drift_columns",
                    "metrics": "drift_metrics",
                    "verdict": "drift_verdict",
                },
                name="check_drift",
                tags=["training", "scoring", "reports"],
            ),
            Node(
                func=nodes.apply_gate,
                inputs={"drift_verdict": "drift_verdict", "settings": "params:drift.gate"},
                outputs="drift_gate",
                name="apply_gate",
                tags=["training", "scoring"],
                preview_fn=diagram.gate,
            ),
            Node(
                func=nodes.profile_current,
                inputs={
                    "reference_profile_domestic": "reference_profile_domestic",
                    "reference_profile_industrial": "reference_profile_industrial",
                    "current_domestic": "current_domestic",
                    "current_industrial": "current_industrial",
                    "current_context": "current_context",
                    "execution_date": "execution_date",
                    "drift_gate": "drift_gate",
                    "rules": "params:clustering",
                },
                outputs=["current_profile_domestic", "current_profile_industrial"],
                name="profile_current",
                tags="scoring",
            ),
        ],
        namespace="drift",
        prefix_datasets_with_namespace=False,
    )
