"""The nodes of one tariff in boxes that a reviewer opens one by one: fit, evaluate, freeze, document, promote.

A box takes from those before it alone: Kedro-Viz leaves edges out where two boxes feed each other.
"""

from kedro.pipeline import Node, Pipeline

from segmentation_model.pipelines.modeling import (
    card_nodes,
    diagrams,
    evaluation_nodes,
    nodes,
    promotion_nodes,
    scoring_nodes,
    search_nodes,
)


def create_template() -> list[Pipeline | Node]:
    """The boxes of one tariff in their order, and the node that scores the month, which is all that `scoring` needs."""
    return [
        _box("fit", _fit()),
        _box("evaluate", _evaluate()),
        _box("freeze", _freeze()),
        _box("document", _document()),
        _box("promote", _promote()),
        Node(
            func=scoring_nodes.score_current,
            inputs={
                "model": "model",
                "current": "current",
                "drift_gate": "drift_gate",
                "reasons": "params:modeling.reasons",
                "columns": "params:columns",
            },
            outputs="scored",
            name="score_current",
            tags="scoring",
        ),
    ]


def _box(name: str, members: list[Node]) -> Pipeline:
    return Pipeline(members, namespace=name, prefix_datasets_with_namespace=False)


def _fit() -> list[Node]:
    """What is learnt from the labelled customers: features, settings, trees, calibration."""
    return [
        Node(
            func=search_nodes.select_features,
            inputs={
                "train": "train",
                "feature_spec": "feature_spec",
                "drift_gate": "drift_gate",
                "selection": "params:modeling.feature_selection",
                "settings": "params:modeling.training",
                "minimum": "params:modeling.minimum_cases",
                "seed": "params:modeling.seed",
            },
            outputs=["model_spec", "feature_selection"],
            name="select_features",
            tags=["training", "fits"],
        ),
        Node(
            func=search_nodes.tune_training,
            inputs={
                "train": "train",
                "model_spec": "model_spec",
                "drift_gate": "drift_gate",
                "settings": "params:modeling.training",
                "tuning": "params:modeling.tuning",
                "minimum": "params:modeling.minimum_cases",
                "journal": "tuning_journal",
                "seed": "params:modeling.seed",
            },
            outputs="tuned_settings",
            name="tune_training",
            tags=["training", "fits"],
        ),
        Node(
            func=nodes.train_model,
            inputs={
                "train": "train",
                "calibration": "calibration",
                "feature_spec": "model_spec",
                "drift_gate": "drift_gate",
                "tuned_settings": "tuned_settings",
                "minimum": "params:modeling.minimum_cases",
                "seed": "params:modeling.seed",
                "split_record": "split_record",
            },
            outputs="booster",
            name="train_model",
            tags=["training", "fits"],
        ),
        Node(
            func=nodes.score_labelled,
            inputs={
                "booster": "booster",
                "train": "train",
                "calibration": "calibration",
                "test": "test",
                "feature_spec": "model_spec",
            },
            outputs="labelled_margins",
            name="score_labelled",
            tags="training",
        ),
        Node(
            func=nodes.calibrate_model,
            inputs={
                "booster": "booster",
                "labelled_margins": "labelled_margins",
                "settings": "params:modeling.calibration",
            },
            outputs="calibrator",
            name="calibrate_model",
            tags=["training", "fits"],
        ),
    ]


