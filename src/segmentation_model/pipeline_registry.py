"""The registered pipelines, readable as a sum."""

from kedro.pipeline import Pipeline, pipeline

from segmentation_model.pipelines import (
    clustering,
    drift,
    feature_engineering,
    modeling,
    reporting,
    synthetic_data,
)

#: In `scoring` models and reference profiles are those that `model_source` names, and model cards those that a training
#: has left; the job's own are those of the run.
_STAND_INS = {
    **{f"model_{tariff}": f"scoring_model_{tariff}" for tariff in ("domestic", "industrial")},
    **{f"reference_profile_{tariff}": f"scoring_profile_{tariff}" for tariff in ("domestic", "industrial")},
    **{f"model_card_html_{tariff}": f"stored_model_card_{tariff}" for tariff in ("domestic", "industrial")},
}


def register_pipelines() -> dict[str, Pipeline]:
    """Name the pipelines; `scoring` is the part of the job that is tagged for it, on what `model_source` names."""
    parts = {
        "feature_engineering": feature_engineering.create_pipeline(),
        "drift": drift.create_pipeline(),
        "modeling": modeling.create_pipeline(),
        "clustering": clustering.create_pipeline(),
        "reporting": reporting.create_pipeline(),
    }
    job = sum(parts.values(), Pipeline([]))
    return {
        "__default__": job,
        **parts,
        "training": job.only_nodes_with_tags("training"),
        "scoring": pipeline(job.only_nodes_with_tags("scoring"), inputs=_STAND_INS),
        "synthetic_data": synthetic_data.create_pipeline(),
    }
