"""Graph of the modeling pipeline: one template, one instance per tariff."""

from kedro.pipeline import Pipeline

from segmentation_model.pipelines.modeling.boxes import create_template

TARIFFS = ("domestic", "industrial")
_REPORTS = (
    "evaluation", "evaluation_tables", "evaluation_figures", "model_card_markdown", "model_card_html", "promotion",
)  # fmt: skip


def create_pipeline(**_: object) -> Pipeline:
    """Parts, features, champions and the drift gate in; artifacts, evaluations, figures and scored rows out."""
    return sum((_instance(tariff) for tariff in TARIFFS), Pipeline([]))


def _instance(tariff: str) -> Pipeline:
    per_tariff = (
        "train", "calibration", "test", "leakage", "split_record", "feature_spec", "reference_profile", "current",
        "champion",
    )  # fmt: skip
    return Pipeline(
        create_template(),
        namespace=f"modeling.{tariff}",
        inputs={
            **{name: f"{name}_{tariff}" for name in per_tariff},
            **{name: name for name in ("labelled_context", "labelled_intake", "drift_gate", "execution_date")},
        },
        outputs={
            "model": f"model_{tariff}",
            "scored": f"scored_{tariff}",
            "registered": f"registered_{tariff}",
            **{name: f"{name}_{tariff}" for name in _REPORTS},
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