def _evaluate() -> list[Node]:
    """How good it is, in numbers, tables and figures."""
    return [
        Node(
            func=evaluation_nodes.check_monotone,
            inputs={"booster": "booster", "calibration": "calibration", "feature_spec": "model_spec"},
            outputs="monotone_check",
            name="check_monotone",
            tags="training",
        ),
        Node(
            func=evaluation_nodes.evaluate_model,
            inputs={
                "booster": "booster",
                "calibrator": "calibrator",
                "labelled_margins": "labelled_margins",
                "labelled_context": "labelled_context",
                "settings": "params:modeling.evaluation",
                "costs": "params:costs",
                "rules": "params:clustering",
                "seed": "params:modeling.seed",
            },
            outputs=["metrics", "labelled_predictions"],
            name="evaluate_model",
            tags="training",
        ),
        Node(
            func=evaluation_nodes.tabulate_evaluation,
            inputs={"metrics": "metrics"},
            outputs="evaluation_tables",
            name="tabulate_evaluation",
            tags=["training", "reports"],
        ),
        Node(
            func=evaluation_nodes.plot_evaluation,
            inputs={"booster": "booster", "labelled_predictions": "labelled_predictions", "metrics": "metrics"},
            outputs="evaluation_figures",
            name="plot_evaluation",
            tags=["training", "reports"],
        ),
    ]


def _freeze() -> list[Node]:
    """Cut-offs and profile of the scores; with the rest of what was fitted they become the artifact."""
    return [
        Node(
            func=nodes.freeze_cutoffs,
            inputs={
                "calibrator": "calibrator",
                "labelled_margins": "labelled_margins",
                "labelled_context": "labelled_context",
                "settings": "params:modeling.risk_categories",
                "rules": "params:clustering",
            },
            outputs="risk_cutoffs",
            name="freeze_cutoffs",
            tags=["training", "fits", "freezes"],
        ),
        Node(
            func=nodes.profile_scores,
            inputs={
                "reference_profile": "reference_profile",
                "calibrator": "calibrator",
                "risk_cutoffs": "risk_cutoffs",
                "labelled_margins": "labelled_margins",
            },
            outputs="profile",
            name="profile_scores",
            tags=["training", "freezes"],
        ),
        Node(
            func=nodes.package_model,
            inputs={
                "booster": "booster",
                "feature_spec": "model_spec",
                "feature_selection": "feature_selection",
                "calibrator": "calibrator",
                "risk_cutoffs": "risk_cutoffs",
                "profile": "profile",
                "metrics": "metrics",
                "monotone_check": "monotone_check",
                "labelled_intake": "labelled_intake",
                "tuned_settings": "tuned_settings",
                "split_record": "split_record",
                "feature_settings": "params:feature_engineering.features",
                "split": "params:feature_engineering.split",
            },
            outputs="model",
            name="package_model",
            tags=["training", "freezes"],
            preview_fn=diagrams.freezing,
        ),
    ]


def _document() -> list[Node]:
    """What a reviewer reads before signing: the evaluation under the model's version, and the model card."""
    return [
        Node(
            func=evaluation_nodes.report_evaluation,
            inputs={"metrics": "metrics", "split_record": "split_record", "model": "model"},
            outputs="evaluation",
            name="report_evaluation",
            tags=["training", "reports"],
        ),
        Node(
            func=card_nodes.write_model_card,
            inputs={
                "model": "model",
                "labelled_margins": "labelled_margins",
                "leakage": "leakage",
                "drift_gate": "drift_gate",
                "reasons": "params:modeling.reasons",
                "columns": "params:columns",
            },
            outputs=["model_card_markdown", "model_card_html"],
            name="write_model_card",
            tags=["training", "reports"],
        ),
    ]


def _promote() -> list[Node]:
    """Whether the artifact becomes champion; what was decided goes to the registry."""
    return [
        Node(
            func=promotion_nodes.judge_challenger,
            inputs={
                "model": "model",
                "champion": "champion",
                "test": "test",
                "drift_gate": "drift_gate",
                "settings": "params:modeling.promotion",
                "seed": "params:modeling.seed",
            },
            outputs=["decision", "promotion"],
            name="judge_challenger",
            tags=["training", "reports"],
            preview_fn=diagrams.promotion,
        ),
        Node(
            func=promotion_nodes.register_model,
            inputs={"model": "model", "decision": "decision", "execution_date": "execution_date"},
            outputs="registered",
            name="register_model",
            tags=["training", "freezes"],
        ),
    ]
