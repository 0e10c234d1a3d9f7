"""Graph of the reporting pipeline."""

from kedro.pipeline import Node, Pipeline

from segmentation_model.pipelines.reporting import nodes, page_nodes


def create_pipeline(**_: object) -> Pipeline:
    """Segments, rejected rows and models in; the reports out."""
    return Pipeline(
        [
            Node(
                func=nodes.report_customers,
                inputs={
                    "segmented_customers": "segmented_customers",
                    "current_rejected": "current_rejected",
                    "execution_date": "execution_date",
                    "settings": "params:reporting",
                },
                outputs=["segments", "rejected"],
                name="report_customers",
                tags="scoring",
            ),
            Node(
                func=nodes.total_segments,
                inputs={"segmented_customers": "segmented_customers", "execution_date": "execution_date"},
                outputs="segment_totals",
                name="total_segments",
                tags="scoring",
            ),
            Node(
                func=nodes.report_benchmark,
                inputs={"segment_totals": "segment_totals", "execution_date": "execution_date"},
                outputs=["benchmark", "benchmark_table"],
                name="report_benchmark",
                tags="scoring",
            ),
            Node(
                func=nodes.measure_prediction_drift,
                inputs={
                    "scored_domestic": "scored_domestic",
                    "scored_industrial": "scored_industrial",
                    "model_domestic": "model_domestic",
                    "model_industrial": "model_industrial",
                    "settings": "params:drift.statistics",
                },
                outputs="prediction_drift",
                name="measure_prediction_drift",
                tags="scoring",
            ),
            Node(
                func=nodes.expect_performance,
                inputs={
                    "scored_domestic": "scored_domestic",
                    "scored_industrial": "scored_industrial",
                    "current_context": "current_context",
                    "model_domestic": "model_domestic",
                    "model_industrial": "model_industrial",
                    "settings": "params:reporting",
                    "seed": "params:modeling.seed",
                },
                outputs="expected_performance",
                name="expect_performance",
                tags="scoring",
            ),
            Node(
                func=nodes.report_label_drift,
                inputs={
                    "labelled_context": "labelled_context",
                    "settings": "params:reporting",
                    "drift": "params:drift.statistics",
                },
                outputs="label_drift",
                name="report_label_drift",
                tags="training",
            ),
            Node(
                func=page_nodes.keep_customer_segments,
                inputs={"segmented_customers": "segmented_customers", "execution_date": "execution_date"},
                outputs="customer_segments",
                name="keep_customer_segments",
                tags="scoring",
            ),
            Node(
                func=page_nodes.follow_customers,
                inputs={"customer_segments": "customer_segments", "execution_date": "execution_date"},
                outputs="segment_moves",
                name="follow_customers",
                tags="scoring",
            ),
            Node(
                func=page_nodes.list_calls,
                inputs={"segmented_customers": "segmented_customers", "settings": "params:reporting"},
                outputs="calls",
                name="list_calls",
                tags="scoring",
            ),
            Node(
                func=page_nodes.export_calls,
                inputs={"calls": "calls", "settings": "params:reporting", "rules": "params:clustering"},
                outputs=["call_list_table", "call_list_workbook"],
                name="export_calls",
                tags="scoring",
            ),
            Node(
                func=page_nodes.export_benchmark,
                inputs={
                    "segment_totals": "segment_totals",
                    "execution_date": "execution_date",
                    "settings": "params:reporting",
                    "rules": "params:clustering",
                },
                outputs="benchmark_workbook",
                name="export_benchmark",
                tags="scoring",
            ),
            Node(
                func=page_nodes.write_monthly_report,
                inputs={
                    "segment_totals": "segment_totals",
                    "segment_moves": "segment_moves",
                    "calls": "calls",
                    "current_rejected": "current_rejected",
                    "current_intake": "current_intake",
                    "drift_report": "drift_report",
                    "prediction_drift": "prediction_drift",
                    "expected_performance": "expected_performance",
                    "model_domestic": "model_domestic",
                    "model_industrial": "model_industrial",
                    "model_card_html_domestic": "model_card_html_domestic",
                    "model_card_html_industrial": "model_card_html_industrial",
                    "execution_date": "execution_date",
                    "columns": "params:columns",
                    "rules": "params:clustering",
                    "reasons": "params:modeling.reasons",
                    "settings": "params:reporting",
                },
                outputs="monthly_report",
                name="write_monthly_report",
                tags="scoring",
            ),
            Node(
                func=nodes.summarise_run,
                inputs={
                    "current_intake": "current_intake",
                    "current_context": "current_context",
                    "current_rejected": "current_rejected",
                    "segmented_customers": "segmented_customers",
                    "segment_totals": "segment_totals",
                    "execution_date": "execution_date",
                    "model_domestic": "model_domestic",
                    "model_industrial": "model_industrial",
                    "monthly_report": "monthly_report",
                    "run_record": "run_record",
                },
                outputs="run_summary",
                name="summarise_run",
                tags="scoring",
            ),
        ],
        namespace="reporting",
        prefix_datasets_with_namespace=False,
        tags="reports",
    )
