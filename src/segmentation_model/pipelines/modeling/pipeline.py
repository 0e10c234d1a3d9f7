"""Graph of the modeling pipeline: one template, one instance per tariff."""

from kedro.pipeline import Node, Pipeline

from segmentation_model.pipelines.modeling import (
    card_nodes,
    evaluation_nodes,
    nodes,
    promotion_nodes,
    scoring_nodes,
    search_nodes,
)

TARIFFS = ("domestic", "industrial")
_TABLES = ("decile_table", "reliability_table", "segment_table", "fairness_table")
_FIGURES = (
    "roc_curve", "precision_recall", "reliability", "gains", "score_distribution", "feature_importance",
)  # fmt: skip
_CARDS = ("model_card_markdown", "model_card_html")


def create_pipeline(**_: object) -> Pipeline:
    """Parts, features, champions and the drift gate in; artifacts, evaluations, figures and scored rows out."""
    return sum((_instance(tariff) for tariff in TARIFFS), Pipeline([]))


def _instance(tariff: str) -> Pipeline:
    per_tariff = (
        "train", "calibration", "test", "leakage", "split_record", "feature_spec", "reference_profile", "current",
        "champion",
    )  # fmt: skip
    return Pipeline(
        _template(),
        namespace=f"modeling.{tariff}",
        inputs={
            **{name: f"{name}_{tariff}" for name in per_tariff},
            **{name: name for name in ("labelled_context", "labelled_intake", "drift_gate", "execution_date")},
        },
        outputs={
            "model": f"model_{tariff}",
            "scored": f"scored_{tariff}",
            "evaluation": f"evaluation_{tariff}",
            "promotion": f"promotion_{tariff}",
            "registered": f"registered_{tariff}",
            **{name: f"{name}_{tariff}" for name in (*_TABLES, *_FIGURES, *_CARDS)},
        },
        parameters={
            "params:costs": f"params:modeling.costs.{tariff}",
            **{
                name: name
                for name in (
                    "params:modeling.training",
                    "params:modeling.feature_selection",
                    "params:modeling.tuning",
                    "params:modeling.minimum_cases",
                    "params:modeling.seed",
                    "params:modeling.calibration",
                    "params:modeling.risk_categories",
                    "params:modeling.reasons",
                    "params:modeling.evaluation",
                    "params:modeling.promotion",
                    "params:clustering",
                    "params:columns",
                    "params:feature_engineering.features",
                    "params:feature_engineering.split",
                )
            },
        },
    )


def _template() -> list[Node]:
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
            tags="training",
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
            tags="training",
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
            tags="training",
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
            tags="training",
        ),
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
            tags="training",
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
            tags="training",
        ),
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
            outputs=list(_TABLES),
            name="tabulate_evaluation",
            tags="training",
        ),
        Node(
            func=evaluation_nodes.plot_evaluation,
            inputs={"booster": "booster", "labelled_predictions": "labelled_predictions", "metrics": "metrics"},
            outputs=list(_FIGURES),
            name="plot_evaluation",
            tags="training",
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
            tags="training",
        ),
        Node(
            func=evaluation_nodes.report_evaluation,
            inputs={"metrics": "metrics", "split_record": "split_record", "model": "model"},
            outputs="evaluation",
            name="report_evaluation",
            tags="training",
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
            outputs=list(_CARDS),
            name="write_model_card",
            tags="training",
        ),
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
            tags="training",
        ),
        Node(
            func=promotion_nodes.register_model,
            inputs={"model": "model", "decision": "decision", "execution_date": "execution_date"},
            outputs="registered",
            name="register_model",
            tags="training",
        ),
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
