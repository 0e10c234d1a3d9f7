"""What is frozen in a model artifact, and the rule of promotion, as diagrams."""

from kedro.pipeline.preview_contract import MermaidPreview

from segmentation_model.diagram import flowchart, setting
from segmentation_model.model.artifact_files import METADATA, MODEL_FILES, PROFILE_FILES
from segmentation_model.pipelines.modeling.params import PromotionSettings

#: A file of the artifact that only a model has: what was fitted, where, and what it gives later.
_FITTED = {
    "model.ubj": ("train_model", "training part", "margin and reasons of a customer"),
    "calibrator.json": ("calibrate_model", "calibration part", "probability"),
    "risk_cutoffs.json": ("freeze_cutoffs", "calibration part", "risk category"),
}


def freezing() -> MermaidPreview:
    """From the parts of the labelled customers to the files of the artifact, and what each is used for afterwards."""
    steps = [
        f'{_FITTED[file][0]}["{_FITTED[file][0]}<br/>on the {_FITTED[file][1]}"] --> f{place}[("{file}")]'
        for place, file in enumerate(MODEL_FILES)
    ]
    steps += [f'f{place} -.->|every month| u{place}(["{_FITTED[file][2]}"])' for place, file in enumerate(MODEL_FILES)]
    return flowchart(
        [
            *steps,
            "train_model --> calibrate_model --> freeze_cutoffs",
            f'reference["profile_reference<br/>on the training part"] --> profile[("{"<br/>".join(PROFILE_FILES)}")]',
            'freeze_cutoffs -->|scores of the calibration part| profile -.->|every month| drift(["drift check"])',
            f'all["package_model"] --> metadata[("{METADATA}<br/>features, settings, metrics, hashes")]',
            'metadata -.-> version(["model version = hash of the content"])',
        ]
    )


def promotion() -> MermaidPreview:
    """When a newly trained model takes the champion's place."""

    def said(name: str) -> str:
        return setting(PromotionSettings, name)

    return flowchart(
        [
            'trained{{"was a model trained?"}} -->|no| no_model(["no_model"])',
            'trained -->|yes| equal{{"is it the champion already?"}} -->|yes| unchanged(["unchanged"])',
            f'equal -->|no| gates{{{{"two gates<br/>{said("max_ece")}<br/>{said("blocking_drift")}"}}}}',
            'gates -->|one is closed| refuse(["refuse"])',
            'gates -->|both are open| champion{{"is there a champion?"}} -->|no| promote(["promote"])',
            f'champion -->|yes| comparable{{{{"rows that neither was trained on<br/>{said("minimum_cases")}"}}}}',
            "comparable -->|too few| refuse",
            f'comparable -->|enough| gain{{{{"{said("least_gain")}<br/>{said("standard_errors")}"}}}}',
            "gain -->|exceeds both| promote",
            "gain -->|does not| refuse",
            f'mode["{said("mode")}"] -.-> promote',
        ]
    )
